import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '#libs/contracts';
import { RateDetector, type Direction } from './rate.js';

const fed = (detector: RateDetector, value: (hour: number) => number, hours = 30) => {
  for (let hour = 0; hour < hours; hour += 1) detector.feed(hour * HOUR, value(hour));
  return detector;
};

describe('rate', () => {
  it.each([
    ['rise', 0.02, 0.48],
    ['rise', -0.02, -0.48],
    ['fall', -0.02, 0.48],
    ['fall', 0.02, -0.48],
    ['either', -0.02, 0.48],
    ['either', 0.02, 0.48],
  ] as const)('%s: a level that goes %d m an hour has %d m/d', (direction, step, want) => {
    expect(fed(new RateDetector(DAY, 'd', direction), (hour) => 100 + step * hour).value).toBeCloseTo(want, 9);
  });
  it('is not moved by a wild value', () => {
    expect(fed(new RateDetector(DAY, 'h', 'rise'), (hour) => (hour === 20 ? 500 : 0.5 * hour)).value).toBeCloseTo(0.5, 1);
  });
  it('does not see a daily swing of temperature over whole days, and does over a part of one', () => {
    const swing = (hour: number) => 0.05 * Math.sin((hour / 24) * 2 * Math.PI) + 0.001 * hour;
    const days = fed(new RateDetector(5 * DAY, 'd', 'either'), swing, 200);
    expect(Math.abs((days.value ?? 0) - 0.024)).toBeLessThan(0.01);
    const hours = fed(new RateDetector(8 * HOUR, 'd', 'either'), swing, 200);
    expect(hours.value).toBeGreaterThan(0.05);
  });
  it('says nothing before the velocity does', () => {
    const detector = fed(new RateDetector(DAY, 'd', 'fall'), (hour) => hour, 10);
    expect([detector.value, detector.why]).toEqual([null, 'warming-up']);
    expect(new RateDetector(DAY, 'd', 'fall').why).toBe('no-data');
  });
  it('is between two bounds whenever it says that it surely is', () => {
    const numbers = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 30, maxLength: 30 });
    const bound = fc.integer({ min: -200, max: 200 });
    fc.assert(
      fc.property(numbers, bound, fc.nat(300), fc.constantFrom<Direction>('rise', 'fall', 'either'), (values, low, span, direction) => {
        const detector = fed(new RateDetector(DAY, 'd', direction), (hour) => values[hour] ?? 0);
        if (!detector.surelyBetween(low, low + span)) return;
        expect(detector.value).toBeGreaterThan(low);
        expect(detector.value).toBeLessThan(low + span);
      }),
    );
  });
});
