import { z } from 'zod';
import { DAY, HOUR } from '#libs/contracts';
import { DurationText, QuantityText } from '../../text/quantity.js';
import type { Rebase } from '../../filters/filter.js';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { Baseline } from '../motion/baseline.js';
import { fukuzono, type Forecast } from './inverse-velocity.js';
import { RateBlocks, type BlockRate } from './rate-blocks.js';
import type { Keeper } from '../../keep/keeper.js';

/**
 * Windows tried, in samples; the first with a bounded interval counts. A longer one may begin before the acceleration and is then late: 200 samples
 * held the failure in 28 % of the updates of Preonzo, 44 samples too late (algorithms.md §2.1).
 */
const windows = [60, 80, 100, 150, 200, 300];
/** Blocks a fit needs. Fewer: Student's t is so wide that nothing is bounded. */
const fewestBlocks = 5;
/** A rate must be this many times its noise, and this many times the point's own: noise and creep have failure times too, all wrong. */
const clear = 3;
/** Updates in a row that must agree. Fewer: 7.5 % of the windows of steady creep give a forecast; more: it comes a day later. */
const agreeing = 3;
/**
 * Errors of their difference by which the block being filled must be slower than the last one for the forecast to be taken back. Less: noise takes one
 * failure's forecast in five away for hours. More: a crisis that calms slowly keeps its forecast for three blocks.
 */
const slower = 1.5;
/** Samples ahead beyond which a forecast is not believed: longer than the longest window. */
const furthest = 300;
/**
 * Share of the remaining time a forecast is early by intent: on real series it is late (+10 to +15 samples at Preonzo; Qi 2023: 0.30–0.55).
 * Smaller: people leave after the failure. Larger: they leave days early, and next time not at all.
 */
const lateReserve = 0.15;

export interface FailureTimeOptions {
  /** Cadence the windows are counted in, ms. */
  sample: number;
  /** Samples a block, 8 to 20. */
  block: number;
  /** Stretch over which the point's own rate is measured, ms. */
  uniform: number;
  /** Smallest rate that is not noise, unit/d. */
  floor: number;
  /** The point's own rate when it was given, unit/d. */
  v0?: number;
}

interface Update extends Forecast {
  window: number;
  n: number;
}

/**
 * Time to failure by inverse velocity (Fukuzono 1985, Voight 1988, α = 2) of non-overlapping blocks, with Fieller's interval and the gates of
 * algorithms.md B5. Value: hours from the newest sample to the *operational* time = lower end of the 95 % interval less a reserve for the method's
 * late bias; never below 0. `detail`: lower, centre and upper end in hours, window and block in samples, blocks used, age of the forecast in hours.
 *
 * An update comes with every completed block. Published only when: all rates of the window are above 0; the last is three times its noise and
 * three times the point's own rate; the last two are faster than the two before, and the last is not slower than the one before it; the last
 * three updates are bounded and agree within their width; failure lies ahead, by at most 300 samples; and the block being filled, once half full, is not slower than the last. When any of it fails the value is gone at once, why `no-usable-forecast`: the last forecast is never frozen.
 * Warm-up: the uniform stage (or a given V0) and seven blocks. Validity: a slope that accelerates towards failure; brittle failures without tertiary creep give none.
 * Fails by: a crisis that accelerates and then calms passes every gate while it accelerates (298 of 300 simulated): hence `supportOnly`, a second sign and
 * a person. A step inside the window: clean it first.
 */
export class FailureTimeDetector implements Detector {
  readonly #blocks: RateBlocks;
  readonly #baseline: Baseline;
  readonly #length: number;
  #forecast: Update | null = null;
  readonly partial = false;

  constructor(private readonly options: FailureTimeOptions) {
    this.#length = options.block * options.sample;
    this.#blocks = new RateBlocks(this.#length, options.sample, blocksKept(options.block));
    this.#baseline = new Baseline(options.uniform);
  }

  feed(time: number, value: number): void {
    this.#baseline.feed(time, value);
    if (this.#blocks.feed(time, value)) this.#update();
  }

  rebase(...moved: Parameters<Rebase>): void {
    this.#blocks.rebase(...moved);
    this.#baseline.rebase(...moved);
    this.#update();
  }

  get value(): number | null {
    const usable = this.#usable();
    if (!usable) return null;
    const operational = usable.lower - lateReserve * usable.centre;
    return tidy(Math.max(0, this.#hoursTo(operational)));
  }

  get why() {
    if (this.#usable()) return undefined;
    if (this.#blocks.newest === Number.NEGATIVE_INFINITY) return 'no-data' as const;
    return this.#v0 === null ? ('warming-up' as const) : ('no-usable-forecast' as const);
  }

  get detail() {
    const usable = this.#usable();
    if (!usable) return undefined;
    const { lower, centre, upper, window, n } = usable;
    return {
      lower: tidy(this.#hoursTo(lower)),
      centre: tidy(this.#hoursTo(centre)),
      upper: tidy(this.#hoursTo(upper)),
      window,
      block: this.options.block,
      n,
      age: tidy(-this.#hoursTo(0)),
    };
  }

  memory(): unknown {
    return this.#baseline.memory();
  }

  recall(memory: unknown): void {
    this.#baseline.recall(memory);
    this.#update();
  }

  get #v0(): number | null {
    return this.#baseline.v0(this.options.v0, this.options.floor);
  }

  /** Hours from the newest sample to a time given in samples from the last update. */
  #hoursTo(samples: number): number {
    const updated = this.#blocks.current * this.#length;
    return (updated + samples * this.options.sample - this.#blocks.newest) / HOUR;
  }

  #usable(): Update | null {
    // Past the whole interval the forecast has been proven wrong; and what calms has none.
    return this.#forecast && this.#hoursTo(this.#forecast.upper) > 0 && !this.#isCalming() ? this.#forecast : null;
  }

  /** The block that is being filled is slower than the last one by more than noise: known half a block after a slope has begun to calm, not two blocks. */
  #isCalming(): boolean {
    const now = this.#blocks.current;
    const filled = this.#blocks.rate(now, Math.ceil(this.options.block / 2), now);
    const last = this.#rates(now, fewestBlocks);
    if (!filled || !last) return false;
    const complete = last.at(-1) as BlockRate;
    const noise = usualVariance(last) * (1 / filled.spread + 1 / complete.spread);
    return complete.rate - filled.rate > slower * Math.sqrt(noise);
  }

  #update(): void {
    const now = this.#blocks.current;
    this.#forecast = null;
    // Most slopes creep: nothing is fitted to them.
    if (!this.#isAccelerating(now)) return;
    const updates = Array.from({ length: agreeing }, (_, back) => this.#bounded(now - back));
    if (this.#agree(updates)) this.#forecast = updates[0] ?? null;
  }

  /** Rates of the `count` blocks before block `end`, oldest first, times counted from its beginning; null when one is missing. */
  #rates(end: number, count: number): BlockRate[] | null {
    const fewest = Math.ceil(this.options.block / 2);
    const rates: BlockRate[] = [];
    for (let index = end - count; index < end; index += 1) {
      const rate = this.#blocks.rate(index, fewest, end);
      if (!rate) return null;
      rates.push(rate);
    }
    return rates;
  }

  /** The forecast at the beginning of block `end`: that of the shortest window that bounds it. */
  #bounded(end: number): Update | null {
    for (const window of windows) {
      const n = Math.floor(window / this.options.block);
      if (n < fewestBlocks) continue;
      const rates = this.#rates(end, n);
      if (!rates) return null;
      const forecast = fukuzono(
        rates.map(({ time }) => time),
        rates.map(({ rate }) => rate),
      );
      if (forecast) return { ...forecast, window, n };
    }
    return null;
  }

  #isAccelerating(now: number): boolean {
    const v0 = this.#v0;
    const last = this.#rates(now, fewestBlocks);
    if (v0 === null || !last) return false;
    const [a, b, c, d] = last.slice(-4).map(({ rate }) => rate) as [number, number, number, number];
    const noise = usualVariance(last) / (last.at(-1) as BlockRate).spread;
    const own = (v0 * this.options.sample) / DAY;
    // The means of two pairs still rise for a block after a slope has begun to calm; a last block that is slower by more than noise ends it at once.
    const calming = c - d > Math.sqrt(2 * noise);
    return d >= clear * Math.sqrt(noise) && d >= clear * own && c + d > a + b && !calming;
  }

  /** @param updates newest first; null where nothing was bounded */
  #agree(updates: readonly (Update | null)[]): boolean {
    const newest = updates[0];
    if (!newest || newest.centre <= 0 || newest.centre > furthest) return false;
    return updates.slice(1).every((earlier, at) => {
      const later = updates[at];
      if (!earlier || !later) return false;
      // Each counts from its own update, one block after the other.
      const moved = Math.abs(later.centre + this.options.block - earlier.centre);
      return moved <= Math.max(later.upper - later.lower, this.options.block);
    });
  }

  keep(k: Keeper): void {
    this.#blocks.keep(k);
    this.#baseline.keep(k);
    const f = this.#forecast;
    if (!k.flag(f !== null)) return;
    const [lower, centre, upper] = [k.number(f?.lower ?? 0), k.number(f?.centre ?? 0), k.number(f?.upper ?? 0)];
    this.#forecast = { lower, centre, upper, window: k.number(f?.window ?? 0), n: k.number(f?.n ?? 0) };
  }
}

/** The median of the blocks' own variances: one spike in one block is not the instrument's noise. @param last five */
const usualVariance = (last: readonly BlockRate[]): number => last.map(({ variance }) => variance).toSorted((x, y) => x - y)[2] as number;

/** Blocks behind the newest that the oldest of the agreeing updates may look back over. */
const blocksKept = (block: number): number => Math.floor((windows.at(-1) as number) / block) + agreeing;

export const failureTimeKind = detectorKind({
  name: 'failure-time',
  about: {
    zh: '失稳时间预报：速率倒数法，置信区间下限再扣除滞后余量；仅作佐证',
    en: 'time to failure by inverse velocity: lower end of its interval less a reserve; supports, never decides',
    source: 'Fukuzono 1985; Voight 1988; Fieller 1954',
  },
  supportOnly: true,
  fields: {
    /** The cadence windows are counted in; a channel that uploads more often is simply better known. */
    sample: WindowText,
    /** 13: at Preonzo insensitive to the baseline, where 8 and 10 opened early on a weak burst (algorithms.md §2.1). */
    block: z.number().int().min(8).max(20).default(13),
    uniform: DurationText,
    floor: QuantityText,
    worse: z.literal('less'),
    unit: z.literal('h'),
  },
  make: ({ sample, block, uniform, floor }, { v0 }) => new FailureTimeDetector({ sample, block, uniform, floor: floor.value, v0 }),
  horizon: ({ sample, block }) => (blocksKept(block) + 1) * block * sample,
  faults: ({ floor }) => (floor.unit === 'mm/d' && floor.value > 0 ? [] : [{ field: 'floor', message: 'expected a rate above 0 in mm/d' }]),
});
