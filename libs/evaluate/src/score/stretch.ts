import { levelRank, type Certainty, type PointLevel, type WarningLevel } from '#libs/contracts';

/** What was said of a point, and when (epoch ms). It stands until the next step. */
export interface LevelStep {
  at: number;
  level: PointLevel;
  certainty: Certainty | null;
  confirmedLevel: PointLevel;
  /** From late data alone: it corrected the record and warned nobody. */
  late: boolean;
}

/**
 * What counts as a warning. `any`: every candidate. `told`: what somebody is told of (the wall and the duty officer of what awaits
 * corroboration), without what has yet to last. `confirmed`: what may reach households.
 */
export type Counted = 'any' | 'told' | 'confirmed';

/** From `from` until just before `to`, epoch ms. */
export interface Stretch {
  from: number;
  to: number;
}

/** The stretches of a history during which a condition stands; one that is over in the same millisecond has no length and is there all the same. @param steps rising in time */
export function stretchesOf(steps: readonly LevelStep[], period: Stretch, holds: (step: LevelStep) => boolean): Stretch[] {
  const all: Stretch[] = [];
  let open: number | undefined;
  for (const step of steps) {
    if (step.at > period.to) break;
    if (holds(step)) open ??= Math.max(step.at, period.from);
    else if (open !== undefined) {
      all.push({ from: open, to: step.at });
      open = undefined;
    }
  }
  if (open !== undefined) all.push({ from: open, to: period.to });
  return all;
}

/** The warnings of a level or a stronger one: one from its rise to its end, however its colour changes in between. */
export function alarmsOf(steps: readonly LevelStep[], period: Stretch, level: WarningLevel, counted: Counted): Stretch[] {
  const rank = levelRank(level);
  let told = 0;
  return stretchesOf(steps, period, (step) => {
    const confirmed = levelRank(step.confirmedLevel);
    const said = levelRank(step.level);
    // A stronger level that has yet to last stands above what was told before and does not end it.
    told = step.certainty === 'awaiting-persistence' ? Math.max(confirmed, Math.min(told, said)) : said;
    if (step.late) return false;
    return (counted === 'any' ? said : counted === 'told' ? told : confirmed) >= rank;
  });
}

export const lengthOf = (stretches: readonly Stretch[]): number => stretches.reduce((sum, { from, to }) => sum + (to - from), 0);

/** True when they share a moment; the end of `b` belongs to it. */
export const overlaps = (a: Stretch, b: Stretch): boolean => a.from <= b.to && a.to > b.from;
