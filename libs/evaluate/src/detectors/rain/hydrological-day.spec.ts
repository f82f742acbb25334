import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromIso, HOUR, MINUTE } from '#libs/contracts';
import { HydrologicalDayDetector } from './hydrological-day.js';

const at = (text: string) => fromIso(`${text}+08:00`);
const fed = (samples: readonly (readonly [string, number])[], begins: '08:00' | '20:00' = '08:00') => {
  const detector = new HydrologicalDayDetector('increments', begins);
  for (const [time, mm] of samples) detector.feed(at(time), mm);
  return detector;
};

describe('rain of the hydrological day', () => {
  it('begins at 08:00 Beijing time; what is reported at 08:00 belongs to the day before', () => {
    const detector = fed([
      ['2026-07-01T07:00', 0],
      ['2026-07-02T07:00', 40],
      ['2026-07-02T08:00', 5],
    ]);
    // Of the 40 mm of 24 h, 23 h lie in the day.
    expect(detector.value).toBeCloseTo(5 + (40 * 23) / 24, 6);
    expect(detector.partial).toBe(false);
    detector.feed(at('2026-07-02T08:10'), 1);
    expect(detector.value).toBe(1);
  });
  it('can begin at 20:00 instead', () => {
    const detector = fed(
      [
        ['2026-07-01T19:00', 0],
        ['2026-07-01T20:00', 9],
        ['2026-07-01T21:00', 3],
        ['2026-07-02T08:30', 4],
      ],
      '20:00',
    );
    expect(detector.value).toBe(7);
  });
  it('divides the rain between two samples at 08:00', () => {
    expect(
      fed([
        ['2026-07-02T07:30', 0],
        ['2026-07-02T08:30', 6],
      ]).value,
    ).toBe(3);
  });
  it('is a lower bound on the first day it sees', () => {
    const detector = fed([['2026-07-02T09:00', 3]]);
    expect([detector.value, detector.partial, detector.why]).toEqual([0, true, 'warming-up']);
  });
  it('adds a late sample of the running day, and none of the day before', () => {
    const detector = fed([
      ['2026-07-02T06:00', 0],
      ['2026-07-02T09:00', 0],
      ['2026-07-02T12:00', 1],
    ]);
    detector.feed(at('2026-07-02T10:00'), 2);
    expect(detector.value).toBe(3);
    detector.feed(at('2026-07-02T07:00'), 50);
    expect(detector.value).toBe(3);
  });
  it('equals the sum of the samples since 08:00 when 08:00 is one of them, in any order of arrival', () => {
    const day = fc.uniqueArray(fc.integer({ min: 1, max: 23 * 60 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(day, fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 40, maxLength: 40 }), (minutes, tenths) => {
        const detector = new HydrologicalDayDetector('increments', '08:00');
        const start = at('2026-07-02T08:00');
        detector.feed(start - HOUR, 0);
        detector.feed(start, 9);
        minutes.forEach((minute, i) => detector.feed(start + minute * MINUTE, (tenths[i] ?? 0) / 10));
        expect(detector.value).toBeCloseTo(minutes.reduce((sum, _, i) => sum + (tenths[i] ?? 0), 0) / 10, 6);
      }),
    );
  });
});
