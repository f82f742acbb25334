import { addCounts, areaUnderCurve, countsAt, type Counts, type Day } from './days.js';

/** An index and a threshold, and how good the choice looks on the days it was chosen on. */
interface Choice {
  threshold: number;
  worth: number;
}

/** How an index and its threshold are chosen on days somebody looked at. */
export type Criterion = (days: readonly Day[], index: string) => Choice;

/** The threshold with the greatest CSI; between two values it lies in the middle, which is what other days see of it. */
export const greatestCsi: Criterion = (days, index) => {
  const values = days.map(({ slide, indices }) => ({ slide, value: indices[index] ?? 0 })).toSorted((a, b) => b.value - a.value);
  const slides = values.filter(({ slide }) => slide).length;
  let best = { threshold: Number.POSITIVE_INFINITY, worth: -1 };
  let tp = 0;
  for (const [at, { slide, value }] of values.entries()) {
    if (slide) tp += 1;
    const next = values[at + 1]?.value ?? value;
    if (next === value && at + 1 < values.length) continue;
    const score = tp / (at + 1 + slides - tp);
    if (score > best.worth) best = { threshold: (value + next) / 2, worth: score };
  }
  return best;
};

/** The threshold above which a given share of the days without a slide lie, of the index that orders the days best (AUC). Steadier than CSI where slides are few. */
export const falseShare =
  (share: number): Criterion =>
  (days, index) => {
    const quiet = days.flatMap(({ slide, indices }) => (slide ? [] : [indices[index] ?? 0])).toSorted((a, b) => b - a);
    const last = Math.floor(share * quiet.length);
    return { threshold: ((quiet[last - 1] ?? quiet[0] ?? 0) + (quiet[last] ?? 0)) / 2, worth: areaUnderCurve(days, index) };
  };

export interface CrossValidated extends Counts {
  /** Indices chosen in the folds, and how often. */
  chosen: Record<string, number>;
  thresholds: number[];
}

/**
 * Skill on days that were not looked at: index and threshold are chosen on all folds but one and counted on that one, each in turn.
 * @param fold which fold a day belongs to; days of one storm must share one
 */
export function crossValidate(
  days: readonly Day[],
  indices: readonly string[],
  fold: (day: Day) => string,
  criterion: Criterion,
): CrossValidated {
  const folds = [...new Set(days.map(fold))];
  const chosen: Record<string, number> = {};
  const thresholds: number[] = [];
  const counts = folds.map((out) => {
    const others = days.filter((day) => fold(day) !== out);
    const [best] = indices.map((index) => ({ index, ...criterion(others, index) })).toSorted((a, b) => b.worth - a.worth);
    if (!best) return { tp: 0, fp: 0, fn: 0 };
    chosen[best.index] = (chosen[best.index] ?? 0) + 1;
    thresholds.push(best.threshold);
    return countsAt(
      days.filter((day) => fold(day) === out),
      best.index,
      best.threshold,
    );
  });
  return { ...addCounts(counts), chosen, thresholds };
}
