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
 * Whether a value lies outside what the channel did lately, in level and in step: both |value − median| and |step − median step|
 * are more than K × max(1.4826 MAD, noise of the instrument) over its last (at most 9) samples. The level alone would call the
 * acceleration of a failing slope a row of spikes (a fifth of the last month of Preonzo 2012); the step alone the way back too.
 *
 * Spikes enter the window like every other sample: a level that stays is no longer unusual, at most five samples later, so a
 * real onset, which looks the same at first, is never called a spike for ever. A fact; it excludes nothing from judgement.
 *
 * @param accuracy one standard deviation of the instrument, in the unit of the value
 */
export function isSpike(memory: ChannelMemory, value: number, accuracy: number): boolean {
  const n = Math.min(memory.size, memory.fresh);
  if (n < LEAST) return false;
  const step = value - memory.value(0);
  // Most samples end here: a step within the noise of two readings.
  if (Math.abs(step) <= K * accuracy) return false;
  for (let back = 0; back < n; back += 1) insert(memory.value(back), back);
  if (!isOut(value, n, accuracy, levelAt)) return false;
  for (let back = 0; back < n - 1; back += 1) insert(stepAt(memory, back), back);
  return isOut(step, n - 1, Math.SQRT2 * accuracy, stepAt);

  /** Whether `one` is out of the `count` numbers just inserted; `at` gives them again. */
  function isOut(one: number, count: number, noise: number, at: (memory: ChannelMemory, back: number) => number): boolean {
    const median = middle(count);
    const deviation = Math.abs(one - median);
    if (deviation <= K * noise) return false;
    for (let back = 0; back < count; back += 1) insert(Math.abs(at(memory, back) - median), back);
    return deviation > K * MAD_TO_SIGMA * middle(count);
  }
}

const levelAt = (memory: ChannelMemory, back: number): number => memory.value(back);
const stepAt = (memory: ChannelMemory, back: number): number => memory.value(back) - memory.value(back + 1);

/** Insertion into the first `count` sorted numbers: for nine of them faster than any general sort. */
function insert(value: number, count: number): void {
  let at = count;
  for (; at > 0 && (sorted[at - 1] ?? 0) > value; at -= 1) sorted[at] = sorted[at - 1] ?? 0;
  sorted[at] = value;
}

const middle = (n: number): number => (n % 2 === 1 ? (sorted[n >> 1] ?? 0) : (sorted[(n >> 1) - 1] ?? 0) / 2 + (sorted[n >> 1] ?? 0) / 2);
