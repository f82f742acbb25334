import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TheilSen, type Place } from './theil-sen.js';

/** By the definition: every pair, sorted. */
function median(places: readonly Place[]): number {
  const slopes = places
    .flatMap((a, at) => places.slice(at + 1).map((b) => (b.value - a.value) / (b.time - a.time)))
    .toSorted((one, other) => one - other);
  const middle = slopes.length >> 1;
  const upper = slopes[middle] as number;
  return slopes.length % 2 === 1 ? upper : (upper + (slopes[middle - 1] as number)) / 2;
}

const most = 12;
const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 60 });

describe('TheilSen', () => {
  it('answers the median by definition after every move of the last place, and after places come and go', () =>
    fc.assert(
      fc.property(values, fc.array(fc.nat(3), { minLength: 60, maxLength: 60 }), (numbers, whats) => {
        const line = new TheilSen(most);
        const places: Place[] = [];
        for (const [at, value] of numbers.entries()) {
          const last = places.at(-1);
          // 0: a new place; 1–3: the last one moves a little in time and to another value.
          if (!last || whats[at] === 0) {
            places.push({ time: at * 1000, value });
            if (places.length > most) places.shift();
            line.changed();
          } else {
            last.time += 1;
            last.value = value;
          }
          // + 0: among equals the sign of zero is nobody’s.
          if (places.length >= 2) expect(line.slope(places) + 0).toBe(median(places) + 0);
        }
      }),
    ));

  it('is not moved by an outlier', () => {
    const places = Array.from({ length: 10 }, (_, at) => ({ time: at, value: at * 2 + (at === 4 ? 1e9 : 0) }));
    expect(new TheilSen(most).slope(places)).toBe(2);
  });
});
