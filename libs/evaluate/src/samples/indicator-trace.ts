import { SampleList } from './sample-list.js';

/**
 * Samples kept of one indicator. Fewer: a curve of a screen's width shows steps. More: a thousand points of six indicators each would
 * take the memory of the station (600 samples are 10 kB, so those take 60 MB).
 */
const capacity = 600;
/** Samples of which the smallest and the largest stay when room is made: half of them go. */
const bucket = 4;

/**
 * How an indicator came to where it is, for the curve people look at: bounded, thinned from time to time with the extremes kept, so the
 * newest part is the finest. Nothing is judged by it and nothing of it is stored.
 */
export class IndicatorTrace {
  readonly #samples = new SampleList();
  #thinned = false;

  /** Value known at an event time. Times never go back: a late sample corrects the newest value. */
  add(time: number, value: number): void {
    const samples = this.#samples;
    const last = samples.length - 1;
    const newest = samples.time(last);
    if (last >= 0 && time <= newest) {
      samples.replace(last, newest, value);
      return;
    }
    if (samples.length >= capacity) this.#thin();
    samples.push(time, value);
  }

  /** True when samples have been left out. */
  get thinned(): boolean {
    return this.#thinned;
  }

  /** Samples at or after an event time. */
  since(time: number): [number, number][] {
    const samples = this.#samples;
    const from = samples.firstFrom(time);
    return Array.from({ length: samples.length - from }, (_, i) => [samples.time(from + i), samples.value(from + i)]);
  }

  #thin(): void {
    const { length } = this.#samples;
    let kept = 0;
    for (let from = 0; from < length; from += bucket) {
      const to = Math.min(from + bucket, length);
      let low = from;
      let high = from;
      for (let i = from + 1; i < to; i += 1) {
        if (this.#at(i) < this.#at(low)) low = i;
        if (this.#at(i) >= this.#at(high)) high = i;
      }
      // In place: what is kept moves to the front, never past what is still to be looked at.
      const first = Math.min(low, high);
      const second = Math.max(low, high);
      this.#move(first, kept++);
      if (second !== first) this.#move(second, kept++);
    }
    this.#samples.truncate(kept);
    this.#thinned = true;
  }

  #move(from: number, to: number): void {
    this.#samples.replace(to, this.#samples.time(from), this.#samples.value(from));
  }

  #at(index: number): number {
    return this.#samples.value(index);
  }
}
