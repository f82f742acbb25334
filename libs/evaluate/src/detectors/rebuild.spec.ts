import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '#libs/contracts';
import type { Detector } from './detector.js';
import { horizonOf, IndicatorText, makeDetector, parameterFaults } from './index.js';

/** One indicator of each kind as a rulebook writes it, with windows short enough for a record of a day or two. */
const texts: Record<string, Record<string, unknown>> = {
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
  'radar-velocity': { unit: 'mm/h', scans: 3 },
};
const parse = (kind: string, more: Record<string, unknown> = {}) =>
  IndicatorText.parse({ detector: kind, title: { zh: '某', en: 'some' }, channel: 'L1_LF_*', thresholds: {}, ...texts[kind], ...more });

interface Arrival {
  time: number;
  value: number;
  source: string;
}
/** Samples in the order they arrive: every fifth or so comes up to two hours late, none twice. */
const arrivals = fc
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

const shown = (detector: Detector) => ({
  value: detector.value === null ? null : Math.round(detector.value * 1e6) / 1e6,
  partial: detector.partial,
  why: detector.why,
});

describe('a detector rebuilt from the samples of its horizon and what it remembers', () => {
  it.each(Object.keys(texts))('%s goes on as if it had never stopped, wherever it is stopped and whatever comes late', (kind) => {
    const spec = parse(kind);
    expect(parameterFaults(spec)).toEqual([]);
    const place = { interval: HOUR, series: 'L1_LF_1' };
    fc.assert(
      fc.property(arrivals, fc.nat(), (samples, where) => {
        const cut = where % samples.length;
        const whole = makeDetector(spec, place);
        for (const { time, value, source } of samples.slice(0, cut)) whole.feed(time, value, source);
        const newest = Math.max(...samples.slice(0, cut).map(({ time }) => time));
        const again = makeDetector(spec, place);
        for (const { time, value, source } of samples.slice(0, cut)) if (time >= newest - horizonOf(spec)) again.feed(time, value, source);
        const memory: unknown = JSON.parse(JSON.stringify(whole.memory?.() ?? null));
        if (memory !== null) again.recall?.(memory);
        expect(shown(again)).toEqual(shown(whole));
        for (const { time, value, source } of samples.slice(cut)) {
          whole.feed(time, value, source);
          again.feed(time, value, source);
          expect(shown(again)).toEqual(shown(whole));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('parameters that make no sense are named', () => {
  it.each([
    ['rain-intensity-duration', { 'less-than': '0 mm' }, 'less-than'],
    ['rain-intensity-duration', { 'less-than': '1 m' }, 'less-than'],
    ['rain-antecedent', { intercept: '3 m' }, 'intercept'],
    ['rain-antecedent', { least: '0 mm' }, 'least'],
    ['sta-lta', { sta: '1 h', lta: '2 h' }, 'lta'],
    ['disagreement', { floor: '0 mm' }, 'floor'],
  ] as const)('%s %o', (kind, more, field) => {
    expect(parameterFaults(parse(kind, more)).map((fault) => fault.field)).toEqual([field]);
  });
  it.each([
    ['rain-intensity-duration', { curve: 'somewhere-1999' }],
    ['rain-intensity-duration', { curve: { alpha: 10, beta: 0.5, from: 100, to: 1 } }],
    ['rain-antecedent', { recent: '90 min' }],
    ['effective-rain', { k: 1 }],
    ['sta-lta', { trigger: 1 }],
    ['radar-velocity', { scans: 1 }],
    ['tilt', { unit: 'mm/d' }],
    ['hydrological-day', { begins: '00:00' }],
  ] as const)('%s %o is refused', (kind, more) => {
    expect(() => parse(kind, more)).toThrow();
  });
});
