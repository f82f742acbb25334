import type { Sample } from '../../filters/filter.js';
import type { Behind, Shared } from '../../filters/stage.js';
import { MisfitState, type Keeper } from '../../keep/keeper.js';
import { numbers } from '../../samples/numbers.js';

/** Blocks a window is cut into. More see faster changes and cost more (n²/2 slopes); fewer blur them. 24 makes a one-day window hourly. */
const blocksInWindow = 24;
/** A window touches one block more than it is long, and a late sample may open one more before the oldest leaves. */
const room = blocksInWindow + 3;
/** Room for samples at first: an instrument that reports every hour needs no more for a day. */
const fewestSamples = 32;
const nothing = new Float64Array(0);
/** More in one block is damage, not state: a value a second for eleven days. */
const mostOfBlock = 1_000_000;

/** Told of every change of the series but those of its last block, so that it can keep up instead of looking at all pairs again. */
export interface SeriesWatcher {
  /** The last block is about to be followed by another. */
  settling(): void;
  /** The oldest block is about to leave. */
  leaving(): void;
  /** Something else changed: a late sample. */
  disturbed(): void;
}

/**
 * A channel's sliding window as a few points: median value at mean time of each stretch of event time (1/24 of the window, standing on
 * multiples of its length, so that work and memory are bounded whatever the cadence). A block is in the window while any moment of it is,
 * whichever order its samples came in. An outlier moves a block's median only when it is half of the block.
 */
export class BlockSeries implements Behind {
  readonly #length: number;
  // One piece of memory for the numbers of all blocks: it lies outside the heap, and each piece there costs the collector its time.
  readonly #cells = numbers(5 * room + 1);
  readonly #indexes = this.#cells.subarray(0, room);
  /** Sum of the times of a block's samples, counted from the block's beginning: sums of whole milliseconds forget no order. */
  readonly #offsets = this.#cells.subarray(room, 2 * room);
  /** Mean time of the samples of each block, ms; the oldest first. */
  readonly times = this.#cells.subarray(2 * room, 3 * room);
  /** Their median value. */
  readonly values = this.#cells.subarray(3 * room, 4 * room);
  /** Values of all blocks, one block behind the other, each sorted. A quiet channel makes no garbage: who leaves gives room to who comes. */
  #samples = nothing;
  /** Where the values of each block begin in `#samples`, and behind the last block where they end. */
  readonly #begins = this.#cells.subarray(4 * room);
  #count = 0;
  #newest = Number.NEGATIVE_INFINITY;
  readonly #watchers: SeriesWatcher[] = [];

  /** The one that all detectors share who look at a series over this window, where they share anything. @param window ms of event time */
  static of(window: number, shared?: Shared): BlockSeries {
    return shared ? shared(`blocks of ${window}`, () => new BlockSeries(window)) : new BlockSeries(window);
  }

  /** @param window ms of event time */
  constructor(readonly window: number) {
    this.#length = window / blocksInWindow;
  }

  /** How far back a sample can still matter, ms: the oldest block reaches further back than the window. */
  static horizon(window: number): number {
    return window + window / blocksInWindow;
  }

  get count(): number {
    return this.#count;
  }
  /** Time between the first block and the last, ms. */
  get span(): number {
    return this.#count === 0 ? 0 : (this.times[this.#count - 1] as number) - (this.times[0] as number);
  }

  feed(time: number, value: number): void {
    const index = Math.floor(time / this.#length);
    const last = this.#count - 1;
    if (last >= 0 && this.#indexes[last] === index) this.#put(last, time, value);
    else if (last < 0 || index > (this.#indexes[last] as number)) {
      if (last >= 0) for (const watcher of this.#watchers) watcher.settling();
      this.#open(last + 1, index);
      this.#put(last + 1, time, value);
    } else this.#late(index, time, value);
    if (time > this.#newest) this.#evict(time);
  }

  /** Tells who wants to keep up. */
  watch(watcher: SeriesWatcher): void {
    this.#watchers.push(watcher);
  }

  /** Moves everything before `at` by `by`; `since` are the samples from `at` on, which may share a block with those before it. */
  rebase(at: number, by: number, since: readonly Sample[]): void {
    for (let block = 0; block < this.#count; block += 1) {
      const begin = (this.#indexes[block] as number) * this.#length;
      if (begin >= at) break;
      const values = this.#samplesOf(block);
      const stay: number[] = [];
      if (begin + this.#length > at) {
        const all = [...values];
        for (const [time, value] of since) {
          const place = time < begin + this.#length ? all.indexOf(value) : -1;
          if (place >= 0) stay.push(...all.splice(place, 1));
        }
        values.set(all);
        values.set(stay, all.length);
      }
      for (let place = 0; place < values.length - stay.length; place += 1) values[place] = (values[place] as number) + by;
      if (stay.length > 0) values.sort();
      this.values[block] = middleOf(values, 0, values.length);
    }
    this.#disturbed();
  }

  #late(index: number, time: number, value: number): void {
    if (index < Math.floor((this.#newest - this.window) / this.#length)) return;
    let place = this.#count;
    while (place > 0 && (this.#indexes[place - 1] as number) >= index) place -= 1;
    if (place === this.#count || this.#indexes[place] !== index) this.#open(place, index);
    this.#put(place, time, value);
    this.#disturbed();
  }

  #disturbed(): void {
    for (const watcher of this.#watchers) watcher.disturbed();
  }

  /** The samples of a block, in place. */
  #samplesOf(block: number): Float64Array {
    return this.#samples.subarray(this.#begins[block], this.#begins[block + 1]);
  }

  /** An empty block before the one at `place`. */
  #open(place: number, index: number): void {
    for (let to = this.#count; to > place; to -= 1) this.#move(to - 1, to);
    this.#count += 1;
    for (let to = this.#count; to > place; to -= 1) this.#begins[to] = this.#begins[to - 1] as number;
    this.#indexes[place] = index;
    this.#offsets[place] = 0;
  }

  #move(from: number, to: number): void {
    this.#indexes[to] = this.#indexes[from] as number;
    this.#offsets[to] = this.#offsets[from] as number;
    this.times[to] = this.times[from] as number;
    this.values[to] = this.values[from] as number;
  }

  #put(block: number, time: number, value: number): void {
    if (this.#begins[this.#count] === this.#samples.length) this.#makeRoom();
    const samples = this.#samples;
    const begin = this.#begins[block] as number;
    let place = this.#begins[block + 1] as number;
    if (place > begin && (samples[place - 1] as number) > value) {
      let low = begin;
      let high = place;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((samples[middle] as number) > value) high = middle;
        else low = middle + 1;
      }
      place = low;
    }
    const end = this.#begins[this.#count] as number;
    if (place < end) samples.copyWithin(place + 1, place, end);
    samples[place] = value;
    for (let behind = block + 1; behind <= this.#count; behind += 1) this.#begins[behind] = (this.#begins[behind] as number) + 1;
    this.#offsets[block] = (this.#offsets[block] as number) + time - (this.#indexes[block] as number) * this.#length;
    this.#settle(block);
  }

  /** At the front, where blocks have left; where that is little, in a place twice as large. */
  #makeRoom(): void {
    const begin = this.#begins[0] as number;
    const before = this.#samples;
    if (4 * begin <= before.length) this.#samples = numbers(Math.max(fewestSamples, 2 * before.length));
    this.#samples.set(before.subarray(begin));
    for (let block = 0; block <= this.#count; block += 1) this.#begins[block] = (this.#begins[block] as number) - begin;
  }

  #evict(time: number): void {
    this.#newest = time;
    const first = Math.floor((time - this.window) / this.#length);
    while (this.#count > 0 && (this.#indexes[0] as number) < first) {
      for (const watcher of this.#watchers) watcher.leaving();
      this.#count -= 1;
      for (let to = 0; to < this.#count; to += 1) this.#move(to + 1, to);
      for (let to = 0; to <= this.#count; to += 1) this.#begins[to] = this.#begins[to + 1] as number;
    }
  }

  /** Keeps every value of every block: a late one may still move a median. All blocks in one list: a list each takes twenty times as long. */
  keep(k: Keeper): void {
    this.#newest = k.number(this.#newest);
    this.#count = k.count(this.#count, room);
    k.list(this.#indexes.subarray(0, this.#count));
    k.list(this.#offsets.subarray(0, this.#count));
    const sizes = new Float64Array(this.#count);
    for (let block = 0; block < this.#count; block += 1)
      sizes[block] = (this.#begins[block + 1] as number) - (this.#begins[block] as number);
    k.list(sizes);
    if (k.reading) this.#makeFor(sizes);
    k.list(this.#samples.subarray(this.#begins[0], this.#begins[this.#count]));
    if (k.reading) for (let block = 0; block < this.#count; block += 1) this.#settle(block);
  }

  /** Room for blocks of so many samples each. A block holds a sample at least: its median would be no number. */
  #makeFor(sizes: Float64Array): void {
    let end = 0;
    for (let block = 0; block < sizes.length; block += 1) {
      const size = sizes[block] as number;
      if (!Number.isInteger(size) || size < 1 || size > mostOfBlock) throw new MisfitState(`a block of ${size} samples`);
      end += size;
      this.#begins[block + 1] = end;
    }
    // Half as much again: a window that moves on leaves room for what comes.
    if (this.#samples.length < end) this.#samples = numbers(Math.ceil(1.5 * end));
  }

  /** Mean time and median value of a block, from all that is in it. */
  #settle(block: number): void {
    const from = this.#begins[block] as number;
    const to = this.#begins[block + 1] as number;
    const begin = (this.#indexes[block] as number) * this.#length;
    this.times[block] = begin + (this.#offsets[block] as number) / (to - from);
    this.values[block] = middleOf(this.#samples, from, to);
  }
}

/** Median of a sorted stretch. */
function middleOf(sorted: Float64Array, from: number, to: number): number {
  const middle = (from + to) >> 1;
  return (to - from) % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle] as number) + (sorted[middle - 1] as number)) / 2;
}
