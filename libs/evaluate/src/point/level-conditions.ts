import type { LevelConditions } from '../conditions/engine.js';
import { compileCondition } from '../conditions/finding.js';
import type { Rulebook } from '../rulebook/rulebook.js';
import type { ThresholdTable } from '../rulebook/thresholds.js';

/** The rulebook's levels as conditions over facts, at the thresholds in force at one point. */
export function levelConditions(rulebook: Rulebook, thresholds: ThresholdTable): LevelConditions[] {
  const worse = new Map(rulebook.indicators.map((indicator) => [indicator.id, indicator.worse]));
  return rulebook.levels.map(({ level, when, fallback, orWith }) => {
    const context = { level, thresholds, worse: (id: string) => worse.get(id) ?? 'more', unknownWhen: rulebook.missing.unknownWhen };
    return {
      level,
      rise: compileCondition(when, { ...context, ratio: 1, unresolved: 'unknown' }),
      hold: compileCondition(when, { ...context, ratio: fallback, unresolved: 'absent' }),
      second: orWith && compileCondition(orWith, { ...context, ratio: 1, unresolved: 'absent' }),
    };
  });
}
