import { toIso, why, type IndicatorSeries, type IndicatorValue, type WarningLevel } from '#libs/contracts';
import { horizonOf, makeDetector } from '../detectors/index.js';
import type { Detector, WhyUnknown } from '../detectors/detector.js';
import { isSilent, SilenceDetector, silentFrom } from '../detectors/basic/silence.js';
import { everyDevice, factKey } from './fact-key.js';
import { boundAt, reaches, type Fact } from '../conditions/finding.js';
import type { FilterPool } from '../filters/pool.js';
import type { Entry } from '../filters/stage.js';
import { IndicatorTrace } from '../samples/indicator-trace.js';
import type { IndicatorSpec } from '../rulebook/rulebook.js';
import type { Keeper } from '../keep/keeper.js';

export interface IndicatorPlace {
  deviceId: string;
  /** `L1_LF_1` or `displacement(L1_GP_1)`. */
  series: string;
  /** Upload interval, ms. */
  interval: number;
  thresholds: Partial<Record<WarningLevel, number>>;
  /** Every ratio thresholds are used with: 1 to raise, the fallback shares to hold. */
  ratios: readonly number[];
  v0: number | undefined;
  /** One standard deviation of the instrument (device.yaml), channel unit, where the catalogue gives one. */
  accuracy?: number | undefined;
  /** Filters shared by the indicators of the point; without it this one has its own. */
  filters?: FilterPool;
  /** `false`: nobody will look at the curve (a backtest); what it costs is saved. */
  curve?: boolean;
}

/** A number from 0 to 1 that is another for nearly every key, and always the same for one (FNV-1a). */
function phaseOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}

const unknownBand = -1;
/** Keeps the bands of a lower bound apart from those of a full value: filling the window is a crossing too. */
const partialBands = 1000;
/**
 * Parts of its window after which a value nobody asked for is worked out for the curve. More: a velocity costs its slope at nearly every
 * sample; fewer: the curve shows steps (a rate over a window says little new within a quarter of it; crossings are always drawn).
 */
const traceParts = 4;

/**
 * One indicator of one series of one device. Says when something has happened that conditions could see: a threshold or
 * fallback bound crossed, a value become known or unknown. Everything else is not worth waking the rule engine for.
 */
export class Indicator {
  readonly #detector: Detector;
  readonly #bounds: readonly number[];
  readonly #trace: IndicatorTrace;
  readonly #traceStep: number;
  #tracedAt = Number.NEGATIVE_INFINITY;
  #band = unknownBand;
  /** Nearest bounds below and above the value: between them no condition answers differently. */
  #floor = Number.NEGATIVE_INFINITY;
  #ceiling = Number.POSITIVE_INFINITY;
  /** Newest sample, −∞ without one. Always a number: one that may be null costs an allocation a sample. */
  #heardAt = Number.NEGATIVE_INFINITY;
  /** By the point's clock at the last tick or sample. */
  silent = false;

  /** @param key its name at the point (`factKey`) */
  constructor(
    readonly spec: IndicatorSpec,
    readonly place: IndicatorPlace,
    readonly key = factKey(spec.id, place.deviceId, place.series),
  ) {
    this.#trace = new IndicatorTrace(phaseOf(this.key));
    this.#detector = makeDetector(spec.spec, place);
    this.#traceStep = this.#detector.surelyBetween ? horizonOf(spec.spec) / traceParts : 0;
    const values = Object.values(place.thresholds);
    this.#bounds = values.flatMap((threshold) => place.ratios.map((ratio) => boundAt(threshold, spec.worse, ratio)));
  }

  /**
   * @param source which series the sample is of, for an indicator that looks across several
   * @returns true when a condition may now answer differently
   */
  feed(time: number, value: number, source?: string): boolean {
    this.#detector.feed(time, value, source);
    return this.heard(time);
  }

  /** Where samples of a series go in that is cleaned for several indicators at once; undefined: `feed` it. */
  entry(source?: string): Entry | undefined {
    return this.#detector.entry?.(source);
  }

  /** A sample of an event time has come in by its `entry`. @returns as `feed` */
  heard(time: number): boolean {
    if (time > this.#heardAt) this.#heardAt = time;
    const spoke = this.silent;
    this.silent = false;
    const changed = this.#crossed();
    if (this.place.curve !== false && (changed || this.#heardAt - this.#tracedAt >= this.#traceStep)) this.#draw(this.#heardAt);
    // A sensor that speaks again ends the grey, even where its value (silence itself) crossed no bound.
    return changed || spoke;
  }

  /** @returns true when a condition may now answer differently */
  tick(now: number, silentAfter: number, allowance: number): boolean {
    this.silent = this.staleAt(now, silentAfter, allowance);
    if (this.#detector instanceof SilenceDetector) this.#detector.tick(now);
    return this.#crossed();
  }

  /** Event time of the newest sample; null without one. */
  get lastAt(): number | null {
    return this.#heardAt === Number.NEGATIVE_INFINITY ? null : this.#heardAt;
  }

  staleAt(now: number, silentAfter: number, allowance: number): boolean {
    return this.lastAt !== null && isSilent(now, this.lastAt, this.place.interval, silentAfter, allowance);
  }

  /** Earliest event time at which the clock alone may change what conditions see; +∞ when only a sample can. */
  wakesAt(silentAfter: number, allowance: number): number {
    const own = this.#detector.wakesAt?.(this.#bounds) ?? Number.POSITIVE_INFINITY;
    if (this.silent || this.lastAt === null) return own;
    return Math.min(own, silentFrom(this.lastAt, this.place.interval, silentAfter, allowance));
  }

  get value(): number | null {
    return this.silent && this.spec.spec.detector !== 'silence' ? null : this.#detector.value;
  }

  get why(): WhyUnknown | undefined {
    return this.silent ? 'silent' : this.#detector.why;
  }

  /** Series an indicator across the point is made without, and why. */
  get leftOut() {
    return this.silent ? undefined : this.#detector.leftOut;
  }

  fact(): Fact {
    return { key: this.key, indicator: this.spec.id, deviceId: this.place.deviceId, value: this.value, partial: this.#detector.partial };
  }

  /** Strongest own threshold that is reached. */
  reached(): number | undefined {
    const { value } = this;
    if (value === null) return undefined;
    const met = Object.values(this.place.thresholds).filter((threshold) => reaches(value, threshold, this.spec.worse));
    return met.length === 0 ? undefined : this.spec.worse === 'more' ? Math.max(...met) : Math.min(...met);
  }

  view(): IndicatorValue {
    return {
      id: this.spec.id,
      title: this.spec.title,
      // One across the point belongs to no device.
      ...(this.place.deviceId === everyDevice ? {} : { deviceId: this.place.deviceId }),
      channel: this.place.series,
      detector: this.spec.spec.detector,
      value: this.value,
      unit: this.spec.unit,
      detail: this.#detector.detail,
      at: this.lastAt === null ? null : toIso(this.lastAt),
      thresholds: this.place.thresholds,
      worse: this.spec.worse,
      why: this.why && why(this.why),
    };
  }

  /** The curve that led to the value, for people. */
  series(since = Number.NEGATIVE_INFINITY): IndicatorSeries {
    if (this.lastAt !== null) this.#draw(this.lastAt);
    return { ...this.view(), samples: this.#trace.since(since), thinned: this.#trace.thinned };
  }

  memory(): { lastAt: number | null; detector: unknown } {
    return { lastAt: this.lastAt, detector: this.#detector.memory?.() ?? null };
  }

  recall(memory: { lastAt: number | null; detector?: unknown }): void {
    if (memory.lastAt !== null) this.#heardAt = Math.max(this.#heardAt, memory.lastAt);
    if (memory.detector !== null && memory.detector !== undefined) this.#detector.recall?.(memory.detector);
    this.#crossed();
  }

  #draw(at: number): void {
    const now = this.#detector.value;
    if (now !== null) this.#trace.add(at, now);
    this.#tracedAt = at;
  }

  #crossed(): boolean {
    const wasFull = this.#band >= 0 && this.#band < partialBands;
    if (wasFull && !this.silent && this.#detector.surelyBetween?.(this.#floor, this.#ceiling)) return false;
    const { value } = this;
    let band = unknownBand;
    this.#floor = Number.NEGATIVE_INFINITY;
    this.#ceiling = Number.POSITIVE_INFINITY;
    if (value !== null) {
      band = this.#detector.partial ? partialBands : 0;
      for (const bound of this.#bounds) {
        if (reaches(value, bound, this.spec.worse)) band += 1;
        if (bound <= value) this.#floor = Math.max(this.#floor, bound);
        if (bound >= value) this.#ceiling = Math.min(this.#ceiling, bound);
      }
    }
    const changed = band !== this.#band;
    this.#band = band;
    return changed;
  }

  /** Whether it is silent hangs on the clock, and is found at the next tick. */
  keep(k: Keeper): void {
    this.#detector.keep(k);
    this.#trace.keep(k);
    this.#tracedAt = k.number(this.#tracedAt);
    this.#heardAt = k.number(this.#heardAt);
    // Where the value stood among its bounds, not the value: a slope for each of a thousand points' indicators would be most of a start.
    this.#band = k.number(this.#band);
    this.#floor = k.number(this.#floor);
    this.#ceiling = k.number(this.#ceiling);
  }
}
