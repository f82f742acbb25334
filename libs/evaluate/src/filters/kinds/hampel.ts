import { z } from 'zod';
import type { Filter, Pass } from '../filter.js';
import { filterKind, SizeText } from '../kind.js';
import { StretchText } from '../../text/quantity.js';
import { median, medianDistance } from './median.js';
import type { Keeper } from '../../keep/keeper.js';
import { NewestSamples } from '../../samples/newest-samples.js';

/** MAD × this = one standard deviation of a normal distribution. */
const madToSigma = 1.4826;
/** Samples before one that it is judged by, at most. More follow a real change later and cost more; fewer take noise for the usual. */
const most = 15;
/** Fewer than these say nothing of what is usual: everything passes. */
const least = 5;
/** Kept, so that a sample that comes late still finds those before it. */
const kept = 3 * most;

export interface HampelOptions {
  /** How far back a sample is judged by those before it, ms. */
  window: number;
  /** Robust standard deviations from which a sample is out. */
  sigma: number;
  /** Smallest standard deviation that is believed: the instrument's accuracy, channel unit. */
  noise: number;
}

/**
 * Hampel filter of a live series (Hampel 1974; algorithms.md B8): a sample is out when it lies more than sigma × max(1.4826 MAD, noise) both from the
 * median of those before it and from the one just before it. An out sample waits for the next: on the same side and out as well, it was the
 * first of a real jump and both pass; back, it was a spike and is left out. So a real jump comes one sample late and is never eaten, and
 * acceleration, which is never far from the sample before, is not delayed at all.
 *
 * `detail.held`: the value that waits. Fails by: a spike of two samples on the same side (passes, as a jump would); an instrument destroyed
 * by the motion, whose last sample waits for ever (silence is the guard); samples fewer than five a window (all pass). Unfit for rain and shocks, whose nature is the burst.
 */
export class HampelFilter implements Filter {
  readonly #samples = new NewestSamples(kept);
  /** The newest sample is out and waits: the middle and the limit it was judged by. */
  #held: { time: number; value: number; middle: number; limit: number } | null = null;

  constructor(private readonly options: HampelOptions) {}

  get detail() {
    return this.#held ? { held: this.#held.value } : undefined;
  }

  feed(time: number, value: number, pass: Pass): void {
    const { times, values, from, end, length } = this.#samples;
    let place = end;
    while (place > from && (times[place - 1] as number) >= time) place -= 1;
    const isLate = place < end;
    if (isLate && length === kept && place === from) {
      // Older than all that is known here: nothing to judge it by.
      pass(time, value);
      return;
    }
    const judged = this.#judge(place, time, value);
    if (isLate) {
      const next = values[place] as number;
      this.#samples.insert(place, time, value);
      if (!judged || agrees(next, value, judged)) pass(time, value);
      return;
    }
    this.#samples.push(time, value);
    const held = this.#held;
    this.#held = judged && { time, value, ...judged };
    if (held && agrees(value, held.value, held)) pass(held.time, held.value);
    if (!judged) pass(time, value);
  }

  /** What a sample to be put at a place is out of; null when it is not. */
  #judge(place: number, time: number, value: number): { middle: number; limit: number } | null {
    const { window, sigma, noise } = this.options;
    const { times, values, from: first } = this.#samples;
    if (place === first) return null;
    const before = values[place - 1] as number;
    // Most samples end here: a step within the noise.
    if (Math.abs(value - before) <= sigma * noise) return null;
    let from = place;
    while (from > first && place - from < most && time - (times[from - 1] as number) <= window) from -= 1;
    if (place - from < least) return null;
    const middle = median(values, from, place);
    const spread = madToSigma * medianDistance(values, middle, from, place);
    const limit = sigma * Math.max(spread, noise);
    return Math.abs(value - middle) > limit && Math.abs(value - before) > limit ? { middle, limit } : null;
  }

  keep(k: Keeper): void {
    this.#samples.keep(k);
    const h = this.#held;
    if (!k.flag(h !== null)) return;
    const [time, value] = [k.number(h?.time ?? 0), k.number(h?.value ?? 0)];
    this.#held = { time, value, middle: k.number(h?.middle ?? 0), limit: k.number(h?.limit ?? 0) };
  }
}

/** Whether the sample after one that is out lies beyond the same limit on the same side. */
const agrees = (next: number, out: number, { middle, limit }: { middle: number; limit: number }): boolean =>
  Math.abs(next - middle) > limit && next > middle === out > middle;

export const hampelKind = filterKind({
  name: 'hampel',
  about: {
    zh: '单点粗差剔除（Hampel），真实突变仅延迟一个样本',
    en: 'leaves out single spikes; a real jump comes one sample late',
    source: 'Hampel 1974',
  },
  fields: {
    window: StretchText,
    noise: SizeText.optional(),
    /** 3 leaves out good samples of series with heavy tails (two months of Baishuihe); 5 left out exactly the one wrong row. */
    sigma: z.number().min(3).max(20).default(5),
  },
  make: ({ window, sigma, noise }, { accuracy = 0 }) => new HampelFilter({ window, sigma, noise: noise?.value ?? accuracy }),
  horizon: ({ window }) => window,
});
