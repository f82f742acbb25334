import { z } from 'zod';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { SeriesRate, type Newest } from './series-rate.js';
import type { Keeper } from '../../keep/keeper.js';

/**
 * Tilting as a vector: √(rate X² + rate Y²) of each tiltmeter, and the fastest of them; X and Y are the axes to the horizontal (`L1_QJ_*.X`, `L1_QJ_*.Y`).
 * A pole that leans between its axes is seen as fast as it leans, which one axis by itself shows at 71 % only. Rates are those of `rate`.
 *
 * Unit °/h or °/d (0.01 °/h precaution, 0.1 °/h warning; Uchimura 2015). Partial while another axis of the fastest is heard of but not yet known: the
 * vector can only be longer. An axis that lags the newest by more than the window is left out. One indicator for all tiltmeters of the point: where two instruments must agree take `rate` on each axis instead.
 * Fails by: temperature, as `rate` does; the value has no sign, so it can't say where to.
 */
export class TiltDetector implements Detector {
  /** In the order of their names. */
  #poles = new Map<string, Map<string, SeriesRate>>();
  /** Axes that are not to be trusted now. */
  readonly #out = new Set<string>();
  readonly #newest: Newest = { time: Number.NEGATIVE_INFINITY };
  #fastest: { pole: number; rate: number; whole: boolean } | undefined;
  #fed = false;

  constructor(
    private readonly window: number,
    private readonly per: 'd' | 'h',
  ) {}

  get value(): number | null {
    return this.#fastest ? tidy(this.#fastest.rate) : null;
  }

  get partial(): boolean {
    return this.#fastest?.whole === false;
  }

  get why() {
    if (this.#fastest) return this.partial ? ('warming-up' as const) : undefined;
    return this.#fed ? ('warming-up' as const) : ('no-data' as const);
  }

  /** Which tiltmeter it is, in the order of their names. */
  get detail() {
    return this.#fastest ? { instrument: this.#fastest.pole, of: this.#poles.size } : undefined;
  }

  feed(time: number, value: number, source = ''): void {
    this.#fed = true;
    const dot = source.lastIndexOf('.');
    const [pole, axis] = dot < 0 ? [source, ''] : [source.slice(0, dot), source.slice(dot)];
    const axes = this.#poles.get(pole) ?? this.#stand(pole);
    (axes.get(axis) ?? this.#measure(axes, axis)).feed(time, value);
    this.#look();
  }

  #measure(axes: Map<string, SeriesRate>, axis: string): SeriesRate {
    const rate = new SeriesRate(this.window, this.per, this.#newest);
    axes.set(axis, rate);
    return rate;
  }

  leaveOut(source: string, out: boolean): void {
    if (out === this.#out.has(source)) return;
    if (out) this.#out.add(source);
    else this.#out.delete(source);
    this.#look();
  }

  #stand(pole: string): Map<string, SeriesRate> {
    const axes = new Map<string, SeriesRate>();
    this.#poles = new Map([...this.#poles, [pole, axes] as const].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    return axes;
  }

  #look(): void {
    this.#fastest = undefined;
    let pole = -1;
    for (const [name, all] of this.#poles) {
      pole += 1;
      const axes = [...all].flatMap(([axis, rate]) => (rate.isHeard && !this.#out.has(name + axis) ? [rate] : []));
      const rates = axes.flatMap(({ value }) => (value === null ? [] : [value]));
      const rate = Math.hypot(...rates);
      if (rates.length === 0 || rate < (this.#fastest?.rate ?? 0)) continue;
      this.#fastest = { pole, rate, whole: rates.length === axes.length };
    }
  }

  keep(k: Keeper): void {
    this.#newest.time = k.number(this.#newest.time);
    this.#fed = k.flag(this.#fed);
    k.map(
      this.#poles,
      (pole) => this.#stand(pole),
      (axes) =>
        k.map(
          axes,
          (axis) => this.#measure(axes, axis),
          (rate) => rate.keep(k),
        ),
    );
    if (k.reading) this.#look();
  }
}

export const tiltKind = detectorKind({
  name: 'tilt',
  about: {
    zh: '倾斜速率：X、Y 两轴合成，取各倾角计中最大者',
    en: 'rate of tilting: X and Y as a vector, the fastest tiltmeter of the point',
    source: 'Uchimura 2015; algorithms.md §2.5',
  },
  across: true,
  fields: { window: WindowText, unit: z.enum(['°/h', '°/d']) },
  make: (spec) => new TiltDetector(spec.window, spec.unit === '°/h' ? 'h' : 'd'),
  horizon: (spec) => SeriesRate.horizon(spec.window),
});
