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
  #times: number[] = [];
  #values: number[] = [];
  #thinned = false;

  /** Value known at an event time. Times never go back: a late sample corrects the newest value. */
  add(time: number, value: number): void {
    const last = this.#times.length - 1;
    const newest = this.#times[last];
    if (newest !== undefined && time <= newest) {
      this.#values[last] = value;
      return;
    }
    if (this.#times.length >= capacity) this.#thin();
    this.#times.push(time);
    this.#values.push(value);
  }

  /** True when samples have been left out. */
  get thinned(): boolean {
    return this.#thinned;
  }

  /** Samples at or after an event time. */
  since(time: number): [number, number][] {
    let from = this.#times.length;
    while (from > 0 && (this.#times[from - 1] ?? time) >= time) from -= 1;
    return this.#times.slice(from).map((at, i) => [at, this.#values[from + i] ?? Number.NaN]);
  }

  #thin(): void {
    const { length } = this.#times;
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
    this.#times.length = kept;
    this.#values.length = kept;
    this.#thinned = true;
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] ?? Number.NaN;
    this.#values[to] = this.#at(from);
  }

  #at(index: number): number {
    return this.#values[index] ?? Number.NaN;
  }
}
