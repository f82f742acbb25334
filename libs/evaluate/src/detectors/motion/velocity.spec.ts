import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '#libs/contracts';
import { noise } from '../../fakes/drive.js';
import { VelocityDetector } from './velocity.js';

const hourly = (values: readonly number[]): VelocityDetector => {
  const detector = new VelocityDetector(DAY);
  values.forEach((value, hour) => detector.feed(hour * HOUR, value));
  return detector;
};

describe('velocity', () => {
  it('comes with its 95 % interval, here of GNSS of ±2 mm on a slope of 6 mm/d', () => {
    const gauss = noise(3);
    const { value, detail } = hourly(Array.from({ length: 30 }, (_, hour) => hour / 4 + 2 * gauss()));
    expect(detail?.low).toBeLessThan(value ?? 0);
    expect(detail?.high).toBeGreaterThan(value ?? 0);
    // Twice 1.96 times the noise of a day's slope, 1.4 mm/d, within a half.
    expect((detail?.high ?? 0) - (detail?.low ?? 0)).toBeGreaterThan(2.7);
    expect((detail?.high ?? 0) - (detail?.low ?? 0)).toBeLessThan(8.2);
  });

  it('has no interval while it is unknown', () => expect(hourly([1, 2, 3]).detail).toBeUndefined());

  it('answers whether it lies between two bounds as its value does', () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: -20, max: 20 }),
        (values, low) => {
          const detector = hourly(values.map((value, hour) => hour * 0.3 + value / 10));
          const said = detector.surelyBetween(low, low + 5);
          if (said) expect(detector.value !== null && detector.value > low && detector.value < low + 5).toBe(true);
          else if (detector.value !== null) expect(detector.value > low + 0.3 && detector.value < low + 4.7).toBe(false);
        },
      ),
    ));
});
