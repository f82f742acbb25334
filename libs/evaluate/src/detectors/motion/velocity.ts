import { z } from 'zod';
import { DAY, HOUR } from '#libs/contracts';
import type { Rebase } from '../../filters/filter.js';
import type { Shared } from '../../filters/stage.js';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { BlockSeries } from './block-series.js';
import { SlopeOfBlocks } from './slope.js';
import { slopeInterval } from './theil-sen.js';
import type { Keeper } from '../../keep/keeper.js';

/** Below a third of the blocks two outliers can make the median slope. Above a half, a lossy link never gets a velocity. */
export const fewestBlocks = 8;
/** Values are rounded to 1e-9; nearer than this to a bound the value itself is asked. */
const rounding = 1e-6;

/**
 * Velocity: Theil–Sen slope (median of the slopes of all pairs; Theil 1950, Sen 1968) of block medians over a sliding
 * window (BlockSeries). Up to 29 % of the blocks may be outliers without moving it, so a spike makes no velocity.
 *
 * Unit: channel unit per `per` (mm → mm/d). `detail`: the slope's 95 % interval from ranks (slopeInterval). Warm-up: `fewestBlocks` blocks
 * that together span half the window, else unknown. Work: a count of pairs a sample; the slope itself only when a bound may have been crossed or someone looks.
 * For white noise σ on hourly samples the slope's own noise is about σ·√(12/25) per window: 1.4 mm/d for GNSS of ±2 mm over 24 h;
 * thresholds below three times that are noise. Lags real acceleration by about half the window. A step (re-zero) shows as motion for half a
 * window. Several windows are several indicators: a short one sees a fast onset, a long one a slow creep.
 */
export class VelocityDetector implements Detector {
  readonly #series: BlockSeries;
  readonly #isShared: boolean;
  readonly #slope: SlopeOfBlocks;
  readonly #unit: number;
  #known: number | null | undefined = null;
  readonly partial = false;

  /** @param shared what other detectors of the series have as well; its blocks are fed there */
  constructor(
    private readonly window: number,
    per: 'd' | 'h' = 'd',
    shared?: Shared,
  ) {
    this.#series = BlockSeries.of(window, shared);
    this.#isShared = shared !== undefined;
    this.#slope = new SlopeOfBlocks(this.#series);
    this.#unit = per === 'd' ? DAY : HOUR;
  }

  feed(time: number, value: number): void {
    if (!this.#isShared) this.#series.feed(time, value);
    this.#known = undefined;
  }

  rebase(...moved: Parameters<Rebase>): void {
    if (!this.#isShared) this.#series.rebase(...moved);
    this.#known = undefined;
  }

  get value(): number | null {
    if (this.#known === undefined) this.#known = this.#warm ? tidy(this.#slope.slope() * this.#unit) : null;
    return this.#known;
  }

  get why() {
    if (this.#warm) return undefined;
    return this.#series.count === 0 ? ('no-data' as const) : ('warming-up' as const);
  }

  get detail() {
    const interval = this.#warm ? slopeInterval(this.#series) : null;
    return interval ? { low: tidy(interval.low * this.#unit), high: tidy(interval.high * this.#unit) } : undefined;
  }

  surelyBetween(low: number, high: number): boolean {
    return this.#warm && this.#slope.between((low + rounding) / this.#unit, (high - rounding) / this.#unit);
  }

  get #warm(): boolean {
    return this.#series.count >= fewestBlocks && this.#series.span >= this.window / 2;
  }

  keep(k: Keeper): void {
    k.once(this.#series);
    this.#known = undefined;
  }
}

export const velocityKind = detectorKind({
  name: 'velocity',
  about: {
    zh: '位移速率：窗口内分块中位数的 Theil–Sen 稳健斜率',
    en: 'rate of displacement: robust slope (Theil–Sen) of block medians over the window',
    source: 'Sen 1968',
  },
  fields: { window: WindowText, unit: z.enum(['mm/d', 'mm/h', '°/d']) },
  make: (spec, _, shared) => new VelocityDetector(spec.window, spec.unit.endsWith('/h') ? 'h' : 'd', shared),
  horizon: (spec) => BlockSeries.horizon(spec.window),
});
