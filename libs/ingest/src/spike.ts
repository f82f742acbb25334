import { WINDOW, type ChannelMemory } from './channel-memory.js';

/**
 * Deviations (in robust standard deviations) from which a sample is called a spike. Less (3 is usual for clean series): field
 * series have heavy tails, every tenth day would have one. More: a jump of half a millimetre of a crack meter passes.
 */
const K = 6;
/** Samples needed before anything can be unusual. Fewer: the second sample after a start decides what is normal. */
const LEAST = 5;
/** MAD × this = one standard deviation of a normal distribution. */
const MAD_TO_SIGMA = 1.4826;

/** Working space; the hot path makes no garbage. Filled anew by every call. */
const sorted = new Float64Array(WINDOW);

/**
 * Whether a value lies outside what the channel did lately: |value − median| > K × max(1.4826 MAD, accuracy) over its last
 * (at most 9) samples. Never less than the instrument's own noise, or the second digit of a quiet channel would be spikes.
 *
 * Spikes enter the window like every other sample: a level that stays is normal after five samples, and a real onset, which
 * looks the same at first, is never called a spike for ever. The flag is a fact; it excludes nothing from judgement.
 *
 * @param accuracy one standard deviation of the instrument, in the unit of the value
 */
export function isSpike(memory: ChannelMemory, value: number, accuracy: number): boolean {
  const n = Math.min(memory.size, memory.fresh);
  if (n < LEAST) return false;
  for (let back = 0; back < n; back += 1) insert(memory.value(back), back);
  const median = middle(n);
  const deviation = Math.abs(value - median);
  // Within the noise of the instrument itself: no need to look at the spread.
  if (deviation <= K * accuracy) return false;
  for (let back = 0; back < n; back += 1) insert(Math.abs(memory.value(back) - median), back);
  return deviation > K * MAD_TO_SIGMA * middle(n);
}

/** Insertion into the first `count` sorted numbers: for nine of them faster than any general sort. */
function insert(value: number, count: number): void {
  let at = count;
  for (; at > 0 && (sorted[at - 1] ?? 0) > value; at -= 1) sorted[at] = sorted[at - 1] ?? 0;
  sorted[at] = value;
}

const middle = (n: number): number => (n % 2 === 1 ? (sorted[n >> 1] ?? 0) : (sorted[(n >> 1) - 1] ?? 0) / 2 + (sorted[n >> 1] ?? 0) / 2);
