import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR } from '#libs/contracts';
import { arrivals, texts } from '../fakes/every-kind.js';
import type { Detector } from './detector.js';
import { horizonOf, IndicatorText, makeDetector, parameterFaults } from './index.js';

const parse = (kind: string, more: Record<string, unknown> = {}) =>
  IndicatorText.parse({ detector: kind, title: { zh: '某', en: 'some' }, channel: 'L1_LF_*', thresholds: {}, ...texts[kind], ...more });

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
