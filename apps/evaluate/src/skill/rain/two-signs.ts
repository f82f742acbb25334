import type { CrossValidated } from './cross-validation.js';
import { addCounts, countsAt, type Day } from './days.js';

/** Levels of an index that are tried: shares of the wet days above them, denser where it is rare. */
function levelsOf(days: readonly Day[], index: string): number[] {
  const wet = days.flatMap(({ indices }) => ((indices[index] ?? 0) > 0 ? [indices[index] ?? 0] : [])).toSorted((a, b) => b - a);
  return Array.from({ length: 40 }, (_, at) => wet[Math.floor(wet.length * 0.4 * ((at + 1) / 40) ** 1.7)] ?? Number.POSITIVE_INFINITY);
}

/** Two indices that must both reach their level: a ground that is full, and rain that goes on. */
interface TwoSigns {
  ground: string;
  rain: string;
  levels: [number, number];
  csi: number;
}

function bestTwoSigns(days: readonly Day[], ground: string, rain: string): TwoSigns {
  const slides = days.filter(({ slide }) => slide).length;
  let best: TwoSigns = { ground, rain, levels: [Number.POSITIVE_INFINITY, 0], csi: -1 };
  const rains = [0, ...levelsOf(days, rain)];
  for (const full of levelsOf(days, ground)) {
    const wet = days.filter(({ indices }) => (indices[ground] ?? 0) >= full);
    for (const falling of rains) {
      let tp = 0;
      let fp = 0;
      for (const { slide, indices } of wet)
        if ((indices[rain] ?? 0) >= falling) {
          if (slide) tp += 1;
          else fp += 1;
        }
      if (tp / (slides + fp) > best.csi) best = { ground, rain, levels: [full, falling], csi: tp / (slides + fp) };
    }
  }
  return best;
}

/** As `crossValidate`, for a rule `all: [ground, rain]`. */
export function crossValidateTwoSigns(
  days: readonly Day[],
  pairs: readonly (readonly [string, string])[],
  fold: (day: Day) => string,
): CrossValidated {
  const folds = [...new Set(days.map(fold))];
  const chosen: Record<string, number> = {};
  const thresholds: number[] = [];
  const counts = folds.map((out) => {
    const others = days.filter((day) => fold(day) !== out);
    const [best] = pairs.map(([ground, rain]) => bestTwoSigns(others, ground, rain)).toSorted((a, b) => b.csi - a.csi);
    if (!best) return { tp: 0, fp: 0, fn: 0 };
    const name = `${best.ground} and ${best.rain}`;
    chosen[name] = (chosen[name] ?? 0) + 1;
    thresholds.push(best.levels[0]);
    const wet = days.filter((day) => fold(day) === out && (day.indices[best.rain] ?? 0) >= best.levels[1]);
    const missed = days.filter((day) => fold(day) === out && day.slide && !wet.includes(day)).length;
    const found = countsAt(wet, best.ground, best.levels[0]);
    return { ...found, fn: found.fn + missed };
  });
  return { ...addCounts(counts), chosen, thresholds };
}
