import { judge, rulebookAt, type Sample } from '../judge.js';
import { recordRules } from '../records.js';

/** A day: whether slopes failed on it, and the greatest value each index reached. */
export interface Day {
  day: string;
  slide: boolean;
  indices: Readonly<Record<string, number>>;
}

export interface Counts {
  tp: number;
  fp: number;
  fn: number;
}

/** Greatest value of every rain index of `rain-indices` on each day of a record. @param dayOf the day a sample belongs to */
export async function rainDays(
  samples: readonly Sample[],
  interval: number,
  dayOf: (time: number) => string,
  slides: ReadonlySet<string>,
): Promise<Day[]> {
  const days = new Map<string, Record<string, number>>();
  await judge({ rulebook: rulebookAt(recordRules('rain-indices')), devices: [{ deviceId: 'R1', interval }] }, samples, {
    look: (time, indicators) => {
      const day = dayOf(time);
      const greatest = days.get(day) ?? {};
      days.set(day, greatest);
      for (const { id, value } of indicators) greatest[id] = Math.max(greatest[id] ?? 0, value ?? 0);
    },
  });
  return [...days].map(([day, indices]) => ({ day, slide: slides.has(day), indices }));
}

/** Days at or above a threshold against the days on which slopes failed: what counts as a hit is the same calendar day. */
export function countsAt(days: readonly Day[], index: string, threshold: number): Counts {
  const warned = days.filter(({ indices }) => (indices[index] ?? 0) >= threshold);
  const tp = warned.filter(({ slide }) => slide).length;
  return { tp, fp: warned.length - tp, fn: days.filter(({ slide }) => slide).length - tp };
}

export const addCounts = (all: readonly Counts[]): Counts => ({
  tp: all.reduce((sum, { tp }) => sum + tp, 0),
  fp: all.reduce((sum, { fp }) => sum + fp, 0),
  fn: all.reduce((sum, { fn }) => sum + fn, 0),
});

export const csi = ({ tp, fp, fn }: Counts): number => (tp + fp + fn === 0 ? 0 : tp / (tp + fp + fn));

/** Share of pairs of a slide day and another in which the slide day has the greater value. */
export function areaUnderCurve(days: readonly Day[], index: string): number {
  const sorted = days.map(({ slide, indices }) => ({ slide, value: indices[index] ?? 0 })).toSorted((a, b) => a.value - b.value);
  let quietBelow = 0;
  let area = 0;
  for (let from = 0; from < sorted.length;) {
    let to = from;
    while (to < sorted.length && sorted[to]?.value === sorted[from]?.value) to += 1;
    const equal = sorted.slice(from, to);
    const slides = equal.filter(({ slide }) => slide).length;
    area += slides * (quietBelow + (equal.length - slides) / 2);
    quietBelow += equal.length - slides;
    from = to;
  }
  const slides = sorted.filter(({ slide }) => slide).length;
  return area / (slides * (sorted.length - slides));
}
