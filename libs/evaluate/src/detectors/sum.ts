import { tidy, type Detector } from './detector.js';

/**
 * Sum of per-period amounts over a sliding window, e.g. rain "mm since the last sample". A sample of time t reports the
 * period that ends at t, so the window is half open: `newest − t < window` (the amount reported exactly one window ago fell before it).
 * Unit: the channel's. Warm-up: one sample; the sum is what has been reported, so a missing sample lowers it (silence is the guard).
 */
export class SumDetector implements Detector {
  #samples: { time: number; value: number }[] = [];
  #head = 0;
  #sum = 0;
  value: number | null = null;
  readonly partial = false;

  constructor(private readonly window: number) {}

  get why() {
    return this.value === null ? ('no-data' as const) : undefined;
  }

  feed(time: number, value: number): void {
    const newest = this.#samples.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
    if (time > newest) {
      this.#samples.push({ time, value });
      this.#evict(time);
    } else if (newest - time < this.window) {
      const place = this.#samples.findLastIndex((sample) => sample.time < time) + 1;
      this.#samples.splice(Math.max(place, this.#head), 0, { time, value });
    } else return;
    this.#sum += value;
    this.value = tidy(this.#sum);
  }

  #evict(newest: number): void {
    let gone = 0;
    for (let oldest = this.#samples[this.#head]; oldest && newest - oldest.time >= this.window; oldest = this.#samples[this.#head]) {
      this.#head += 1;
      gone += oldest.value;
    }
    this.#sum -= gone;
    if (this.#head > 64 && this.#head * 2 > this.#samples.length) {
      this.#samples = this.#samples.slice(this.#head);
      this.#head = 0;
      // Starting the sum afresh here keeps rounding errors from piling up over years of adding and taking away.
      this.#sum = this.#samples.reduce((sum, sample) => sum + (sample.time === newest ? 0 : sample.value), 0);
    }
  }
}
