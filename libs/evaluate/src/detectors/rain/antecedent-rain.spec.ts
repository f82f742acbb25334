import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '#libs/contracts';
import { AntecedentRainDetector } from './antecedent-rain.js';

const seattle = { source: 'increments', recentHours: 72, beforeHours: 360, intercept: 88.9, slope: 0.67, least: 5 } as const;
const hourly = (detector: AntecedentRainDetector, mm: readonly number[]) => {
  mm.forEach((one, hour) => detector.feed(hour * HOUR, one));
  return detector;
};

describe('recent rain against the rain before it', () => {
  it('is on the line of Seattle with 3.5 inch after no rain, and with 0.15 inch after five inch', () => {
    const dry = hourly(new AntecedentRainDetector(seattle), [...Array.from({ length: 433 }, () => 0), 88.9]);
    expect(dry.value).toBeCloseTo(1, 9);
    const wet = hourly(new AntecedentRainDetector(seattle), [0, 127, ...Array.from({ length: 430 }, () => 0), 3.81]);
    expect(wet.detail).toEqual({ recent: 3.81, before: 127, critical: 5 });
  });
  it('is 0 without recent rain, however wet it was before', () => {
    const detector = hourly(new AntecedentRainDetector(seattle), [0, 300, ...Array.from({ length: 100 }, () => 0)]);
    expect(detector.value).toBe(0);
  });
  it('equals the definition over any hours, in order or one of them late', () => {
    const hours = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 30, maxLength: 60 });
    fc.assert(
      fc.property(hours, fc.nat({ max: 20 }), (tenths, back) => {
        const small = { ...seattle, recentHours: 5, beforeHours: 12 };
        const mm = tenths.map((one) => one / 10);
        const recent = mm.slice(-5).reduce((sum, one) => sum + one, 0);
        const before = mm.slice(-17, -5).reduce((sum, one) => sum + one, 0);
        const want = recent / Math.max(88.9 - 0.67 * before, 5);
        expect(hourly(new AntecedentRainDetector(small), mm).value).toBeCloseTo(want, 6);
        const at = mm.length - 1 - back;
        const late = new AntecedentRainDetector(small);
        mm.forEach((one, hour) => hour !== at && late.feed(hour * HOUR, one));
        late.feed(at * HOUR, mm[at] ?? 0);
        expect(late.value).toBeCloseTo(want, 6);
      }),
    );
  });
  it('is a lower bound until eighteen days have been seen', () => {
    const detector = new AntecedentRainDetector(seattle);
    detector.feed(0, 0);
    detector.feed(18 * DAY - HOUR, 1);
    expect([detector.partial, detector.why]).toEqual([true, 'warming-up']);
    detector.feed(18 * DAY, 0);
    expect([detector.partial, detector.why]).toEqual([false, undefined]);
  });
  it('forgets everything over a silence longer than both windows, but not what fell in it', () => {
    const detector = new AntecedentRainDetector({ ...seattle, source: 'accumulator' });
    detector.feed(0, 0);
    detector.feed(HOUR, 80);
    detector.feed(HOUR + 40 * DAY, 120);
    // One millimetre a day.
    expect(detector.detail?.recent).toBeCloseTo(3, 6);
    expect(detector.detail?.before).toBeCloseTo(15, 6);
  });
});
