import { DAY, HOUR, MINUTE } from '#libs/contracts';

export type Resolution = 'raw' | '1m' | '1h' | '1d';

const widths: readonly (readonly [Exclude<Resolution, 'raw'>, number])[] = [
  ['1d', DAY],
  ['1h', HOUR],
  ['1m', MINUTE],
];

/**
 * The coarsest rollup of which one bucket still fits into each part of the drawing: four points a part (first, last, lowest,
 * highest), so the line drawn of it is the line drawn of all readings.
 */
export function resolutionFor(from: number, to: number, points: number): Resolution {
  const part = (to - from) / Math.max(1, Math.floor(points / 4));
  return widths.find(([, width]) => width <= part)?.[0] ?? 'raw';
}

/** Length of a rollup's bucket, ms. */
export const widthOf = (resolution: Exclude<Resolution, 'raw'>): number => widths.find(([name]) => name === resolution)?.[1] ?? MINUTE;

/** Finest first, with the columns of ingest.retention that say from when on each is complete. */
const floors = [
  ['raw', 'readings'],
  ['1m', 'minutes'],
  ['1h', 'hours'],
  ['1d', 'days'],
] as const;

/**
 * The resolution to draw from where the wanted one does not go back to `from` any more (retention): the next coarser one that goes back
 * further. What nobody keeps is not drawn.
 * @param complete from when on each is complete; -Infinity: nothing of it has been dropped
 */
export function keptResolution(
  wanted: Resolution,
  from: number,
  complete: Readonly<Record<(typeof floors)[number][1], number>>,
): Resolution {
  const usable = floors.slice(floors.findIndex(([name]) => name === wanted));
  const [first] = usable;
  if (first === undefined) return wanted;
  let best: (typeof floors)[number] = first;
  for (const each of usable) if (complete[best[1]] > from && complete[each[1]] < complete[best[1]]) best = each;
  return best[0];
}
