import { z } from 'zod';
import { QuantityText } from '../../text/quantity.js';
import { SampleWindow } from '../../samples/sample-window.js';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import type { Keeper } from '../../keep/keeper.js';

/** Two say only that they differ; from three on it can be said which one. */
const fewest = 3;
/** From this many on, one among them hardly moves their median, and it is compared with that of all: work then grows with their number, not its square. */
const many = 8;
/** MAD to standard deviation of normal noise. */
const toSigma = 1.4826;

export interface DisagreementOptions {
  /** ms; a series whose newest sample is older than this before the newest of all is left out. */
  window: number;
  /** `change` over the window, or the newest `value` itself. */
  compare: 'change' | 'value';
  /** `logarithm` for amplitudes, which differ by factors. */
  scale: 'linear' | 'logarithm';
  /** What instruments may differ by without being suspected, in the channel's unit (of the logarithm: ln). */
  floor: number;
}

/**
 * Disagreement between neighbours of one kind: for each series |x − median of the others| / max(1.4826·MAD of the others, floor), and the
 * greatest of them (from eight series on the median is that of all). Unit 1, as a robust z: 5 and more is an instrument that does not belong to the others. For rain gauges of one gully, crack
 * meters of one crack, the axes of one geophone (`scale: logarithm`; a dead axis among live ones, Illgraben 2019-07-02).
 *
 * It says "one of them is different", not "it is wrong": a slide may have begun under one crack meter only. So it belongs in a
 * rule as a reason to look, or with `not` beside a level, hardly ever as a level's only ground. `detail.instrument` is its place among the
 * series by name. Unknown with fewer than three series heard of within the window (`too-few-siblings`). floor too small: noise is disagreement;
 * too large: a dead instrument agrees. Late samples are put where they belong. Fails by: two of three that fail alike.
 */
export class DisagreementDetector implements Detector {
  /** In the order of their names. */
  #series = new Map<string, SampleWindow>();
  /** Series that are not to be trusted now. */
  readonly #out = new Set<string>();
  #newest = Number.NEGATIVE_INFINITY;
  value: number | null = null;
  readonly partial = false;
  detail: { instrument: number; of: number; own: number; others: number } | undefined;

  constructor(private readonly options: DisagreementOptions) {}

  get why() {
    if (this.value !== null) return undefined;
    return this.#series.size === 0 ? ('no-data' as const) : ('too-few-siblings' as const);
  }

  feed(time: number, value: number, source = ''): void {
    const own = this.#series.get(source) ?? this.#join(source);
    own.add(time, this.options.scale === 'logarithm' ? Math.log(Math.max(Math.abs(value), Number.MIN_VALUE)) : value);
    this.#newest = Math.max(this.#newest, time);
    this.#look();
  }

  leaveOut(source: string, out: boolean): void {
    if (out === this.#out.has(source)) return;
    if (out) this.#out.add(source);
    else this.#out.delete(source);
    this.#look();
  }

  #join(source: string): SampleWindow {
    const series = new SampleWindow(this.options.window);
    this.#series = new Map([...this.#series, [source, series] as const].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    return series;
  }

  #look(): void {
    const known = [...this.#series].flatMap(([source, series], instrument) => {
      const x = this.#out.has(source) ? null : this.#measure(series);
      return x === null ? [] : [{ instrument, x }];
    });
    this.value = null;
    this.detail = undefined;
    if (known.length < fewest) return;
    const all = known.length < many ? undefined : middleAndSpread(known.map((one) => one.x));
    for (const { instrument, x } of known) {
      const others = all ?? middleAndSpread(known.flatMap((one) => (one.instrument === instrument ? [] : [one.x])));
      const score = tidy(Math.abs(x - others.middle) / Math.max(others.spread, this.options.floor));
      if (score < (this.value ?? 0)) continue;
      this.value = score;
      this.detail = { instrument, of: this.#series.size, own: tidy(x), others: tidy(others.middle) };
    }
  }

  #measure(series: SampleWindow): number | null {
    if (this.#newest - series.newest > this.options.window) return null;
    const now = series.value(series.length - 1);
    if (this.options.compare === 'value') return now;
    return series.length < 2 ? null : now - series.value(0);
  }

  keep(k: Keeper): void {
    k.map(
      this.#series,
      (source) => this.#join(source),
      (series) => series.keep(k),
    );
    this.#newest = k.number(this.#newest);
    if (k.reading) this.#look();
  }
}

function middleAndSpread(values: readonly number[]): { middle: number; spread: number } {
  const middle = median(values);
  return { middle, spread: toSigma * median(values.map((value) => Math.abs(value - middle))) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

export const disagreementKind = detectorKind({
  name: 'disagreement',
  about: {
    zh: '同类仪器之间的不一致：与其余各台中位数之差（稳健 z 值）的最大者',
    en: 'one instrument against the median of its neighbours: the greatest robust z',
    source: 'algorithms.md B9',
  },
  across: true,
  fields: {
    window: WindowText,
    compare: z.enum(['change', 'value']).default('change'),
    scale: z.enum(['linear', 'logarithm']).default('linear'),
    floor: QuantityText,
    unit: z.literal('1'),
  },
  make: ({ window, compare, scale, floor }) => new DisagreementDetector({ window, compare, scale, floor: floor.value }),
  // A series may lag the others by one window, and its own reaches back one more.
  horizon: (spec) => 2 * spec.window,
  faults: ({ floor }) => (floor.value > 0 ? [] : [{ field: 'floor', message: 'expected more than 0: no instrument is free of noise' }]),
});
