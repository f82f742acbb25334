import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '#libs/contracts';
import { RadarVelocityDetector } from './radar-velocity.js';

/** mm/h as m/s, which is what the radar gives. */
const asSpeed = (mmPerHour: number) => mmPerHour / 3_600_000;
const interval = 5 * MINUTE;
const fed = (speeds: readonly number[], scans = 2) => {
  const detector = new RadarVelocityDetector(scans, interval, HOUR);
  speeds.forEach((speed, at) => detector.feed(at * interval, asSpeed(speed)));
  return detector;
};

describe('velocity by radar', () => {
  it('is not raised by one scan, and is by two in a row', () => {
    expect(fed([1, 1, 80]).value).toBeCloseTo(1, 6);
    expect(fed([1, 80, 70]).value).toBeCloseTo(70, 6);
  });
  it('counts motion towards the radar and away alike, and nothing that goes both ways', () => {
    expect(fed([-80, -70]).value).toBeCloseTo(70, 6);
    expect(fed([-80, 70]).value).toBe(0);
  });
  it('is unknown after one scan, and after a gap', () => {
    expect([fed([80]).value, fed([80]).why]).toEqual([null, 'warming-up']);
    const detector = fed([80, 80]);
    detector.feed(interval + 3 * interval + 1, asSpeed(80));
    expect(detector.value).toBeNull();
    detector.feed(5 * interval, asSpeed(80));
    expect(detector.value).toBeCloseTo(80, 6);
  });
  it('puts a late scan in its place', () => {
    const detector = fed([80, 80]);
    detector.feed(3 * interval, asSpeed(80));
    detector.feed(2 * interval, asSpeed(2));
    expect(detector.value).toBeCloseTo(2, 6);
    detector.feed(0.5 * interval, asSpeed(1));
    expect(detector.value).toBeCloseTo(2, 6);
  });
  it('is the least of the last scans by definition', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 3, maxLength: 30 }), (speeds) => {
        expect(fed(speeds, 3).value).toBeCloseTo(Math.min(...speeds.slice(-3)), 6);
      }),
    );
  });
});
