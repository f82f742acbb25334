import type { Sample } from '../../filters/filter.js';
import { moveEarlier } from '../motion/line-sums.js';
import type { Keeper } from '../../keep/keeper.js';
import { numbers } from '../../samples/numbers.js';

/** Least-squares rate of one block. Rates and errors in value a sample, times in samples. */
export interface BlockRate {
  /** Mean time of the block's samples. */
  time: number;
  rate: number;
  /** Residual variance about the block's own line. */
  variance: number;
  /** Sum of squares of the times about their mean: the rate's error is √(variance / spread). */
  spread: number;
}

/** What is known of a block: numbers that lie behind one another in `RateBlocks`, in the order of these names. */
const column = { index: 0, n: 1, origin: 2, t: 3, x: 4, tt: 5, tx: 6, xx: 7 } as const;
const columns = Object.keys(column).length;
/** Blocks there is room for at first. */
const firstRoom = 4;

/**
 * A channel as non-overlapping blocks that stand on multiples of their length in event time, each with its least-squares rate. Eight
 * numbers a block; a late sample changes the sums of its own block, so the order of arrival is forgotten.
 */
export class RateBlocks {
  /** Eight numbers a block, the oldest block first: one piece of memory outside the heap, where objects were half of a point's. */
  #rows = numbers(columns * firstRoom);
  #count = 0;
  #newest = Number.NEGATIVE_INFINITY;

  /**
   * @param length ms
   * @param sample the cadence times are counted in, ms
   * @param kept blocks kept before the newest one
   */
  constructor(
    private readonly length: number,
    private readonly sample: number,
    private readonly kept: number,
  ) {}

  /** Event time of the newest sample, ms. */
  get newest(): number {
    return this.#newest;
  }
  /** The block that is being filled; those before it are complete. */
  get current(): number {
    return Math.floor(this.#newest / this.length);
  }

  /** @returns true when what `rate` answers of a complete block may have changed */
  feed(time: number, value: number): boolean {
    const index = Math.floor(time / this.length);
    const before = this.current;
    if (index < before - this.kept) return false;
    this.#newest = Math.max(this.#newest, time);
    const block = this.#placeOf(index);
    if (!this.#isThere(block, index)) this.#open(block, index, value);
    const t = (time - index * this.length) / this.sample;
    const x = value - this.#get(block, 'origin');
    this.#add(block, 'n', 1);
    this.#add(block, 't', t);
    this.#add(block, 'x', x);
    this.#add(block, 'tt', t * t);
    this.#add(block, 'tx', t * x);
    this.#add(block, 'xx', x * x);
    if (index > before) this.#drop(index - this.kept);
    return index !== before;
  }

  /** Moves everything before `at` by `by`; `since` are the samples from `at` on. Rates are of one block, so only the one with `at` inside changes. */
  rebase(at: number, by: number, since: readonly Sample[]): void {
    const index = Math.floor(at / this.length);
    const block = this.#placeOf(index);
    if (!this.#isThere(block, index)) return;
    const origin = this.#get(block, 'origin');
    const inside = since.filter(([time]) => time < (index + 1) * this.length);
    const sums = {
      n: this.#get(block, 'n'),
      t: this.#get(block, 't'),
      x: this.#get(block, 'x'),
      tt: this.#get(block, 'tt'),
      tx: this.#get(block, 'tx'),
      xx: this.#get(block, 'xx'),
    };
    moveEarlier(
      sums,
      by,
      inside.map(([time, value]) => [(time - index * this.length) / this.sample, value - origin]),
    );
    for (const name of ['x', 'tx', 'xx'] as const) this.#rows[block * columns + column[name]] = sums[name];
  }

  /** Rate of a block; null when it has fewer samples than `fewest`. Its time counts from the beginning of block `from`. */
  rate(index: number, fewest: number, from: number): BlockRate | null {
    const block = this.#placeOf(index);
    if (!this.#isThere(block, index)) return null;
    const n = this.#get(block, 'n');
    if (n < fewest) return null;
    const t = this.#get(block, 't');
    const x = this.#get(block, 'x');
    const spread = this.#get(block, 'tt') - (t * t) / n;
    if (spread <= 0) return null;
    const rate = (this.#get(block, 'tx') - (t * x) / n) / spread;
    const rest = this.#get(block, 'xx') - (x * x) / n - rate * rate * spread;
    return { time: ((index - from) * this.length) / this.sample + t / n, rate, variance: Math.max(0, rest) / (n - 2), spread };
  }

  keep(k: Keeper): void {
    this.#newest = k.number(this.#newest);
    this.#count = k.count(this.#count, this.kept + 2);
    if (k.reading) this.#rows = numbers(columns * Math.max(firstRoom, this.#count));
    k.list(this.#rows.subarray(0, columns * this.#count));
  }

  #get(block: number, name: keyof typeof column): number {
    return this.#rows[block * columns + column[name]] as number;
  }

  #add(block: number, name: keyof typeof column, more: number): void {
    const at = block * columns + column[name];
    this.#rows[at] = (this.#rows[at] as number) + more;
  }

  /** Where a block is, or would be: nearly always at the end. */
  #placeOf(index: number): number {
    let place = this.#count;
    while (place > 0 && this.#get(place - 1, 'index') >= index) place -= 1;
    return place;
  }

  #isThere(place: number, index: number): boolean {
    return place < this.#count && this.#get(place, 'index') === index;
  }

  #open(place: number, index: number, origin: number): void {
    if (this.#rows.length === columns * this.#count) {
      const larger = numbers(2 * this.#rows.length);
      larger.set(this.#rows);
      this.#rows = larger;
    }
    this.#rows.copyWithin(columns * (place + 1), columns * place, columns * this.#count);
    this.#rows.fill(0, columns * place, columns * (place + 1));
    this.#rows[columns * place + column.index] = index;
    this.#rows[columns * place + column.origin] = origin;
    this.#count += 1;
  }

  /** Drops the blocks before `first`. */
  #drop(first: number): void {
    const gone = this.#placeOf(first);
    this.#rows.copyWithin(0, columns * gone, columns * this.#count);
    this.#count -= gone;
  }
}
