import { z } from 'zod';

/** Critical mean intensity of a rain event by its duration: I = c + α·D^−β, I in mm/h, D in h, drawn for durations `from`–`to` (h). */
export interface IntensityDurationCurve {
  c: number;
  alpha: number;
  beta: number;
  from: number;
  to: number;
}

/**
 * Published curves. Lower envelopes: about one in twenty slides falls below, and far more events above them bring none. A region's own
 * curve replaces them as soon as there is one.
 */
export const publishedCurves = {
  /** Caine 1980, worldwide, shallow slides and debris flows. */
  'caine-1980': { c: 0, alpha: 14.82, beta: 0.39, from: 0.167, to: 500 },
  /** Guzzetti et al. 2008, worldwide, 2,626 events. */
  'guzzetti-2008': { c: 0, alpha: 2.2, beta: 0.44, from: 0.1, to: 1000 },
  /** Guzzetti et al. 2008, the part for events up to two days. */
  'guzzetti-2008-short': { c: 0, alpha: 2.28, beta: 0.2, from: 0.1, to: 48 },
  /** Guzzetti et al. 2008, the part for longer events. */
  'guzzetti-2008-long': { c: 0, alpha: 0.48, beta: 0.11, from: 48, to: 1000 },
  /** USGS, coastal bluffs of Seattle: 3.257·D^−1.13 inch/h in their parameters, hourly data, up to 60 h; here in mm/h. */
  'usgs-seattle': { c: 0, alpha: 82.73, beta: 1.13, from: 1, to: 60 },
} as const satisfies Record<string, IntensityDurationCurve>;

type PublishedCurve = keyof typeof publishedCurves;
const names = Object.keys(publishedCurves) as [PublishedCurve, ...PublishedCurve[]];

/** As a rulebook writes it: the name of a published curve, or the zone's own. */
export const CurveText = z.union([
  z.enum(names),
  z
    .strictObject({
      c: z.number().nonnegative().default(0),
      alpha: z.number().positive(),
      beta: z.number().positive(),
      from: z.number().positive(),
      to: z.number().positive(),
    })
    .refine(({ from, to }) => from < to, 'expected "from" before "to", hours'),
]);
export const curveOf = (text: z.infer<typeof CurveText>): IntensityDurationCurve =>
  typeof text === 'string' ? publishedCurves[text] : text;

/** mm/h. Outside the durations the curve was drawn for it is held at its end, never extrapolated. */
export function criticalIntensity({ c, alpha, beta, from, to }: IntensityDurationCurve, hours: number): number {
  return c + alpha * Math.min(Math.max(hours, from), to) ** -beta;
}
