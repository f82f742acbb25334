import { toIso, warningLevels, type PointLevel, type WarningLevel } from '#libs/contracts';
import { alarmsOf, lengthOf, stretchesOf, type Counted, type LevelStep, type Stretch } from './stretch.js';
import { defaultEventRule, type EventRule } from './verify.js';

/** What a history came to at one point (contract.md, Backtest output). A level counts as reached by any stronger one. */
export interface LevelSummary {
  /** When a level was first in force, as candidate or confirmed; ISO 8601, UTC. */
  firstAt: Partial<Record<WarningLevel, string>>;
  confirmedAt: Partial<Record<WarningLevel, string>>;
  /** From the start of the earliest warning that reaches into the time before the failure, to the failure. Null without a failure. */
  leadSeconds: Partial<Record<WarningLevel, number>> | null;
  confirmedLeadSeconds: Partial<Record<WarningLevel, number>> | null;
  timeInLevelSeconds: Record<PointLevel, number>;
}

const levels: readonly PointLevel[] = ['none', ...warningLevels, 'unknown'];

/** @param failure epoch ms, if the point failed at a known time */
export function summaryOf(
  steps: readonly LevelStep[],
  period: Stretch,
  failure?: number,
  rule: EventRule = defaultEventRule,
): LevelSummary {
  const first = (counted: Counted) =>
    byLevel((level) => {
      const [earliest] = alarmsOf(steps, period, level, counted);
      return earliest && toIso(earliest.from);
    });
  const lead = (counted: Counted) =>
    failure === undefined
      ? null
      : byLevel((level) => {
          const warned = alarmsOf(steps, period, level, counted).find(({ from, to }) => from <= failure && to > failure - rule.before);
          return warned && (failure - warned.from) / 1000;
        });
  const known = steps[0]?.at ?? period.to;
  const unsaid = Math.max(0, Math.min(known, period.to) - period.from);
  const time = levels.map((level) => {
    const said = lengthOf(stretchesOf(steps, period, (step) => step.level === level));
    return [level, (said + (level === 'unknown' ? unsaid : 0)) / 1000] as const;
  });
  return {
    firstAt: first('any'),
    confirmedAt: first('confirmed'),
    leadSeconds: lead('any'),
    confirmedLeadSeconds: lead('confirmed'),
    timeInLevelSeconds: Object.fromEntries(time) as Record<PointLevel, number>,
  };
}

function byLevel<T>(of: (level: WarningLevel) => T | undefined): Partial<Record<WarningLevel, T>> {
  const found: Partial<Record<WarningLevel, T>> = {};
  for (const level of warningLevels) {
    const value = of(level);
    if (value !== undefined) found[level] = value;
  }
  return found;
}
