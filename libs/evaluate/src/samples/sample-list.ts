import type { Keeper } from '../keep/keeper.js';
import { numbers } from './numbers.js';

/** Samples in one block, as a power of two. Fewer: more blocks to look after. More: an instrument of few samples a window wastes the rest of a kilobyte. */
const blockBits = 6;
const blockSize = 1 << blockBits;
const inBlock = blockSize - 1;

/**
 * Blocks no list needs any more. A block that is thrown away is outside the heap, and every 64 MB of such blocks the engine collects everything it has
 * got: 150 ms in which readings wait. Windows drop a block for nearly each they begin. At most so many are held ready: 4 MB.
 */
const spare: Float64Array[] = [];
const mostSpare = 4096;
const giveBack = (block: Float64Array | undefined): void => {
  if (block && spare.length < mostSpare) spare.push(block);
};

/**
 * Samples of one series in the order of their times, cheap to add at the end and to drop at the front.
 *
 * They lie as pairs of numbers in blocks outside the heap of the garbage collector: windows are most of what a station keeps, and as
 * plain lists they are copied by every collection while they grow, which holds up all PUBACKs for 20 to 30 ms twice a second. Blocks instead of one
 * that doubles: thousands of devices that began together would otherwise all have theirs copied in the same moment.
 */
export class SampleList {
  readonly #blocks: Float64Array[] = [];
  /** Of the first sample, in the first block. */
  #head = 0;
  length = 0;

  /** Event time of a sample, ms; NaN outside the list. */
  time(index: number): number {
    return index >= 0 && index < this.length ? this.#get(index, 0) : Number.NaN;
  }

  /** NaN outside the list. */
  value(index: number): number {
    return index >= 0 && index < this.length ? this.#get(index, 1) : Number.NaN;
  }

  /** At the end. */
  push(time: number, value: number): void {
    const at = this.#head + this.length;
    if (at >> blockBits === this.#blocks.length) this.#blocks.push(spare.pop() ?? numbers(2 * blockSize));
    this.length += 1;
    this.replace(this.length - 1, time, value);
  }

  /** Before the sample at `index`. */
  insert(index: number, time: number, value: number): void {
    this.push(time, value);
    for (let to = this.length - 1; to > index; to -= 1) this.replace(to, this.#get(to - 1, 0), this.#get(to - 1, 1));
    this.replace(index, time, value);
  }

  /** Another sample in the place of one. */
  replace(index: number, time: number, value: number): void {
    const at = this.#head + index;
    const block = this.#blocks[at >> blockBits];
    if (!block) return;
    const place = 2 * (at & inBlock);
    block[place] = time;
    block[place + 1] = value;
  }

  /** Drops `count` samples at the front. */
  dropFirst(count: number): void {
    this.#head += count;
    this.length -= count;
    while (this.#head >= blockSize) {
      giveBack(this.#blocks.shift());
      this.#head -= blockSize;
    }
  }

  /** Keeps the first `count` samples. */
  truncate(count: number): void {
    this.length = Math.min(this.length, count);
    for (let blocks = (this.#head + this.length + inBlock) >> blockBits; this.#blocks.length > blocks;) giveBack(this.#blocks.pop());
  }

  /** Index of the first sample at or after a time; `length` if there is none. */
  firstFrom(time: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#get(middle, 0) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #get(index: number, part: 0 | 1): number {
    const at = this.#head + index;
    return this.#blocks[at >> blockBits]?.[2 * (at & inBlock) + part] ?? Number.NaN;
  }

  /** Keeps every sample. */
  keep(k: Keeper): void {
    const count = k.count(this.length);
    for (let at = 0; at < count; at += 1) {
      const time = k.number(this.time(at));
      const value = k.number(this.value(at));
      if (k.reading) this.push(time, value);
    }
  }
}
