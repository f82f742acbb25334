import { z } from 'zod';
import { DAY, HOUR } from '#libs/contracts';
import { QuantityText } from '../../text/quantity.js';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { RainCurve, reachBack, sourceField, sourceFor, type RainSource } from './rain-curve.js';
import type { Keeper } from '../../keep/keeper.js';

export interface AntecedentRainOptions {
  source: RainSource;
  /** Whole hours. */
  recentHours: number;
  beforeHours: number;
  /** mm of recent rain that are critical after no rain. */
  intercept: number;
  /** mm less for every mm that fell before. */
  slope: number;
  /** mm the critical rain never falls below. */
  least: number;
}

/** Late samples are put right this far back; see rain-fold.ts. */
const reach = 3 * DAY;

/**
 * Recent rain against rain before it (前期降雨): P_recent / (intercept − slope·P_before). Unit 1; 1 is on the line. The line of Seattle (USGS, Chleborad
 * 2003): P3 = 3.5 − 0.67·P15 inch, that is `intercept: 88.9 mm`, `slope: 0.67`, three days and the fifteen before them.
 *
 * Rain is kept by whole hours, as the USGS computes it; the running hour counts. Where the line falls below `least` it is held there: with 0 a
 * drizzle after a wet fortnight, or no rain at all, would be on the line; with much more a wet fortnight no longer counts.
 * Partial (a lower bound) until both windows have been seen. Late samples up to three days old are put where they fell.
 * Skill on the slide days of Mukilteo 2010–2011: 6 of 11 with 25 false days (gauge KBFI), 4 of 11 with 19 (KPAE): a sign beside others.
 */
export class AntecedentRainDetector implements Detector {
  readonly #curve: RainCurve;
  readonly #hours: Float64Array;
  #first = Number.POSITIVE_INFINITY;
  #open = Number.NEGATIVE_INFINITY;
  #recent = 0;
  #before = 0;
  value: number | null = null;
  detail: { recent: number; before: number; critical: number } | undefined;

  constructor(private readonly options: AntecedentRainOptions) {
    this.#hours = new Float64Array(options.recentHours + options.beforeHours);
    this.#curve = new RainCurve(reach, options.source, (from, to, mm) => this.#take(from, to, mm));
  }

  get partial(): boolean {
    return this.#curve.newest - this.#first < this.#hours.length * HOUR;
  }

  get why() {
    if (this.value === null) return 'no-data' as const;
    return this.partial ? ('warming-up' as const) : undefined;
  }

  feed(time: number, value: number): void {
    if (!this.#curve.add(time, value)) return;
    this.#first = Math.min(this.#first, time);
    this.#advance(hourBefore(this.#curve.newest));
    this.#say();
  }

  #say(): void {
    const { intercept, slope, least } = this.options;
    const critical = Math.max(intercept - slope * this.#before, least);
    this.detail = { recent: tidy(this.#recent), before: tidy(this.#before), critical: tidy(critical) };
    this.value = tidy(this.#recent / critical);
  }

  #take(from: number, to: number, mm: number): void {
    for (let hour = Math.floor(from / HOUR), end = hourBefore(to); hour <= end; hour += 1) {
      this.#advance(hour);
      const age = this.#open - hour;
      if (age >= this.#hours.length) continue;
      const part = (mm * (Math.min(to, (hour + 1) * HOUR) - Math.max(from, hour * HOUR))) / (to - from);
      const at = this.#place(hour);
      this.#hours[at] = (this.#hours[at] ?? 0) + part;
      if (age < this.options.recentHours) this.#recent += part;
      else this.#before += part;
    }
  }

  #advance(hour: number): void {
    const { length } = this.#hours;
    // After a silence longer than both windows nothing of them is left.
    if (hour - this.#open >= length) {
      this.#hours.fill(0);
      this.#recent = 0;
      this.#before = 0;
      this.#open = hour;
    }
    while (this.#open < hour) {
      this.#open += 1;
      const at = this.#place(this.#open);
      const old = this.#hours[this.#place(this.#open - this.options.recentHours)] ?? 0;
      this.#recent -= old;
      this.#before += old - (this.#hours[at] ?? 0);
      this.#hours[at] = 0;
      // Afresh once a turn: rounding errors of adding and taking away never pile up.
      if (at === 0) this.#sum();
    }
  }

  #sum(): void {
    this.#recent = 0;
    this.#before = 0;
    for (let age = 0; age < this.#hours.length; age += 1) {
      const mm = this.#hours[this.#place(this.#open - age)] ?? 0;
      if (age < this.options.recentHours) this.#recent += mm;
      else this.#before += mm;
    }
  }

  #place(hour: number): number {
    const { length } = this.#hours;
    return ((hour % length) + length) % length;
  }

  keep(k: Keeper): void {
    this.#curve.keep(k);
    k.list(this.#hours);
    this.#first = k.number(this.#first);
    this.#open = k.number(this.#open);
    this.#recent = k.number(this.#recent);
    this.#before = k.number(this.#before);
    if (k.flag(this.value !== null)) this.#say();
  }
}

/** The hour a time ends: rain up to ten o'clock is rain of the hour before ten. */
const hourBefore = (time: number): number => Math.ceil(time / HOUR) - 1;

const WholeHours = WindowText.refine((ms) => ms % HOUR === 0, 'expected whole hours');

export const antecedentRainKind = detectorKind({
  name: 'rain-antecedent',
  about: {
    zh: '近期雨量与前期雨量组合（如 3 天与此前 15 天）之临界比',
    en: 'recent rain over what is critical after the rain before it, e.g. 3 days and the 15 before',
    source: 'USGS Seattle, Chleborad 2003; algorithms.md §1.4, §2.4',
  },
  fields: {
    ...sourceField,
    recent: WholeHours.prefault('3 d'),
    before: WholeHours.prefault('15 d'),
    intercept: QuantityText,
    slope: z.number().nonnegative(),
    least: QuantityText.prefault('5 mm'),
    unit: z.literal('1'),
  },
  make: (spec, { series }) =>
    new AntecedentRainDetector({
      source: sourceFor(spec.source, series),
      recentHours: spec.recent / HOUR,
      beforeHours: spec.before / HOUR,
      intercept: spec.intercept.value,
      slope: spec.slope,
      least: spec.least.value,
    }),
  horizon: (spec) => spec.recent + spec.before + reachBack,
  faults: (spec) =>
    (['intercept', 'least'] as const).flatMap((field) =>
      spec[field].unit === 'mm' && spec[field].value > 0 ? [] : [{ field, message: 'expected rain above 0 in mm' }],
    ),
});
