/** Points of the line that is sought, oldest first, at different times (ms). */
export interface Places {
  /** How many of the lists are meant, from their beginning. */
  readonly count: number;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Places at most; 64 slopes of all pairs are two thousand. */
const most = 64;
/** Working space; the hot path makes no garbage. Filled anew by every call. */
const slopes = new Float64Array((most * (most - 1)) / 2);
const near = new Float64Array((most * (most - 1)) / 2 + 1);

/** Where the median was last, and how far from it to look first: only saves work. */
export interface Hint {
  middle: number;
  reach: number;
}

/** Median of the slopes of all pairs from place `from` to before place `to` (Theil 1950, Sen 1968). Unit: value a ms. */
export function theilSen(places: Places, from = 0, to = places.count, hint?: Hint): number {
  const count = fill(places, from, to);
  const wanted = count >> 1;
  const below = hint ? keepNear(count, wanted, hint) : 0;
  const upper = select(hint ? nearCount : count, wanted - below);
  if (hint) {
    if (nearCount === count) hint.reach = Math.max(hint.reach, Math.abs(upper - hint.middle));
    hint.middle = upper;
  }
  if (count % 2 === 1) return upper;
  let lower = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < wanted - below; at += 1) lower = Math.max(lower, slopes[at] as number);
  return (upper + lower) / 2;
}

/** How many slopes `keepNear` has kept. */
let nearCount = 0;
/** Kept slopes from which on the reach is made smaller, and under which larger. */
const plenty = 32;
const few = 12;

/**
 * Keeps the slopes near the hint when the two in the middle are among them: one pass without a guess at every number, which costs the processor
 * more than the arithmetic. @returns how many slopes lie below the kept ones
 */
function keepNear(count: number, wanted: number, hint: Hint): number {
  const low = hint.middle - hint.reach;
  const high = hint.middle + hint.reach;
  let below = 0;
  let kept = 0;
  for (let at = 0; at < count; at += 1) {
    const slope = slopes[at] as number;
    near[kept] = slope;
    below += Number(slope < low);
    kept += Number(slope >= low && slope <= high);
  }
  if (wanted - 1 < below || wanted >= below + kept) {
    hint.reach *= 2;
    nearCount = count;
    return 0;
  }
  if (kept > plenty) hint.reach *= 0.8;
  else if (kept < few) hint.reach *= 1.25;
  for (let at = 0; at < kept; at += 1) slopes[at] = near[at] as number;
  nearCount = kept;
  return below;
}

/** Standard normal quantile of a two-sided 95 % interval. */
const z95 = 1.959964;

/**
 * 95 % interval of the Theil–Sen slope from the ranks of the slopes (Sen 1968, by the variance of Kendall's S; the same ranks as
 * scipy.stats.theilslopes): it needs no law of the noise, only that the places are independent. Noise that remembers (multipath, temperature) makes the true interval
 * wider. Null with fewer than four places: the ranks then lie outside the slopes.
 */
export function slopeInterval(places: Places, from = 0, to = places.count): { low: number; high: number } | null {
  const n = to - from;
  const count = fill(places, from, to);
  const sigma = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const upper = Math.min(Math.round((count + z95 * sigma) / 2), count - 1);
  const lower = Math.round((count - z95 * sigma) / 2) - 1;
  if (lower < 0 || n < 4) return null;
  const sorted = slopes.subarray(0, count).sort();
  return { low: sorted[lower] as number, high: sorted[upper] as number };
}

function fill({ times, values }: Places, from: number, to: number): number {
  let count = 0;
  for (let b = from + 1; b < to; b += 1) {
    const time = times[b] as number;
    const value = values[b] as number;
    for (let a = from; a < b; a += 1) slopes[count++] = (value - (values[a] as number)) / (time - (times[a] as number));
  }
  return count;
}

/** The number of rank `rank` (0 is the smallest) of the first `count` slopes; smaller ones end up before it (Hoare's selection). */
function select(count: number, rank: number): number {
  let left = 0;
  let right = count - 1;
  while (left < right) {
    const pivot = slopes[(left + right) >> 1] as number;
    let i = left;
    let j = right;
    while (i <= j) {
      while ((slopes[i] as number) < pivot) i += 1;
      while ((slopes[j] as number) > pivot) j -= 1;
      if (i > j) break;
      const held = slopes[i] as number;
      slopes[i] = slopes[j] as number;
      slopes[j] = held;
      i += 1;
      j -= 1;
    }
    if (rank <= j) right = j;
    else if (rank >= i) left = i;
    else break;
  }
  return slopes[rank] as number;
}
