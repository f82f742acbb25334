import { z } from 'zod';
import { QuantityText } from '../../quantity.js';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { Baseline } from './baseline.js';
import { VelocityDetector } from './velocity.js';

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
 * The angle alone should raise nothing (algorithms.md §2.2): a rulebook pairs it with a velocity.
 */
export class TangentDetector implements Detector {
  readonly #velocity: VelocityDetector;
  readonly #baseline: Baseline;
  value: number | null = null;
  readonly partial = false;

  constructor(private readonly options: TangentOptions) {
    this.#velocity = new VelocityDetector(options.window, 'd');
    this.#baseline = new Baseline(options.uniform);
  }

  get why() {
    return this.value === null ? (this.#velocity.why ?? ('warming-up' as const)) : undefined;
  }

  feed(time: number, value: number): void {
    this.#velocity.feed(time, value);
    this.#baseline.feed(time, value);
    this.#update();
  }

  /** V0 in use, unit/d; null while it is being measured. */
  get v0(): number | null {
    if (this.options.v0 !== undefined) return Math.max(this.options.v0, this.options.floor);
    const rate = this.#baseline.rate();
    if (!rate) return null;
    return rate.value >= 3 * rate.error ? Math.max(rate.value, this.options.floor) : this.options.floor;
  }

  #update(): void {
    const velocity = this.#velocity.value;
    const v0 = this.v0;
    this.value = velocity === null || v0 === null ? null : tidy((Math.atan(Math.max(0, velocity) / v0) * 180) / Math.PI);
  }

  memory(): unknown {
    return this.#baseline.memory();
  }

  recall(memory: unknown): void {
    this.#baseline.recall(memory);
    this.#update();
  }
}

export const tangentKind = detectorKind({
  name: 'tangent',
  fields: { window: WindowText, uniform: WindowText, floor: QuantityText, unit: z.literal('°') },
  make: (spec, { v0 }) => new TangentDetector({ window: spec.window, uniform: spec.uniform, floor: spec.floor.value, v0 }),
  horizon: (spec) => spec.window,
  faults: ({ floor }) => (floor.unit === 'mm/d' && floor.value > 0 ? [] : [{ field: 'floor', message: 'expected a rate above 0 in mm/d' }]),
});
