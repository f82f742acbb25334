import { z } from 'zod';
import { QuantityText } from '../../text/quantity.js';
import type { Rebase } from '../../filters/filter.js';
import type { Shared } from '../../filters/stage.js';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { BlockSeries } from './block-series.js';
import { Baseline } from './baseline.js';
import { VelocityDetector } from './velocity.js';
import type { Keeper } from '../../keep/keeper.js';

/** v = V0. The source gives "≈ 45°" no tolerance (domain.md §2.4); a rulebook says its own. Too small: creep itself raises blue; too large: blue is skipped. */
const uniformCreep = 45;

export interface TangentOptions {
  /** Window of the present velocity, ms. */
  window: number;
  /** Uniform stage over which V0 is measured, ms. */
  uniform: number;
  /** Smallest V0 that is used, unit/d: below it V0 is noise of the instrument. */
  floor: number;
  /** V0 given for the point by the technical unit, unit/d; nothing is measured then. */
  v0?: number;
}

/**
 * Improved tangent angle (改进切线角, Xu Qiang et al. 2009): α = arctan(v / V0), degrees. ≈ 45° uniform creep, 80° medium
 * acceleration (v = 5.67 V0), 85° imminent (v = 11.43 V0).
 *
 * v: robust slope (VelocityDetector) in unit/d. V0: given for the point, or measured over its first `uniform` stage. A V0 below the
 * noise floor, or not three times its own standard error, is replaced by the floor: with V0 ≈ 0 every angle is 89° (domain.md §7c 8).
 * The floor makes angles smaller, never larger. v ≤ 0 is 0°: short backward steps are noise, not healing.
 * Unknown until v is warm and the uniform stage has been seen. Fails by: a V0 measured while the slope already accelerated (angles too small).
 * `detail`: v and the V0 in use, unit/d. The angle alone raises nothing (algorithms.md §2.2, `supportOnly`): a rulebook pairs it with a velocity.
 */
export class TangentDetector implements Detector {
  readonly #velocity: VelocityDetector;
  readonly #baseline: Baseline;
  readonly partial = false;

  /** @param shared what other detectors of the series have as well */
  constructor(
    private readonly options: TangentOptions,
    shared?: Shared,
  ) {
    this.#velocity = new VelocityDetector(options.window, 'd', shared);
    this.#baseline = new Baseline(options.uniform);
  }

  get why() {
    return this.#velocity.why ?? (this.v0 === null ? ('warming-up' as const) : undefined);
  }

  feed(time: number, value: number): void {
    this.#velocity.feed(time, value);
    this.#baseline.feed(time, value);
  }

  rebase(...moved: Parameters<Rebase>): void {
    this.#velocity.rebase(...moved);
    this.#baseline.rebase(...moved);
  }

  get value(): number | null {
    const { v0 } = this;
    const velocity = v0 === null ? null : this.#velocity.value;
    return velocity === null || v0 === null ? null : tidy(degrees(Math.atan(Math.max(0, velocity) / v0)));
  }

  get detail() {
    const { v0 } = this;
    return v0 === null ? undefined : { v: this.#velocity.value, v0: tidy(v0) };
  }

  surelyBetween(low: number, high: number): boolean {
    const { v0 } = this;
    // No angle is below 0.
    if (v0 === null || high <= 0) return false;
    return this.#velocity.surelyBetween(low < 0 ? Number.NEGATIVE_INFINITY : v0 * slopeOf(low), v0 * slopeOf(high));
  }

  /** V0 in use, unit/d; null while it is being measured. */
  get v0(): number | null {
    return this.#baseline.v0(this.options.v0, this.options.floor);
  }

  memory(): unknown {
    return this.#baseline.memory();
  }

  recall(memory: unknown): void {
    this.#baseline.recall(memory);
  }

  keep(k: Keeper): void {
    this.#velocity.keep(k);
    this.#baseline.keep(k);
  }
}

const degrees = (radians: number): number => (radians * 180) / Math.PI;
/** v / V0 at an angle; the angle never quite reaches 90°. */
const slopeOf = (angle: number): number => (angle >= 90 ? Number.POSITIVE_INFINITY : Math.tan((angle * Math.PI) / 180));

export const tangentKind = detectorKind({
  name: 'tangent',
  about: {
    zh: '改进切线角：arctan(当前速率 / 等速阶段速率 V0)',
    en: 'improved tangent angle: arctan(rate now / rate of the uniform stage, V0)',
    source: 'Xu Qiang et al. 2009',
  },
  supportOnly: true,
  fields: {
    window: WindowText,
    uniform: WindowText,
    floor: QuantityText,
    tolerance: QuantityText.prefault('2 °'),
    unit: z.literal('°'),
  },
  make: ({ window, uniform, floor }, { v0 }, shared) => new TangentDetector({ window, uniform, floor: floor.value, v0 }, shared),
  horizon: (spec) => BlockSeries.horizon(spec.window),
  faults: ({ floor, tolerance, thresholds }) => [
    ...(floor.unit === 'mm/d' && floor.value > 0 ? [] : [{ field: 'floor', message: 'expected a rate above 0 in mm/d' }]),
    ...(tolerance.unit === '°' && tolerance.value >= 0 ? [] : [{ field: 'tolerance', message: 'expected an angle of 0 ° or more' }]),
    ...(Object.values(thresholds).every(({ value }) => value >= uniformCreep + tolerance.value)
      ? []
      : [{ field: 'thresholds', message: `45 ° ± ${tolerance.value} ° is uniform creep: expected larger angles, or a smaller tolerance` }]),
  ],
});
