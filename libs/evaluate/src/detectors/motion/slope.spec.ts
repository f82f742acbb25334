import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockSeries } from './block-series.js';
import { SlopeOfBlocks } from './slope.js';
import { theilSen } from './theil-sen.js';

const window = 240;
const sample = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: -60, max: 60 }), fc.integer({ min: 0, max: 200 }));
/** In order mostly; every fourth sample comes late. */
const record = fc.array(sample, { minLength: 2, maxLength: 120 }).map((steps) => {
  let now = 0;
  return steps.map(([step, value, late], at) => {
    now += step;
    return [at % 4 === 3 ? Math.max(0, now - late) : now, value] as const;
  });
});

describe('the slope of a growing series', () => {
  it('is the Theil–Sen slope, and lies between bounds exactly when it does, after every sample and whatever bounds were asked before', () =>
    fc.assert(
      fc.property(record, fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 2, maxLength: 2 }), (samples, asked) => {
        const series = new BlockSeries(window);
        const slope = new SlopeOfBlocks(series);
        for (const [at, [time, value]] of samples.entries()) {
          series.feed(time, value);
          if (series.count < 2) continue;
          const want = theilSen(series);
          expect(slope.slope() + 0).toBe(want + 0);
          const low = asked[at % 9 === 8 ? 1 : 0] ?? 0;
          const isBetween = want > low && want < low + 0.5;
          // With an even number of pairs the median is the mean of two slopes, of which one may lie outside.
          if ((series.count * (series.count - 1)) % 4 === 2) expect(slope.between(low, low + 0.5)).toBe(isBetween);
          else if (slope.between(low, low + 0.5)) expect(isBetween).toBe(true);
        }
      }),
    ));
});
