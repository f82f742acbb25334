import type { Sample } from '../../filters/filter.js';
import { MisfitState, type Keeper } from '../../keep/keeper.js';

/** Blocks a window is cut into. More see faster changes and cost more (n²/2 slopes); fewer blur them. 24 makes a one-day window hourly. */
const blocksInWindow = 24;
/** A window touches one block more than it is long, and a late sample may open one more before the oldest leaves. */
const room = blocksInWindow + 3;

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
export class BlockSeries {
  readonly #length: number;
  // One piece of memory for the numbers of all blocks: it lies outside the heap, and each piece there costs the collector its time.
  readonly #cells = new Float64Array(4 * room);
  readonly #indexes = this.#cells.subarray(0, room);
  /** Sum of the times of a block's samples, counted from the block's beginning: sums of whole milliseconds forget no order. */
  readonly #offsets = this.#cells.subarray(room, 2 * room);
  /** Mean time of the samples of each block, ms; the oldest first. */
  readonly times = this.#cells.subarray(2 * room, 3 * room);
  /** Their median value. */
  readonly values = this.#cells.subarray(3 * room);
  /** Values of each block, sorted. Lists are used again by the blocks that follow: a quiet channel makes no garbage. */
  readonly #sorted: number[][] = [];
  #count = 0;
  #newest = Number.NEGATIVE_INFINITY;

  watcher: SeriesWatcher | undefined;

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

  add(time: number, value: number): void {
    const index = Math.floor(time / this.#length);
    const last = this.#count - 1;
    if (last >= 0 && this.#indexes[last] === index) this.#put(last, time, value);
    else if (last < 0 || index > (this.#indexes[last] as number)) {
      if (last >= 0) this.watcher?.settling();
      this.#open(last + 1, index);
      this.#put(last + 1, time, value);
    } else this.#late(index, time, value);
    if (time > this.#newest) this.#evict(time);
  }

  /** Moves everything before `at` by `by`; `since` are the samples from `at` on, which may share a block with those before it. */
  rebase(at: number, by: number, since: readonly Sample[]): void {
    for (let block = 0; block < this.#count; block += 1) {
      const begin = (this.#indexes[block] as number) * this.#length;
      if (begin >= at) break;
      const values = this.#sorted[block] as number[];
      const stay: number[] = [];
      if (begin + this.#length > at)
        for (const [time, value] of since) {
          const place = time < begin + this.#length ? values.indexOf(value) : -1;
          if (place >= 0) stay.push(...values.splice(place, 1));
        }
      for (let place = 0; place < values.length; place += 1) values[place] = (values[place] as number) + by;
      if (stay.length > 0) {
        values.push(...stay);
        values.sort((a, b) => a - b);
      }
      this.values[block] = middleOf(values);
    }
    this.watcher?.disturbed();
  }

  #late(index: number, time: number, value: number): void {
    if (index < Math.floor((this.#newest - this.window) / this.#length)) return;
    let place = this.#count;
    while (place > 0 && (this.#indexes[place - 1] as number) >= index) place -= 1;
    if (this.#indexes[place] !== index) this.#open(place, index);
    this.#put(place, time, value);
    this.watcher?.disturbed();
  }

  #open(place: number, index: number): void {
    const empty = this.#sorted[this.#count] ?? [];
    for (let to = this.#count; to > place; to -= 1) this.#move(to - 1, to);
    if (empty.length > 0) empty.length = 0;
    this.#sorted[place] = empty;
    this.#indexes[place] = index;
    this.#offsets[place] = 0;
    this.#count += 1;
  }

  #move(from: number, to: number): void {
    this.#indexes[to] = this.#indexes[from] as number;
    this.#offsets[to] = this.#offsets[from] as number;
    this.times[to] = this.times[from] as number;
    this.values[to] = this.values[from] as number;
    this.#sorted[to] = this.#sorted[from] as number[];
  }

  #put(block: number, time: number, value: number): void {
    const values = this.#sorted[block] as number[];
    let place = values.length;
    if (place > 0 && (values[place - 1] as number) > value) {
      let low = 0;
      let high = place;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((values[middle] as number) > value) high = middle;
        else low = middle + 1;
      }
      place = low;
    }
    if (place === values.length) values.push(value);
    else values.splice(place, 0, value);
    this.#offsets[block] = (this.#offsets[block] as number) + time - (this.#indexes[block] as number) * this.#length;
    this.#settle(block);
  }

  #evict(time: number): void {
    this.#newest = time;
    const first = Math.floor((time - this.window) / this.#length);
    while (this.#count > 0 && (this.#indexes[0] as number) < first) {
      this.watcher?.leaving();
      const emptied = this.#sorted[0] as number[];
      for (let to = 0; to < this.#count - 1; to += 1) this.#move(to + 1, to);
      this.#sorted[this.#count - 1] = emptied;
      this.#count -= 1;
    }
  }

  /** Keeps every value of every block: a late one may still move a median. All blocks in one list: a list each takes twenty times as long. */
  keep(k: Keeper): void {
    this.#newest = k.number(this.#newest);
    this.#count = k.count(this.#count, room);
    k.list(this.#indexes.subarray(0, this.#count));
    k.list(this.#offsets.subarray(0, this.#count));
    const sizes = new Float64Array(this.#count);
    const values: number[] = [];
    for (let block = 0; !k.reading && block < this.#count; block += 1) {
      const own = this.#sorted[block] as number[];
      sizes[block] = own.length;
      // Plain loops here and below: `flat` and `from` with a function take ten times as long.
      for (let at = 0; at < own.length; at += 1) values.push(own[at] as number);
    }
    k.list(sizes);
    k.list(values);
    if (!k.reading) return;
    let from = 0;
    for (let block = 0; block < this.#count; block += 1) {
      const until = from + (sizes[block] as number);
      this.#sorted[block] = values.slice(from, until);
      // A block holds a sample at least: its median would be no number.
      if (until <= from || until > values.length) throw new MisfitState(`a block of ${until - from} samples`);
      from = until;
      this.#settle(block);
    }
    if (from !== values.length) throw new MisfitState(`${values.length - from} samples of no block`);
  }

  /** Mean time and median value of a block, from all that is in it. */
  #settle(block: number): void {
    const values = this.#sorted[block] as number[];
    const n = values.length;
    const begin = (this.#indexes[block] as number) * this.#length;
    this.times[block] = begin + (this.#offsets[block] as number) / n;
    this.values[block] = middleOf(values);
  }
}

function middleOf(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle] as number) + (sorted[middle - 1] as number)) / 2;
}
