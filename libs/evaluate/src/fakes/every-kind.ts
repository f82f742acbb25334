import fc from 'fast-check';
import { MINUTE } from '#libs/contracts';

/** One indicator of each kind as a rulebook writes it, with windows short enough for a record of a day or two. */
export const texts: Record<string, Record<string, unknown>> = {
  level: { unit: 'm' },
  change: { unit: 'mm', window: '3 h' },
  sum: { unit: 'mm', window: '3 h' },
  rain: { unit: 'mm', window: '3 h', source: 'increments' },
  'hydrological-day': { unit: 'mm', source: 'accumulator' },
  'rain-intensity-duration': { unit: '1', source: 'increments', curve: { alpha: 10, beta: 0.5, from: 1, to: 100 } },
  'rain-antecedent': { unit: '1', source: 'increments', recent: '6 h', before: '12 h', intercept: '80 mm', slope: 0.5 },
  'effective-rain': { unit: 'mm', source: 'accumulator', k: 0.5 },
  'soil-water-index': { unit: 'mm', source: 'increments' },
  'sta-lta': { unit: '1', sta: '3 h', lta: '15 h', hold: '40 min', dead: '6 h' },
  'above-bed': { unit: 'm', bed: '8 h' },
  rate: { unit: 'kPa/h', window: '8 h', direction: 'either' },
  tilt: { unit: '°/h', window: '8 h' },
  'deep-displacement': { unit: 'mm/d', window: '8 h' },
  disagreement: { unit: '1', window: '3 h', floor: '1 mm' },
  'joint-jump': { unit: 'mm', window: '8 h', settle: '6 h', least: '3 mm' },
  'radar-velocity': { unit: 'mm/h', scans: 3 },
};

export interface Arrival {
  time: number;
  value: number;
  source: string;
}
/** Samples in the order they arrive: every fifth or so comes up to two hours late, none twice. */
export const arrivals = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat(400), fc.nat(3), fc.nat(9)), { minLength: 20, maxLength: 120 })
  .map((steps) => {
    let time = 0;
    const seen = new Set<string>();
    return steps.flatMap(([minutes, tenths, which, late]): Arrival[] => {
      time += minutes * MINUTE;
      const sample = { time: late < 2 ? time - (late + 1) * 30 * MINUTE - 1 : time, value: tenths / 10, source: `E1 L1_SW_${which}.X` };
      const name = `${sample.source} ${sample.time}`;
      if (seen.has(name)) return [];
      seen.add(name);
      return [sample];
    });
  });
