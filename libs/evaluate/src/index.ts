export { parseRulebook, RulebookError, type Rulebook, type RulebookFault, type IndicatorSpec, type LevelSpec } from './rulebook.js';
export { RulebookText } from './rulebook-schema.js';
export { PointEvaluator, type PointSetup } from './point-evaluator.js';
export { PointMemory } from './point-memory.js';
export { type Overdue } from './engine.js';
export { levelWords } from './reasons.js';
export { parseCaseFile, type RuleCase } from './cases/case-file.js';
export { runCase } from './cases/run-case.js';
