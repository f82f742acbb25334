/** At most `most` calls to one number in `ms`. */
export interface CallWindow {
  ms: number;
  most: number;
}

/**
 * How long a number must be left alone before the next call, ms; 0 = now.
 * @param earlier times of earlier calls to it, epoch ms, in any order
 */
export function turnWait(earlier: readonly number[], windows: readonly CallWindow[], now: number): number {
  const newest = earlier.toSorted((a, b) => b - a);
  const waits = windows.map(({ ms, most }) => {
    const nth = newest[most - 1];
    return nth === undefined ? 0 : nth + ms - now;
  });
  return Math.max(0, ...waits);
}
