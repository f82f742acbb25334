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
