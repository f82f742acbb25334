import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.js';

const filled = (samples: readonly number[]): Histogram => {
  const histogram = new Histogram();
  for (const sample of samples) histogram.add(sample);
  return histogram;
};

describe('Histogram', () => {
  it('answers quantiles within one step of the exact ones', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100_000_000 }), { minLength: 1, maxLength: 300 }), (samples) => {
        const sorted = samples.toSorted((a, b) => a - b);
        const histogram = filled(samples);
        for (const q of [0.01, 0.5, 0.95, 0.99, 1]) {
          const exact = sorted[Math.ceil(sorted.length * q) - 1] ?? 0;
          const shown = histogram.quantile(q);
          expect(shown).toBeGreaterThanOrEqual(exact);
          expect(shown).toBeLessThanOrEqual(exact * (1 + 1 / 32) + 1);
        }
      }),
    ));

  it('of two processes is that of all their samples', () => {
    const all = new Histogram();
    all.merge(filled([10, 2000, 30]).data());
    all.merge(filled([5_000_000]).data());
    expect(all.summary()).toEqual(filled([10, 2000, 30, 5_000_000]).summary());
    expect(all.count).toBe(4);
  });

  it('shows milliseconds, and nothing of nothing', () => {
    expect(filled([1000, 1000, 1000, 50_000]).summary()).toMatchObject({ count: 4, p50: 1.008, max: 50 });
    expect(new Histogram().summary()).toEqual({ count: 0, p50: 0, p95: 0, p99: 0, p999: 0, max: 0 });
  });
});
