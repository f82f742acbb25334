import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '#libs/contracts';
import { noise } from '../../fakes/drive.js';
import { AccelerationDetector } from './acceleration.js';

const fed = (count: number, value: (days: number) => number, late: readonly number[] = []): AccelerationDetector => {
  const detector = new AccelerationDetector(2 * DAY);
  const hours = Array.from({ length: count }, (_, hour) => hour);
  for (const hour of [...hours.filter((h) => !late.includes(h)), ...late]) detector.feed(hour * HOUR, value(hour / 24));
  return detector;
};

describe('acceleration', () => {
  it('of uniform creep is nothing, of a parabola its own', () => {
    expect(fed(60, (d) => 7 * d).value).toBeCloseTo(0, 9);
    // x = 3 t² has 6 mm/d² everywhere.
    expect(fed(60, (d) => 3 * d * d).value).toBeCloseTo(6, 6);
  });

  it('gives the rates of both halves, whose difference it is', () => {
    const { detail } = fed(60, (d) => 3 * d * d);
    // The middles of the halves are 25 hours apart.
    expect((detail?.later ?? 0) - (detail?.earlier ?? 0)).toBeCloseTo((6 * 25) / 24, 6);
  });

  it('is not moved by a spike, nor by what comes late', () => {
    expect(Math.abs(fed(60, (d) => 7 * d + (d === 2 ? 500 : 0)).value ?? 99)).toBeLessThan(0.5);
    expect(fed(60, (d) => Math.sin(d), [40, 13, 57]).value).toBe(fed(60, (d) => Math.sin(d)).value);
  });

  it('has an interval that holds the truth in about 95 of 100 noisy windows, no fewer than 91', () => {
    const gauss = noise(5);
    let held = 0;
    for (let run = 0; run < 400; run += 1) {
      const { detail } = fed(49, (d) => d * d + 2 * gauss());
      if (detail && detail.low <= 2 && detail.high >= 2) held += 1;
    }
    expect(held).toBeGreaterThan(364);
    expect(held).toBeLessThan(400);
  });

  it('is unknown before both halves have their blocks', () => {
    const detector = fed(12, (d) => d);
    expect([detector.value, detector.why]).toEqual([null, 'warming-up']);
    expect(new AccelerationDetector(DAY).why).toBe('no-data');
  });
});
