import { z } from 'zod';
import { HOUR } from '#libs/contracts';
import { QuantityText } from '../../text/quantity.js';
import { tidy } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { criticalIntensity, curveOf, CurveText, type IntensityDurationCurve } from './id-curves.js';
import { sourceField, sourceFor, type RainSource } from './rain-curve.js';
import { foldHorizon } from './rain-fold.js';
import { RainFollower } from './rain-follower.js';

/** The running rain event; ages in ms before now. */
export interface RainEvent {
  /** mm since the event began; 0: there is none. */
  rain: number;
  age: number;
  /** Rain since the last time `limit` was full: too little to go on with, or to begin with. */
  drizzle: number;
  drizzleAge: number;
  /** Since the last time `limit` was full. */
  quiet: number;
}

export const noEvent: RainEvent = { rain: 0, age: 0, drizzle: 0, drizzleAge: 0, quiet: 0 };

/** Events are separated by `separation` (ms) in which less than `limit` (mm) falls. */
export const eventStep =
  (separation: number, limit: number) =>
  (event: RainEvent, mm: number, ms: number): RainEvent => {
    if (mm === 0 && event === noEvent) return event;
    const drizzle = tidy(event.drizzle + mm);
    const drizzleAge = drizzle > 0 ? event.drizzleAge + ms : 0;
    const full = drizzle > 0 && drizzle >= limit;
    if (event.rain === 0) {
      if (full) return { rain: drizzle, age: drizzleAge, drizzle: 0, drizzleAge: 0, quiet: 0 };
      return drizzle === 0 || drizzleAge >= separation ? noEvent : { rain: 0, age: 0, drizzle, drizzleAge, quiet: 0 };
    }
    const [rain, age, quiet] = [event.rain + mm, event.age + ms, event.quiet + ms];
    if (full) return { rain, age, drizzle: 0, drizzleAge: 0, quiet: 0 };
    return quiet >= separation ? noEvent : { rain, age, drizzle, drizzleAge, quiet };
  };

export interface IntensityDurationOptions {
  source: RainSource;
  curve: IntensityDurationCurve;
  /** ms */
  separation: number;
  /** mm */
  limit: number;
}

/**
 * Intensity–duration (I–D): mean intensity of the running rain event over the intensity that is critical for its duration,
 * I / (c + α·D^−β) (Caine 1980; Guzzetti 2008; id-curves.ts). Unit 1: 1 is on the curve, thresholds such as 0.5 / 0.75 / 0.9 / 1.
 *
 * An event begins with the rain after a stretch of `separation` in which less than `limit` fell, and ends with the next such stretch; then the
 * value is 0. D is at least the shortest duration of the curve, so the first minutes of a shower are judged as that long; durations are known to
 * ten minutes, or to the upload interval. Short separation: the rain of yesterday is forgotten. Long: drizzle between two storms thins both out.
 * Partial until it is known when the event began: until one separation has passed since the first sample.
 * Late samples up to three days old are put where they fell, and events joined or split by them. Fails by: a curve from elsewhere
 * (regional spread is 2–3 times), and where water from days before decides (take `rain-antecedent` or `soil-water-index` beside it).
 */
export class IntensityDurationDetector extends RainFollower<RainEvent> {
  partial = true;
  detail: { rain: number; hours: number; intensity: number; critical: number } | undefined;

  constructor(private readonly options: IntensityDurationOptions) {
    super(options.source, noEvent, eventStep(options.separation, options.limit));
  }

  protected look({ rain, age }: RainEvent): void {
    const { first, newest } = this.fold;
    const { curve, separation } = this.options;
    const hours = age / HOUR;
    const intensity = rain / Math.max(hours, curve.from);
    const critical = criticalIntensity(curve, hours);
    this.detail = { rain: tidy(rain), hours: tidy(hours), intensity: tidy(intensity), critical: tidy(critical) };
    this.value = tidy(intensity / critical);
    this.partial = newest - age - first < separation;
  }
}

export const intensityDurationKind = detectorKind({
  name: 'rain-intensity-duration',
  about: {
    zh: '场次降雨平均雨强与临界雨强（I–D 曲线）之比',
    en: 'mean intensity of the rain event over the critical one of the I–D curve',
    source: 'Caine 1980; Guzzetti 2008; algorithms.md §2.4, B7',
  },
  fields: {
    ...sourceField,
    curve: CurveText,
    separation: WindowText.prefault('6 h'),
    'less-than': QuantityText.prefault('0.2 mm'),
    unit: z.literal('1'),
  },
  make: (spec, { series }) =>
    new IntensityDurationDetector({
      source: sourceFor(spec.source, series),
      curve: curveOf(spec.curve),
      separation: spec.separation,
      limit: spec['less-than'].value,
    }),
  // The event is kept over a restart; read again is only what late samples may still change.
  horizon: () => foldHorizon,
  faults: (spec) => {
    const limit = spec['less-than'];
    return limit.unit === 'mm' && limit.value > 0 ? [] : [{ field: 'less-than', message: 'expected rain above 0 in mm' }];
  },
});
