import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slopeInterval, theilSen, type Places } from './theil-sen.js';

const placesOf = (points: readonly (readonly [number, number])[]): Places => ({
  count: points.length,
  times: Float64Array.from(points, ([t]) => t),
  values: Float64Array.from(points, ([, v]) => v),
});
const places = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: -300, max: 300 })), {
    selector: ([t]) => t,
    minLength: 4,
    maxLength: 27,
  })
  .map((all) => all.toSorted((a, b) => a[0] - b[0]));
/** By the definition: every pair, sorted. */
function median(points: readonly (readonly [number, number])[]): number {
  const slopes = points.flatMap(([t, v], at) => points.slice(at + 1).map(([u, w]) => (w - v) / (u - t))).toSorted((a, b) => a - b);
  const middle = slopes.length >> 1;
  const upper = slopes[middle] as number;
  return slopes.length % 2 === 1 ? upper : (upper + (slopes[middle - 1] as number)) / 2;
}

describe('Theil–Sen slope', () => {
  it('is the median of the slopes of all pairs, by definition, over all places or some', () =>
    fc.assert(
      fc.property(places, fc.nat({ max: 2 }), (points, from) => {
        expect(theilSen(placesOf(points)) + 0).toBe(median(points) + 0);
        expect(theilSen(placesOf(points), from) + 0).toBe(median(points.slice(from)) + 0);
      }),
    ));

  it('is not moved by an outlier', () =>
    expect(theilSen(placesOf(Array.from({ length: 10 }, (_, at) => [at, at * 2 + (at === 4 ? 1e9 : 0)])))).toBe(2));
});

describe('its 95 % interval', () => {
  // x, y and intervals by scipy 1.17 (stats.theilslopes, alpha 0.95, another implementation of Sen 1968).
  const times = [0, 1, 2, 3.5, 4, 5, 6.5, 7, 8, 9.5, 11, 12];
  const values = [0.3, 2.1, 3.2, 7.9, 7.6, 10.4, 12.1, 15.2, 15.9, 30.2, 21.3, 24.4];
  it('is that of another implementation', () => {
    const interval = slopeInterval(placesOf(times.map((t, at) => [t, values[at] ?? 0])));
    expect(interval?.low).toBeCloseTo(1.825, 9);
    expect(interval?.high).toBeCloseTo(2.3200000000000003, 9);
  });
  it('holds the true slope in about 95 of 100 noisy windows, no fewer than 92', () => {
    let state = 7;
    const uniform = () => ((state = (state * 1103515245 + 12345) % 2147483648) + 0.5) / 2147483648;
    const gauss = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    let held = 0;
    for (let run = 0; run < 1000; run += 1) {
      const { low, high } = slopeInterval(placesOf(Array.from({ length: 25 }, (_, at) => [at, 0.1 * at + 2 * gauss()]))) ?? {
        low: 1,
        high: 0,
      };
      if (low <= 0.1 && high >= 0.1) held += 1;
    }
    expect(held).toBeGreaterThan(920);
    expect(held).toBeLessThan(990);
  });
  it('is none with three places', () =>
    expect(
      slopeInterval(
        placesOf([
          [0, 1],
          [1, 2],
          [2, 4],
        ]),
      ),
    ).toBeNull());
});
