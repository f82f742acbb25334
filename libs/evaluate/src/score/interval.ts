/** Standard normal quantile of a two-sided 95 % interval. */
const z = 1.959963984540054;

/** A share with its 95 % interval; null where there was nothing to count. */
export interface Share {
  value: number | null;
  low: number | null;
  high: number | null;
}

const none: Share = { value: null, low: null, high: null };

/**
 * Share of `hits` among `of` with the Wilson score interval (Wilson 1927): honest down to a handful of events, which is what a slope has;
 * the usual ± of a normal distribution would call three hits of three a certainty.
 */
export function wilson(hits: number, of: number): Share {
  if (of === 0) return none;
  const p = hits / of;
  const square = z * z;
  const centre = (p + square / (2 * of)) / (1 + square / of);
  const half = (z / (1 + square / of)) * Math.sqrt((p * (1 - p)) / of + square / (4 * of * of));
  // At the ends the formula is exact; rounding must not make it miss them.
  return { value: p, low: hits === 0 ? 0 : Math.max(0, centre - half), high: hits === of ? 1 : Math.min(1, centre + half) };
}

/** Difference of two independent shares, each with its Wilson interval (Newcombe 1998, method 10). */
export function difference(a: Share, b: Share): Share {
  if (a.value === null || a.low === null || a.high === null || b.value === null || b.low === null || b.high === null) return none;
  const value = a.value - b.value;
  return {
    value,
    low: value - Math.hypot(a.value - a.low, b.high - b.value),
    high: value + Math.hypot(a.high - a.value, b.value - b.low),
  };
}

/**
 * Rate of rare happenings over an exposure, with Byar's approximation of the exact Poisson interval (Breslow & Day 1987, vol. II, 2.3).
 * None in ten years is not "never": the upper end says so.
 */
export function rate(count: number, exposure: number): Share {
  if (exposure <= 0) return none;
  const up = count + 1;
  const low = count === 0 ? 0 : count * (1 - 1 / (9 * count) - z / (3 * Math.sqrt(count))) ** 3;
  const high = up * (1 - 1 / (9 * up) + z / (3 * Math.sqrt(up))) ** 3;
  return { value: count / exposure, low: low / exposure, high: high / exposure };
}

/** Value below which a share of the sorted numbers lies, by linear interpolation; null of none. */
export function quantile(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null;
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? 0;
  return below + ((sorted[Math.ceil(place)] ?? below) - below) * (place - Math.floor(place));
}
