import type { QualityFlag } from '#libs/contracts';

/**
 * Samples remembered of a channel. Odd, so that the median is a sample. Fewer: two wild samples in a row look like the usual.
 * More: a level that stays is called a spike for longer (half of them, rounded up), and 100,000 channels cost more than 40 MB.
 */
export const WINDOW = 9;

/** Flags that are found by looking at the samples before, as bits of `marks`. */
const SPIKE = 1;
const STUCK = 2;
const RESET = 4;

/** What is remembered of one channel: its last samples inside the instrument's range, in device time, and what was said of each. */
export class ChannelMemory {
  /** Rings of the same length; `#next` is where the next sample goes. */
  readonly #times: number[] = [];
  readonly #values: number[] = [];
  readonly #marks: number[] = [];
  #next = 0;
  /** Samples in a row with the newest value. */
  run = 0;
  /** Samples since the channel was silent for long: what was usual before that says nothing of what is usual now. */
  fresh = 0;
  /** Receipt number of the packet the last sample came in: one seen again in the same packet needs a closer look. */
  packet = -1;

  get size(): number {
    return this.#values.length;
  }
  /** Device time of the newest sample; -Infinity: none. */
  get lastTime(): number {
    return this.size === 0 ? Number.NEGATIVE_INFINITY : (this.#times[this.#at(0)] ?? Number.NEGATIVE_INFINITY);
  }
  get lastValue(): number | undefined {
    return this.size === 0 ? undefined : this.#values[this.#at(0)];
  }

  /** Value of the sample `back` before the newest, 0 ≤ back < size. */
  value(back: number): number {
    return this.#values[this.#at(back)] ?? Number.NaN;
  }

  /** Keeps a sample newer than every other. */
  add(time: number, value: number, spike: boolean, stuck: boolean, reset: boolean): void {
    this.#times[this.#next] = time;
    this.#values[this.#next] = value;
    this.#marks[this.#next] = (spike ? SPIKE : 0) | (stuck ? STUCK : 0) | (reset ? RESET : 0);
    this.#next = (this.#next + 1) % WINDOW;
  }

  /** Where a sample of this time is kept, with the same value; -1: nowhere. */
  find(time: number, value: number): number {
    for (let at = 0; at < this.#times.length; at += 1) if (this.#times[at] === time && this.#values[at] === value) return at;
    return -1;
  }

  /** Adds what was said of a sample found before, in the order of the flags. */
  repeat(at: number, into: QualityFlag[]): void {
    const marks = this.#marks[at] ?? 0;
    if (marks & RESET) into.push('reset');
    if (marks & SPIKE) into.push('spike');
    if (marks & STUCK) into.push('stuck');
  }

  #at(back: number): number {
    return (this.#next - 1 - back + 2 * WINDOW) % WINDOW;
  }
}
