import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aligned, Series } from './series.js';

const samples = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: -9, max: 9 })), { maxLength: 80 });

describe('series', () => {
  it('is what a map sorted by time would be, in whatever order samples arrive', () => {
    fc.assert(
      fc.property(samples, (list) => {
        const series = new Series(1000);
        const model = new Map<number, number>();
        for (const [time, value] of list) {
          series.add(time, value);
          model.set(time, value);
        }
        const want = [...model].toSorted(([a], [b]) => a - b);
        expect([...series.times]).toEqual(want.map(([time]) => time));
        expect([...series.values]).toEqual(want.map(([, value]) => value));
      }),
    );
  });

  it('forgets the oldest when full and refuses what is older than all it keeps', () => {
    const series = new Series(10);
    for (let time = 1; time <= 12; time += 1) series.add(time, time);
    expect([...series.times]).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    series.add(1, 99);
    expect(series.times[0]).toBe(3);
    expect(series.last()).toEqual({ time: 12, value: 12 });
  });

  it('takes no NaN, and does not ask for a redraw when nothing changed', () => {
    const series = new Series();
    series.add(1, 2);
    const version = series.version;
    series.add(1, 2);
    series.add(2, NaN);
    series.add(Infinity, 1);
    expect([series.length, series.version]).toEqual([1, version]);
  });

  it('aligns curves on one axis without inventing values', () => {
    const a = new Series();
    const b = new Series();
    for (const time of [1, 2, 4]) a.add(time, time * 10);
    for (const time of [2, 3]) b.add(time, -time);
    expect(aligned([a, b])).toEqual({
      times: [1, 2, 3, 4],
      rows: [
        [10, 20, null, 40],
        [null, -2, -3, null],
      ],
    });
    expect(aligned([])).toEqual({ times: [], rows: [] });
  });
});
