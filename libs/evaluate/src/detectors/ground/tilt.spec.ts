import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '#libs/contracts';
import { TiltDetector } from './tilt.js';

/** Degrees an hour of each axis of each tiltmeter, for thirty hours. */
function fed(rates: Record<string, number>, hours = 30) {
  const detector = new TiltDetector(DAY, 'h');
  for (let hour = 0; hour < hours; hour += 1)
    for (const [source, rate] of Object.entries(rates)) detector.feed(hour * HOUR, 1 + rate * hour, source);
  return detector;
}

describe('tilt', () => {
  it('is the length of the vector of both axes', () => {
    const detector = fed({ 'E1 L1_QJ_1.X': 0.03, 'E1 L1_QJ_1.Y': -0.04 });
    expect(detector.value).toBeCloseTo(0.05, 9);
    expect([detector.partial, detector.why]).toEqual([false, undefined]);
  });
  it('is the same whichever way the pole leans', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 360 }), (degrees) => {
        const angle = (degrees * Math.PI) / 180;
        const leaning = fed({ 'E1 L1_QJ_1.X': 0.1 * Math.cos(angle), 'E1 L1_QJ_1.Y': 0.1 * Math.sin(angle) });
        expect(leaning.value).toBeCloseTo(0.1, 8);
      }),
      { numRuns: 20 },
    );
  });
  it('is that of the fastest tiltmeter, and says which', () => {
    const detector = fed({ 'E2 L1_QJ_1.X': 0.02, 'E1 L1_QJ_1.X': 0.01, 'E1 L1_QJ_2.X': -0.3 });
    expect(detector.value).toBeCloseTo(0.3, 9);
    expect(detector.detail).toEqual({ instrument: 1, of: 3 });
  });
  it('is a lower bound while the other axis is not known', () => {
    const detector = fed({ 'E1 L1_QJ_1.X': 0.03 });
    detector.feed(29 * HOUR, 5, 'E1 L1_QJ_1.Y');
    expect([detector.partial, detector.why]).toEqual([true, 'warming-up']);
    expect(detector.value).toBeCloseTo(0.03, 9);
  });
  it('leaves out an axis that has died: its last rate holds nothing', () => {
    const detector = fed({ 'E1 L1_QJ_1.X': 0.3, 'E2 L1_QJ_1.X': 0.01 });
    for (let hour = 30; hour < 60; hour += 1) detector.feed(hour * HOUR, 1 + 0.01 * hour, 'E2 L1_QJ_1.X');
    expect(detector.value).toBeCloseTo(0.01, 9);
    expect(detector.detail).toEqual({ instrument: 1, of: 2 });
  });
  it('is unknown before anything is', () => {
    expect(new TiltDetector(DAY, 'h').why).toBe('no-data');
    const early = fed({ 'E1 L1_QJ_1.X': 1 }, 3);
    expect([early.value, early.why]).toEqual([null, 'warming-up']);
  });
});
