import { warningLevels, type WarningLevel } from '#libs/contracts';
import { scoreOf, type Counted, type Score } from '#libs/evaluate';
import type { JobResult } from './job.js';

/** What is scored: what somebody is told of, and what may reach households. */
export type Scored = Exclude<Counted, 'any'>;

/** Scores by what counts as a warning, and by level. */
export type ScoreTable = Record<Scored, Record<WarningLevel, Score>>;

/** Scores over one point or many; null when no events are known. */
export function scoresOf(results: readonly JobResult[]): ScoreTable | null {
  const verified = results.flatMap((result) => (result.verified ? [result.verified] : []));
  if (verified.length === 0) return null;
  const of = (counted: Scored) =>
    Object.fromEntries(warningLevels.map((level) => [level, scoreOf(verified.map((one) => one[counted][level]))])) as Record<
      WarningLevel,
      Score
    >;
  return { told: of('told'), confirmed: of('confirmed') };
}
