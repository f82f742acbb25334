import { z } from 'zod';
import { DAY, HOUR } from '#libs/contracts';
import { tidy, type Detector } from '../detector.js';
import { detectorKind } from '../kind.js';
import { RainCurve, reachBack, sourceField, sourceFor, type RainSource } from './rain-curve.js';
import type { Keeper } from '../../keep/keeper.js';

/** When the day begins, ms after 00:00 UTC. Beijing time has been UTC+8 without summer time since 1991, so 08:00 there is midnight here. */
const beginnings = { '08:00': 0, '20:00': 12 * HOUR } as const;

/**
 * Rain since the day began (日雨量), mm: hydrology counts from 08:00 Beijing time, weather reports from 20:00. What is reported at 08:00 sharp fell before it
 * and closes the old day. Rain between two samples is spread evenly, so the first sample after 08:00 counts only its part.
 *
 * At the beginning of a day the value falls to nothing whatever the ground holds: for warning take sliding windows (`rain`), and this
 * where a rule or a report is written in hydrological days. Partial until the day has been seen from its beginning. Late samples of
 * the running day are added; those of a day that is over change nothing.
 */
export class HydrologicalDayDetector implements Detector {
  readonly #curve: RainCurve;
  #first = Number.POSITIVE_INFINITY;
  /** Beginning of the running day. */
  #start = Number.NEGATIVE_INFINITY;
  #rain = 0;
  value: number | null = null;

  constructor(
    source: RainSource,
    private readonly begins: keyof typeof beginnings,
  ) {
    this.#curve = new RainCurve(DAY, source, (from, to, mm) => this.#take(from, to, mm));
  }

  get partial(): boolean {
    return this.#first > this.#start;
  }

  get why() {
    if (this.value === null) return 'no-data' as const;
    return this.partial ? ('warming-up' as const) : undefined;
  }

  feed(time: number, value: number): void {
    if (!this.#curve.add(time, value)) return;
    this.#first = Math.min(this.#first, time);
    this.#dayOf(this.#curve.newest);
    this.value = tidy(this.#rain);
  }

  #dayOf(time: number): void {
    const offset = beginnings[this.begins];
    const start = (Math.ceil((time - offset) / DAY) - 1) * DAY + offset;
    if (start <= this.#start) return;
    this.#start = start;
    this.#rain = 0;
  }

  #take(from: number, to: number, mm: number): void {
    this.#dayOf(to);
    if (to > this.#start) this.#rain += (mm * (to - Math.max(from, this.#start))) / (to - from);
  }

  keep(k: Keeper): void {
    this.#curve.keep(k);
    this.#first = k.number(this.#first);
    this.#start = k.number(this.#start);
    this.#rain = k.number(this.#rain);
    this.value = k.maybe(this.value);
  }
}

export const hydrologicalDayKind = detectorKind({
  name: 'hydrological-day',
  about: { zh: '日雨量（北京时间 8 时或 20 时起）', en: 'rain since 08:00 (or 20:00) Beijing time', source: 'domain.md §2.6' },
  fields: { ...sourceField, begins: z.enum(['08:00', '20:00']).default('08:00'), unit: z.literal('mm') },
  make: (spec, { series }) => new HydrologicalDayDetector(sourceFor(spec.source, series), spec.begins),
  horizon: () => DAY + reachBack,
});
