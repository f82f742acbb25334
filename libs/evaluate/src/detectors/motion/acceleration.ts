import { z } from 'zod';
import { DAY } from '#libs/contracts';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { BlockSeries } from './block-series.js';
import { slopeInterval, theilSen } from './theil-sen.js';

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
  #known: { value: number; low: number; high: number; earlier: number; later: number } | null | undefined = null;
  readonly partial = false;

  constructor(window: number) {
    this.#series = new BlockSeries(window);
  }

  feed(time: number, value: number): void {
    this.#series.add(time, value);
    this.#known = undefined;
  }

  get value(): number | null {
    return this.#answer()?.value ?? null;
  }

  get why() {
    if (this.#answer()) return undefined;
    return this.#series.count === 0 ? ('no-data' as const) : ('warming-up' as const);
  }

  get detail() {
    const answer = this.#answer();
    return answer ? { low: answer.low, high: answer.high, earlier: answer.earlier, later: answer.later } : undefined;
  }

  #answer() {
    if (this.#known === undefined) this.#known = this.#work();
    return this.#known;
  }

  #work() {
    const { count, times, window } = this.#series;
    if (this.#series.span < window / 2) return null;
    const begin = times[0] as number;
    let middle = 0;
    while (middle < count && (times[middle] as number) - begin < this.#series.span / 2) middle += 1;
    if (middle < fewestInHalf || count - middle < fewestInHalf) return null;
    const apart = (mean(times, middle, count) - mean(times, 0, middle)) / DAY;
    const before = this.#rate(0, middle);
    const after = this.#rate(middle, count);
    const value = (after.value - before.value) / apart;
    return {
      value: tidy(value),
      low: tidy(value - Math.hypot(after.value - after.low, before.high - before.value) / apart),
      high: tidy(value + Math.hypot(after.high - after.value, before.value - before.low) / apart),
      earlier: tidy(before.value),
      later: tidy(after.value),
    };
  }

  /** Rate of some blocks and its bounds, unit/d. */
  #rate(from: number, to: number) {
    const value = theilSen(this.#series, from, to);
    const { low, high } = slopeInterval(this.#series, from, to) ?? { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    return { value: value * DAY, low: low * DAY, high: high * DAY };
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
  make: (spec) => new AccelerationDetector(spec.window),
  horizon: (spec) => BlockSeries.horizon(spec.window),
});
