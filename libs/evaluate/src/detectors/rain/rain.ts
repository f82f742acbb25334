import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { RainCurve, reachBack, sourceField, sourceFor, type RainSource } from './rain-curve.js';
import type { Keeper } from '../../keep/keeper.js';

/**
 * Rain accumulated over a sliding window: C(t) − C(t − window), C being the curve of accumulated rain (rain-curve.ts). Usual windows:
 * 10 min (debris flow), 1, 3, 6, 12, 24 and 72 h (domain.md §2.6); what the gauge uploads less often than the window is spread evenly.
 *
 * Unit mm. Until one whole window has been seen the value is a lower bound (`partial`). A late sample of an accumulator refines the
 * curve; a late increment is added where it belongs. O(1) amortised a sample. Fails by: a gauge clogged or under snow shows too little,
 * and nothing here can tell (compare neighbours: `disagreement`).
 */
export class RainDetector implements Detector {
  readonly #curve: RainCurve;
  #first = Number.POSITIVE_INFINITY;
  value: number | null = null;
  partial = true;

  constructor(
    private readonly span: number,
    source: RainSource,
  ) {
    this.#curve = new RainCurve(span, source);
  }

  get why() {
    if (this.value !== null) return this.partial ? ('warming-up' as const) : undefined;
    return 'no-data' as const;
  }

  feed(time: number, value: number): void {
    if (!this.#curve.add(time, value)) return;
    this.#first = Math.min(this.#first, time);
    const start = this.#curve.newest - this.span;
    this.partial = this.#first > start;
    this.value = tidy(this.#curve.since(start));
  }

  keep(k: Keeper): void {
    this.#curve.keep(k);
    this.#first = k.number(this.#first);
    this.value = k.maybe(this.value);
    this.partial = k.flag(this.partial);
  }
}

export const rainKind = detectorKind({
  name: 'rain',
  about: {
    zh: '滑动时段雨量（10 min、1、3、6、12、24、72 h）',
    en: 'rain over a sliding window (10 min; 1, 3, 6, 12, 24, 72 h)',
    source: 'domain.md §2.6',
  },
  fields: { window: WindowText, ...sourceField },
  make: (spec, { series }) => new RainDetector(spec.window, sourceFor(spec.source, series)),
  horizon: (spec) => spec.window + reachBack,
});
