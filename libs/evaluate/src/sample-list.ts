/** Room for samples at first: as much as an hourly channel needs for its shortest windows. It doubles. */
const firstRoom = 8;

/**
 * Samples of one series in the order of their times, cheap to add at the end and to drop at the front.
 *
 * They lie as pairs of numbers in one block outside the heap of the garbage collector: windows are most of what a station keeps,
 * and as plain lists they are copied by every collection while they grow, which holds up all PUBACKs for 20 to 30 ms twice a second
 * (docs/benchmarks.md).
 */
export class SampleList {
  #pairs = new Float64Array(2 * firstRoom);
  #head = 0;
  length = 0;

  /** Event time of a sample, ms; NaN outside the list. */
  time(index: number): number {
    return index >= 0 && index < this.length ? (this.#pairs[2 * (this.#head + index)] ?? Number.NaN) : Number.NaN;
  }

  /** NaN outside the list. */
  value(index: number): number {
    return index >= 0 && index < this.length ? (this.#pairs[2 * (this.#head + index) + 1] ?? Number.NaN) : Number.NaN;
  }

  /** At the end. */
  push(time: number, value: number): void {
    const at = 2 * (this.#roomBehind() + this.length);
    this.#pairs[at] = time;
    this.#pairs[at + 1] = value;
    this.length += 1;
  }

  /** Before the sample at `index`. */
  insert(index: number, time: number, value: number): void {
    const at = 2 * (this.#roomBehind() + index);
    this.#pairs.copyWithin(at + 2, at, 2 * (this.#head + this.length));
    this.#pairs[at] = time;
    this.#pairs[at + 1] = value;
    this.length += 1;
  }

  /** Another sample in the place of one. */
  replace(index: number, time: number, value: number): void {
    const at = 2 * (this.#head + index);
    this.#pairs[at] = time;
    this.#pairs[at + 1] = value;
  }

  /** Drops `count` samples at the front. */
  dropFirst(count: number): void {
    this.#head += count;
    this.length -= count;
  }

  /** Keeps the first `count` samples. */
  truncate(count: number): void {
    this.length = Math.min(this.length, count);
  }

  /** Index of the first sample at or after a time; `length` if there is none. */
  firstFrom(time: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.time(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Makes room for one more behind the last. @returns where the list begins */
  #roomBehind(): number {
    if (2 * (this.#head + this.length) < this.#pairs.length) return this.#head;
    // Moved to the front only when half is free, or doubled: adding stays O(1) amortised, and memory within four times what is kept.
    const from = 2 * this.#head;
    const to = from + 2 * this.length;
    if (from * 2 >= this.#pairs.length) this.#pairs.copyWithin(0, from, to);
    else {
      const wider = new Float64Array(this.#pairs.length * 2);
      wider.set(this.#pairs.subarray(from, to));
      this.#pairs = wider;
    }
    this.#head = 0;
    return 0;
  }
}
