import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';

/**
 * Sum of per-period amounts over a sliding window, e.g. rain "mm since the last sample". A sample of time t reports the
 * period that ends at t, so the window is half open: `newest − t < window` (the amount reported exactly one window ago fell before it).
 * Unit: the channel's. Warm-up: one sample; the sum is what has been reported, so a missing sample lowers it (silence is the guard).
 */
export class SumDetector implements Detector {
  // Two lists of numbers, not one of objects: a day of samples is then 16 bytes each, and nothing for the collector to walk.
  #times: number[] = [];
  #values: number[] = [];
  #head = 0;
  #sum = 0;
  value: number | null = null;
  readonly partial = false;

  constructor(private readonly window: number) {}

  get why() {
    return this.value === null ? ('no-data' as const) : undefined;
  }

  feed(time: number, value: number): void {
    const newest = this.#times.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (time > newest) {
      this.#times.push(time);
      this.#values.push(value);
      this.#evict(time);
    } else if (newest - time < this.window) {
      const place = Math.max(this.#head, this.#times.findLastIndex((one) => one < time) + 1);
      this.#times.splice(place, 0, time);
      this.#values.splice(place, 0, value);
    } else return;
    this.#sum += value;
    this.value = tidy(this.#sum);
  }

  #evict(newest: number): void {
    let gone = 0;
    while (this.#head < this.#times.length && newest - (this.#times[this.#head] ?? newest) >= this.window) {
      gone += this.#values[this.#head] ?? 0;
      this.#head += 1;
    }
    this.#sum -= gone;
    if (this.#head > 64 && this.#head * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#head);
      this.#values = this.#values.slice(this.#head);
      this.#head = 0;
      // Starting the sum afresh here keeps rounding errors from piling up over years of adding and taking away.
      this.#sum = this.#values.reduce((sum, one, at) => sum + (this.#times[at] === newest ? 0 : one), 0);
    }
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
