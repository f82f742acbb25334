import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HampelFilter } from './hampel.js';

const options = { window: 100, sigma: 5, noise: 1 };
const through = (samples: readonly (readonly [number, number])[], filter = new HampelFilter(options)) => {
  const passed: [number, number][] = [];
  for (const [time, value] of samples) filter.feed(time, value, (t, v) => passed.push([t, v]));
  return passed;
};
const series = (values: readonly number[]) => values.map((value, time) => [time, value] as const);
const quiet = [10, 10.4, 9.8, 10.1, 9.9, 10.2, 10];
const valuesOf = (samples: readonly (readonly [number, number])[]) => samples.map(([, value]) => value);

describe('hampel', () => {
  it('leaves out a spike', () => expect(valuesOf(through(series([...quiet, 60, 10.1, 10])))).toEqual([...quiet, 10.1, 10]));

  it('lets a real jump through one sample late, whole', () => {
    expect(valuesOf(through(series([...quiet, 60])))).toEqual(quiet);
    expect(valuesOf(through(series([...quiet, 60, 60.3])))).toEqual([...quiet, 60, 60.3]);
    expect(valuesOf(through(series([...quiet, 60, 60.3, 61, 62, 63])))).toEqual([...quiet, 60, 60.3, 61, 62, 63]);
  });

  it('shows the value that waits', () => {
    const filter = new HampelFilter(options);
    through(series([...quiet, 60]), filter);
    expect(filter.detail).toEqual({ held: 60 });
    through([[8, 10]], filter);
    expect(filter.detail).toBeUndefined();
  });

  it('does not delay a slope that fails: velocity that doubles each half day', () => {
    const creep = series(Array.from({ length: 90 }, (_, hour) => 2 * 2 ** (hour / 12)));
    const filter = new HampelFilter(options);
    for (const [time, value] of creep) expect(through([[time, value]], filter)).toEqual([[time, value]]);
  });

  it('leaves out nothing within the noise of the instrument, nor before five samples', () => {
    expect(through(series([10, 10, 10, 10, 10, 10, 14.9, 10])).length).toBe(8);
    expect(through(series([10, 10, 10, 10, 900, 10, 10])).length).toBe(7);
  });

  it('judges a late sample by those around it in event time', () => {
    const late = (value: number) => [...series(quiet).filter(([time]) => time !== 6), [8, 10.2] as const, [7, value] as const];
    expect(valuesOf(through(late(80)))).not.toContain(80);
    expect(valuesOf(through(late(10.3)))).toContain(10.3);
  });

  it('never eats a level that stays: from any past, two samples of it in a row pass both (property)', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 40 }), fc.integer({ min: -900, max: 900 }), (past, level) => {
        const passed = valuesOf(through(series([...past, level, level])));
        expect(passed.slice(-2)).toEqual([level, level]);
      }),
    ));

  it('lets everything else through in order, and holds back one sample at most (property)', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 60 }), (values) => {
        const filter = new HampelFilter({ ...options, noise: 0.1 });
        let newest = -1;
        for (const [time, value] of series(values)) {
          for (const [at] of through([[time, value]], filter)) {
            expect(at).toBeGreaterThan(newest);
            expect(time - at).toBeLessThanOrEqual(1);
            newest = at;
          }
        }
      }),
    ));
});

// The series may not be shipped (no licence): WANGSHAN_DATA names the folder where they are.
const folder = process.env['WANGSHAN_DATA'];
const file = `${folder ?? ''}/threegorges_baishuihe/gps_monthly_displacement.csv`;
const isThere = folder !== undefined && existsSync(file);
if (!isThere) console.info('skipped: Baishuihe (set WANGSHAN_DATA to the folder of the series, which may not be shipped)');

describe.skipIf(!isThere)('hampel on Baishuihe, 14 GPS points, one row copied by mistake (2011-03)', () => {
  it('leaves out that row at every point that moves, and next to nothing else of 14 points and six years', () => {
    const points = new Map<string, [string, number][]>();
    for (const line of readFileSync(file, 'utf8').trim().split('\n').slice(1)) {
      const [month, point, , , moved] = line.split(',');
      if (month && point && moved) points.set(point, [...(points.get(point) ?? []), [month, Number(moved)]]);
    }
    const left: string[] = [];
    let wrong = 0;
    for (const rows of points.values()) {
      // At the points at rest the copied row is nothing unusual; at those that have moved by metres it falls by a third for a month.
      const copied = rows.findIndex(([month]) => month === '2011-03');
      if (copied > 0 && (rows[copied - 1]?.[1] ?? 0) - (rows[copied]?.[1] ?? 0) > 100) wrong += 1;
      const passed = new Set(
        through(series(rows.map(([, value]) => value)), new HampelFilter({ window: 10, sigma: 5, noise: 5 })).map(([at]) => at),
      );
      left.push(...rows.flatMap(([month], at) => (passed.has(at) || at === rows.length - 1 ? [] : [month])));
    }
    expect(wrong).toBe(3);
    expect(left.filter((month) => month === '2011-03').length).toBe(wrong);
    expect(left.filter((month) => month !== '2011-03').length).toBeLessThanOrEqual(1);
  });
});
