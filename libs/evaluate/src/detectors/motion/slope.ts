import type { BlockSeries, SeriesWatcher } from './block-series.js';
import { theilSen, type Hint } from './theil-sen.js';

/**
 * The Theil–Sen slope of a series that grows: whether it lies between two bounds is kept by counting, so that a sample costs the pairs of
 * one block (24) and not of all (300). The bounds are those of the last question: while nothing is crossed they are the same.
 */
export class SlopeOfBlocks implements SeriesWatcher {
  #low = Number.NaN;
  #high = Number.NaN;
  /** Pairs of all blocks but the last whose slope is not above the lower, not below the upper bound. */
  #under = 0;
  #over = 0;
  #stale = true;
  readonly #hint: Hint = { middle: 0, reach: 0 };

  constructor(private readonly series: BlockSeries) {
    series.watch(this);
  }

  settling(): void {
    if (!this.#stale) this.#count(this.series.count - 1, 0, this.series.count - 1, 1);
  }
  leaving(): void {
    if (!this.#stale) this.#count(0, 1, this.series.count - 1, -1);
  }
  disturbed(): void {
    this.#stale = true;
  }

  /** Value a ms; at least two blocks. */
  slope(): number {
    return theilSen(this.series, 0, this.series.count, this.#hint);
  }

  /** Whether the slope lies strictly between two bounds, value a ms. At a bound to the last digit it may answer no. */
  between(low: number, high: number): boolean {
    if (low !== this.#low || high !== this.#high || this.#stale) this.#recount(low, high);
    const { count } = this.series;
    const allowed = ((count * (count - 1)) / 2 - 1) >> 1;
    const under = this.#under;
    const over = this.#over;
    // Whatever the last block does, it cannot tip the scale: nearly always so.
    if (under + count <= allowed && over + count <= allowed) return true;
    this.#count(count - 1, 0, count - 1, 1);
    const isBetween = this.#under <= allowed && this.#over <= allowed;
    this.#under = under;
    this.#over = over;
    return isBetween;
  }

  #recount(low: number, high: number): void {
    this.#low = low;
    this.#high = high;
    this.#under = 0;
    this.#over = 0;
    this.#stale = false;
    for (let block = this.series.count - 2; block > 0; block -= 1) this.#count(block, 0, block, 1);
  }

  /** Counts the pairs of one block with the blocks from `from` to before `to`, once or away. */
  #count(block: number, from: number, to: number, sign: 1 | -1): void {
    const { times, values } = this.series;
    const time = times[block] as number;
    const value = values[block] as number;
    const low = this.#low;
    const high = this.#high;
    let under = 0;
    let over = 0;
    for (let other = from; other < to; other += 1) {
      const run = time - (times[other] as number);
      const slope = (value - (values[other] as number)) / run;
      if (slope <= low) under += 1;
      else if (slope >= high) over += 1;
    }
    this.#under += sign * under;
    this.#over += sign * over;
  }
}
