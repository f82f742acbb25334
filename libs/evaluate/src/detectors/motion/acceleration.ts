import { z } from 'zod';
import { DAY } from '#libs/contracts';
import type { Rebase } from '../../filters/filter.js';
import type { Shared } from '../../filters/stage.js';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { BlockSeries } from './block-series.js';
import { slopeInterval, theilSen } from './theil-sen.js';
import type { Keeper } from '../../keep/keeper.js';

/** Blocks each half needs. Fewer: one outlier makes a slope, and its interval has no ranks. */
const fewestInHalf = 5;

/**
 * Acceleration: difference of the Theil–Sen slopes of the newer and the older half of a window of block medians, over the time
 * between the middles of the halves. One spike or one gap moves it little; a second difference of samples would be noise.
 *
 * Unit: channel unit per d². `detail`: its 95 % interval, from the rank intervals of both slopes by squaring and adding the margins (MOVER, Zou and
 * Donner 2008), and both rates. Warm-up: `fewestInHalf` blocks in each half. Validity: the change of rate is slow against half a window.
 * For white noise σ on hourly samples over a window of D days its own noise is about 5.8·σ/D^2.5: 2.1 mm/d² for GNSS of ±2 mm and two days,
 * 11.5 for one day.
 * Lags by half a window. Fails by: a step inside one half (a re-zero), which shows as a burst and then as a decay.
 */
export class AccelerationDetector implements Detector {
  readonly #series: BlockSeries;
  readonly #isShared: boolean;
  #known: number | null | undefined = null;
  readonly partial = false;

  /** @param shared what other detectors of the series have as well; its blocks are fed there */
  constructor(window: number, shared?: Shared) {
    this.#series = BlockSeries.of(window, shared);
    this.#isShared = shared !== undefined;
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
    if (this.#known === undefined) {
      const halves = this.#halves();
      this.#known = halves && tidy((this.#rate(halves.middle, halves.count) - this.#rate(0, halves.middle)) / halves.apart);
    }
    return this.#known;
  }

  get why() {
    if (this.value !== null) return undefined;
    return this.#series.count === 0 ? ('no-data' as const) : ('warming-up' as const);
  }

  get detail() {
    const halves = this.#halves();
    const before = halves && this.#bounds(0, halves.middle);
    const after = halves && this.#bounds(halves.middle, halves.count);
    if (!halves || !before || !after) return undefined;
    const value = (after.rate - before.rate) / halves.apart;
    return {
      low: tidy(value - Math.hypot(after.rate - after.low, before.high - before.rate) / halves.apart),
      high: tidy(value + Math.hypot(after.high - after.rate, before.rate - before.low) / halves.apart),
      earlier: tidy(before.rate),
      later: tidy(after.rate),
    };
  }

  /** Where the newer half begins and how many days lie between the middles of the halves; null while one is too short. */
  #halves(): { middle: number; count: number; apart: number } | null {
    const { count, times, window, span } = this.#series;
    if (span < window / 2) return null;
    const begin = times[0] as number;
    let middle = 0;
    while (middle < count && (times[middle] as number) - begin < span / 2) middle += 1;
    if (middle < fewestInHalf || count - middle < fewestInHalf) return null;
    return { middle, count, apart: (mean(times, middle, count) - mean(times, 0, middle)) / DAY };
  }

  /** Rate of some blocks, unit/d. */
  #rate(from: number, to: number): number {
    return theilSen(this.#series, from, to) * DAY;
  }

  #bounds(from: number, to: number) {
    const interval = slopeInterval(this.#series, from, to);
    return interval && { rate: this.#rate(from, to), low: interval.low * DAY, high: interval.high * DAY };
  }

  keep(k: Keeper): void {
    k.once(this.#series);
    this.#known = undefined;
  }
}

function mean(numbers: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += (numbers[at] as number) - (numbers[from] as number);
  return (numbers[from] as number) + sum / (to - from);
}

export const accelerationKind = detectorKind({
  name: 'acceleration',
  about: {
    zh: '位移加速度：窗口后半段与前半段稳健速率之差',
    en: 'acceleration: robust rate of the newer half of the window minus that of the older half',
    source: 'Sen 1968; Zou and Donner 2008',
  },
  fields: { window: WindowText, unit: z.literal('mm/d²') },
  make: (spec, _, shared) => new AccelerationDetector(spec.window, shared),
  horizon: (spec) => BlockSeries.horizon(spec.window),
});
