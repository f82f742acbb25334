import { SampleList } from '../../samples/sample-list.js';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import type { Keeper } from '../../keep/keeper.js';

/**
 * Sum of per-period amounts over a sliding window, e.g. rain "mm since the last sample". A sample of time t reports the
 * period that ends at t, so the window is half open: `newest − t < window` (the amount reported exactly one window ago fell before it).
 * Unit: the channel's. Warm-up: one sample; the sum is what has been reported, so a missing sample lowers it (silence is the guard).
 */
export class SumDetector implements Detector {
  readonly #samples = new SampleList();
  #gone = 0;
  #sum = 0;
  value: number | null = null;
  readonly partial = false;

  constructor(private readonly window: number) {}

  get why() {
    return this.value === null ? ('no-data' as const) : undefined;
  }

  feed(time: number, value: number): void {
    const samples = this.#samples;
    const newest = samples.length === 0 ? Number.NEGATIVE_INFINITY : samples.time(samples.length - 1);
    if (time > newest) {
      samples.push(time, value);
      this.#sum += value;
      this.#evict(time);
    } else if (newest - time < this.window) {
      samples.insert(samples.firstFrom(time), time, value);
      this.#sum += value;
    } else return;
    this.value = tidy(this.#sum);
  }

  #evict(newest: number): void {
    const samples = this.#samples;
    let gone = 0;
    while (newest - samples.time(gone) >= this.window) {
      this.#sum -= samples.value(gone);
      gone += 1;
    }
    if (gone === 0) return;
    samples.dropFirst(gone);
    this.#gone += gone;
    if (this.#gone > samples.length + 64) this.#afresh();
  }

  /** Keeps rounding errors from piling up over years of adding and taking away; rarely enough to cost nothing. */
  #afresh(): void {
    this.#gone = 0;
    this.#sum = 0;
    for (let i = 0; i < this.#samples.length; i += 1) this.#sum += this.#samples.value(i);
  }

  keep(k: Keeper): void {
    this.#samples.keep(k);
    this.#gone = k.number(this.#gone);
    this.#sum = k.number(this.#sum);
    this.value = k.maybe(this.value);
  }
}

export const sumKind = detectorKind({
  name: 'sum',
  about: {
    zh: '时段累计：窗口内各样本之和',
    en: 'sum of what the samples of a sliding window report',
    source: 'contract.md (acceptance rulebook)',
  },
  fields: { window: WindowText },
  make: (spec) => new SumDetector(spec.window),
  horizon: (spec) => spec.window,
});
