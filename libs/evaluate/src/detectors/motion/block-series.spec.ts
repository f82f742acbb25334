import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockSeries } from './block-series.js';

const window = 2400;
const block = 100;
const record = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 6000 }), fc.integer({ min: -50, max: 50 })), {
  selector: ([t]) => t,
  minLength: 1,
  maxLength: 150,
});
const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle] ?? 0) + (sorted[middle - 1] ?? 0)) / 2;
};

describe('a series of blocks', () => {
  it('is, for any record in any order, the median value at mean time of every block a moment of which is in the window', () =>
    fc.assert(
      fc.property(record, (samples) => {
        const series = new BlockSeries(window);
        for (const [time, value] of samples) series.feed(time, value);
        const newest = Math.max(...samples.map(([t]) => t));
        const first = Math.floor((newest - window) / block);
        const want = new Map<number, (readonly [number, number])[]>();
        for (const one of samples.toSorted((a, b) => a[0] - b[0])) {
          const index = Math.floor(one[0] / block);
          if (index >= first) want.set(index, [...(want.get(index) ?? []), one]);
        }
        const blocks = [...want.values()];
        expect(series.count).toBe(blocks.length);
        expect([...series.values.subarray(0, series.count)]).toEqual(blocks.map((all) => median(all.map(([, v]) => v))));
        for (const [at, all] of blocks.entries())
          expect(series.times[at]).toBeCloseTo(all.reduce((sum, [t]) => sum + t, 0) / all.length, 6);
      }),
    ));
});
