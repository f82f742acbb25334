/**
 * The samples of one channel inside a sliding window of event time, oldest first. The window hangs on the newest
 * sample, not on the clock: a sample of time t is inside while `newest − t ≤ span`. Appending in order is O(1) amortised; a
 * late sample is put in its place by binary search; one older than the window is not kept.
 */
export class SampleWindow {
  #times: number[] = [];
  #values: number[] = [];
  #head = 0;

  /**
   * @param span milliseconds of event time
   * @param before how many samples just before the window are kept too (1 lets a value at the window's start be interpolated)
   */
  constructor(
    readonly span: number,
    private readonly before = 0,
  ) {}

  get length(): number {
    return this.#times.length - this.#head;
  }
  time(index: number): number {
    return this.#times[this.#head + index] ?? Number.NaN;
  }
  value(index: number): number {
    return this.#values[this.#head + index] ?? Number.NaN;
  }
  get newest(): number {
    return this.time(this.length - 1);
  }

  /** @returns what became of the sample: `appended` is the newest, `inserted` came late, `outside` is older than the window */
  add(time: number, value: number): 'appended' | 'inserted' | 'outside' {
    if (this.length === 0 || time > this.newest) {
      this.#times.push(time);
      this.#values.push(value);
      this.#evict();
      return 'appended';
    }
    if (this.newest - time > this.span) return 'outside';
    let low = this.#head;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    if (this.#times[low] === time) this.#values[low] = value;
    else {
      this.#times.splice(low, 0, time);
      this.#values.splice(low, 0, value);
    }
    return 'inserted';
  }

  #evict(): void {
    const newest = this.newest;
    while (this.length > this.before + 1 && newest - this.time(this.before) > this.span) this.#head += 1;
    // Compacting only when half is waste keeps eviction O(1) amortised and memory within twice the window.
    if (this.#head > 64 && this.#head * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#head);
      this.#values = this.#values.slice(this.#head);
      this.#head = 0;
    }
  }
}
