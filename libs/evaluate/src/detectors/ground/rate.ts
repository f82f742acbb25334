import { z } from 'zod';
import type { Shared } from '../../filters/stage.js';
import type { Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { BlockSeries } from '../motion/block-series.js';
import { VelocityDetector } from '../motion/velocity.js';
import type { Keeper } from '../../keep/keeper.js';

export type Direction = 'rise' | 'fall' | 'either';

/**
 * Rate of a level, a pressure or an angle: the robust slope of `velocity` (Theil–Sen of block medians over the window), in the units and the direction
 * that count for it. `rise`: pore pressure and groundwater before failure, m/d or kPa/d. `fall`: rapid drawdown of a reservoir, whose slopes fail
 * while their water cannot follow; the value is then above 0 while the level falls. `either`: tilt, °/h or °/d; MEMS tiltmeters before shallow
 * slides show 0.01 °/h (precaution) and 0.1 °/h (warning; Uchimura 2015).
 *
 * Warm-up, noise and lag: those of `velocity`. For white noise σ on samples that fill the blocks the rate's own noise is about σ·√(12/25) a window.
 * Fails by: the daily swing of temperature in tilt (a window of whole days averages it out; clean or regress it for shorter ones), tides in
 * groundwater, and barometric pressure in piezometers that are not vented.
 */
export class RateDetector implements Detector {
  readonly #velocity: VelocityDetector;
  readonly partial = false;

  constructor(
    window: number,
    per: 'd' | 'h',
    private readonly direction: Direction,
    shared?: Shared,
  ) {
    this.#velocity = new VelocityDetector(window, per, shared);
  }

  feed(time: number, value: number): void {
    this.#velocity.feed(time, value);
  }

  get value(): number | null {
    const { value } = this.#velocity;
    if (value === null || this.direction === 'rise') return value;
    // + 0: nobody's level falls at −0.
    return this.direction === 'fall' ? -value + 0 : Math.abs(value);
  }

  get why() {
    return this.#velocity.why;
  }

  /** The 95 % interval of the slope itself, above 0 while the channel rises. */
  get detail() {
    return this.#velocity.detail;
  }

  surelyBetween(low: number, high: number): boolean {
    const slope = this.#velocity;
    if (this.direction === 'rise') return slope.surelyBetween(low, high);
    if (this.direction === 'fall') return slope.surelyBetween(-high, -low);
    if (low < 0) return slope.surelyBetween(-high, high);
    return slope.surelyBetween(low, high) || slope.surelyBetween(-high, -low);
  }

  keep(k: Keeper): void {
    this.#velocity.keep(k);
  }
}

export const rateKind = detectorKind({
  name: 'rate',
  about: {
    zh: '水位、孔压、倾角等的稳健变化速率（可取上升、下降或任一方向）',
    en: 'robust rate of a level, a pressure or an angle, rising, falling or either',
    source: 'Sen 1968; Uchimura 2015',
  },
  fields: {
    window: WindowText,
    direction: z.enum(['rise', 'fall', 'either']).default('rise'),
    unit: z.enum(['m/h', 'm/d', 'mm/h', 'mm/d', 'kPa/h', 'kPa/d', '°/h', '°/d']),
  },
  make: ({ window, unit, direction }, _, shared) => new RateDetector(window, unit.endsWith('/h') ? 'h' : 'd', direction, shared),
  horizon: (spec) => BlockSeries.horizon(spec.window),
});
