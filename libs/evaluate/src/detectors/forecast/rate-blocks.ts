import type { Sample } from '../../filters/filter.js';
import { moveEarlier } from '../motion/line-sums.js';
import type { Keeper } from '../../keep/keeper.js';

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

interface Sums {
  index: number;
  n: number;
  origin: number;
  t: number;
  x: number;
  tt: number;
  tx: number;
  xx: number;
}

/** In the order a state is kept in. */
const parts = ['index', 'n', 'origin', 't', 'x', 'tt', 'tx', 'xx'] as const satisfies readonly (keyof Sums)[];

/**
 * A channel as non-overlapping blocks that stand on multiples of their length in event time, each with its least-squares rate. Eight
 * numbers a block; a late sample changes the sums of its own block, so the order of arrival is forgotten.
 */
export class RateBlocks {
  #blocks: Sums[] = [];
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
    let place = this.#blocks.length;
    while (place > 0 && (this.#blocks[place - 1] as Sums).index > index) place -= 1;
    let block = this.#blocks[place - 1];
    if (block?.index !== index) {
      block = { index, n: 0, origin: value, t: 0, x: 0, tt: 0, tx: 0, xx: 0 };
      this.#blocks.splice(place, 0, block);
    }
    const t = (time - index * this.length) / this.sample;
    const x = value - block.origin;
    block.n += 1;
    block.t += t;
    block.x += x;
    block.tt += t * t;
    block.tx += t * x;
    block.xx += x * x;
    if (index > before) this.#blocks = this.#blocks.filter((one) => one.index >= index - this.kept);
    return index !== before;
  }

  /** Moves everything before `at` by `by`; `since` are the samples from `at` on. Rates are of one block, so only the one with `at` inside changes. */
  rebase(at: number, by: number, since: readonly Sample[]): void {
    const index = Math.floor(at / this.length);
    const block = this.#blocks.find((one) => one.index === index);
    if (!block) return;
    const inside = since.filter(([time]) => time < (index + 1) * this.length);
    moveEarlier(
      block,
      by,
      inside.map(([time, value]) => [(time - index * this.length) / this.sample, value - block.origin]),
    );
  }

  /** Rate of a block; null when it has fewer samples than `fewest`. Its time counts from the beginning of block `from`. */
  rate(index: number, fewest: number, from: number): BlockRate | null {
    const block = this.#blocks.find((one) => one.index === index);
    if (!block || block.n < fewest) return null;
    const { n, t, x } = block;
    const spread = block.tt - (t * t) / n;
    if (spread <= 0) return null;
    const rate = (block.tx - (t * x) / n) / spread;
    const rest = block.xx - (x * x) / n - rate * rate * spread;
    return { time: ((index - from) * this.length) / this.sample + t / n, rate, variance: Math.max(0, rest) / (n - 2), spread };
  }

  keep(k: Keeper): void {
    this.#newest = k.number(this.#newest);
    const count = k.count(this.#blocks.length);
    const sums = new Float64Array(parts.length * count);
    for (let at = 0, to = 0; !k.reading && at < count; at += 1) for (const part of parts) sums[to++] = (this.#blocks[at] as Sums)[part];
    k.list(sums);
    for (let at = 0; k.reading && at < count; at += 1) {
      const [index = 0, n = 0, origin = 0, t = 0, x = 0, tt = 0, tx = 0, xx = 0] = sums.subarray(at * parts.length);
      this.#blocks.push({ index, n, origin, t, x, tt, tx, xx });
    }
  }
}
