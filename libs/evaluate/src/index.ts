export { parseRulebook, RulebookError, type Rulebook, type RulebookFault } from './rulebook.js';
export { scopeFault, type ScopeFault, type ScopedPoint } from './scope.js';
export { PointEvaluator, type PointSetup } from './point-evaluator.js';
export { warmFrom } from './point-memory.js';
export { parseCaseFile, type RuleCase } from './cases/case-file.js';
export { runCase } from './cases/run-case.js';
