import type { IndicatorSeries, StoredReading } from '#libs/contracts';
import type { PointEvaluator } from '#libs/evaluate';

/** Pieces of time a curve is drawn with; each keeps its smallest and its largest value, so no peak is lost on a screen's width. */
const buckets = 1_200;

/** A curve for people: `[time, smallest, largest]` of each piece of time that has samples, times rising. */
export interface TracedCurve {
  kind: 'reading' | 'indicator';
  deviceId: string;
  channel: string;
  /** Of an indicator. */
  indicator?: string;
  points: [number, number, number][];
}

/** Keeps what a report draws: readings and indicators over the whole history, thinned as it comes. */
export class Trace {
  readonly #curves = new Map<string, { of: Omit<TracedCurve, 'points'>; low: Float64Array; high: Float64Array }>();
  readonly #width: number;
  #shownTo = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly from: number,
    to: number,
  ) {
    this.#width = Math.max(1, (to - from + 1) / buckets);
  }

  /** After a batch was judged. */
  take(batch: readonly StoredReading[], evaluator: PointEvaluator): void {
    for (const { deviceId, channel, time, value } of batch) this.#add({ kind: 'reading', deviceId, channel }, time, value);
    const series: IndicatorSeries[] = evaluator.series(this.#shownTo);
    for (const { id, deviceId = '', channel = '', samples } of series)
      for (const [time, value] of samples) this.#add({ kind: 'indicator', deviceId, channel, indicator: id }, time, value);
    // Late samples may still change the newest value: what was shown last is asked for again.
    this.#shownTo = batch.at(-1)?.time ?? this.#shownTo;
  }

  curves(): TracedCurve[] {
    return [...this.#curves.values()].map(({ of, low, high }) => ({
      ...of,
      points: [...low].flatMap((least, at): [number, number, number][] =>
        Number.isNaN(least) ? [] : [[Math.round(this.from + (at + 0.5) * this.#width), least, high[at] ?? least]],
      ),
    }));
  }

  #add(of: Omit<TracedCurve, 'points'>, time: number, value: number): void {
    const key = `${of.indicator ?? ''}|${of.deviceId}|${of.channel}`;
    let curve = this.#curves.get(key);
    if (!curve) {
      curve = { of, low: new Float64Array(buckets).fill(Number.NaN), high: new Float64Array(buckets).fill(Number.NaN) };
      this.#curves.set(key, curve);
    }
    const at = Math.floor((time - this.from) / this.#width);
    if (at < 0 || at >= buckets) return;
    if (!((curve.low[at] as number) <= value)) curve.low[at] = value;
    if (!((curve.high[at] as number) >= value)) curve.high[at] = value;
  }
}
