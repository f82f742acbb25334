import { z } from 'zod';
import { DAY } from '#libs/contracts';
import { SampleWindow } from '../../sample-window.js';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';

/**
 * Rain accumulated over a sliding window: C(t) − C(t − window), C being the accumulated rain, linear between samples, so
 * rain that fell during a gap longer than the window is spread over the gap instead of counted as one burst.
 *
 * `increments`: the channel gives mm since the last sample. `accumulator`: it gives a running total (`totalValue`); a total smaller
 * than the one before is a reset (power cut, 08:00, overflow) and what it shows fell since the reset (domain.md §7c 7).
 * Unit mm. Until one whole window has been seen the value is a lower bound (`partial`). A late sample of an accumulator refines the
 * curve; a late increment is added where it belongs.
 */
export class RainDetector implements Detector {
  /** Times and what the instrument said. One sample before the window lets the curve be cut at the window's start. */
  readonly #window: SampleWindow;
  #first = Number.POSITIVE_INFINITY;
  value: number | null = null;
  partial = true;

  constructor(
    private readonly span: number,
    private readonly source: 'increments' | 'accumulator',
  ) {
    this.#window = new SampleWindow(span, 1);
  }

  get why() {
    if (this.value !== null) return this.partial ? ('warming-up' as const) : undefined;
    return 'no-data' as const;
  }

  feed(time: number, value: number): void {
    if (this.#window.add(time, value) === 'outside') return;
    this.#first = Math.min(this.#first, time);
    const start = this.#window.newest - this.span;
    let rain = 0;
    for (let i = 1; i < this.#window.length; i += 1) {
      const from = this.#window.time(i - 1);
      const to = this.#window.time(i);
      if (to <= start) continue;
      const share = from >= start ? 1 : (to - start) / (to - from);
      rain += this.#fallen(i) * share;
    }
    this.partial = this.#first > start;
    this.value = tidy(rain);
  }

  /** Rain between sample i − 1 and sample i. */
  #fallen(i: number): number {
    const now = this.#window.value(i);
    if (this.source === 'increments') return now;
    const rise = now - this.#window.value(i - 1);
    return rise >= 0 ? rise : now;
  }
}

/** A total is named so in every profile; each channel is judged for itself, so a gauge that sends both is not counted twice. */
const sourceOf = (series: string) => (series.endsWith('.totalValue') ? 'accumulator' : 'increments');

/** The sample before the window is looked for this far back: three upload intervals of a day. */
const reachBack = 3 * DAY;

export const rainKind = detectorKind({
  name: 'rain',
  fields: { window: WindowText, source: z.enum(['increments', 'accumulator', 'either']) },
  make: (spec, { series }) => new RainDetector(spec.window, spec.source === 'either' ? sourceOf(series) : spec.source),
  horizon: (spec) => spec.window + reachBack,
});
