export { parseRulebook, RulebookError, type Rulebook, type RulebookFault } from './rulebook.js';
export { scopeFault, type ScopeFault, type ScopedPoint } from './scope.js';
export { PointEvaluator, type PointSetup } from './point-evaluator.js';
export { warmFrom } from './point-memory.js';
export { parseCaseFile, type RuleCase } from './cases/case-file.js';
export { runCase } from './cases/run-case.js';
export { rulebookVersion } from './rulebook-version.js';
export { levelRecord, type SaidAt } from './impact/level-record.js';
export { differs, impactTotals, warningsMore } from './impact/impact.js';
