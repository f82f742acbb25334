import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, medianDistance, middleOf } from './median.js';

const defined = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[(sorted.length >> 1) - 1] ?? Number.NaN)) / 2;
};
const stretch = fc
  .array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, min: -1e6, max: 1e6 })), { minLength: 1, maxLength: 64 })
  .chain((values) => fc.tuple(fc.constant(values), fc.nat(values.length - 1)));

describe('the median of some numbers in a row', () => {
  it('is that of the definition, to the last digit, and leaves them as they are', () =>
    fc.assert(
      fc.property(stretch, ([values, from]) => {
        const list = Float64Array.from(values);
        const own = values.slice(from);
        expect(median(list, from)).toBe(defined(own));
        expect(median(own)).toBe(defined(own));
        const rising = Float64Array.from(values.toSorted((a, b) => a - b));
        expect(middleOf(rising, from, values.length)).toBe(defined([...rising].slice(from)));
        expect(medianDistance(list, 2, from)).toBe(defined(own.map((value) => Math.abs(value - 2))));
        expect([...list]).toEqual(values);
      }),
    ));

  it('is refused of more than it has room for: it would be another number', () => expect(() => median(new Float64Array(65))).toThrow());
});
