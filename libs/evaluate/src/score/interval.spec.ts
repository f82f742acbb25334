import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { difference, quantile, rate, wilson } from './interval.js';

describe('wilson', () => {
  // Newcombe (1998), Statistics in Medicine 17, 857, table I, method 3: 81/263, 15/148, 0/20, 1/29.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i', (hits, of, low, high) => {
    const share = wilson(hits, of);
    expect(share.low).toBeCloseTo(low, 4);
    expect(share.high).toBeCloseTo(high, 4);
  });

  it('says nothing of nothing, and never leaves 0 to 1 or its own value', () => {
    expect(wilson(0, 0)).toEqual({ value: null, low: null, high: null });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(), (of, some) => {
        const { value, low, high } = wilson(some % (of + 1), of);
        expect(0 <= low! && low! <= value! && value! <= high! && high! <= 1).toBe(true);
      }),
    );
  });
});

describe('difference', () => {
  // Newcombe (1998), Statistics in Medicine 17, 873, table II, method 10: 56/70 − 48/80, 9/10 − 3/10, 10/10 − 0/10.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [10, 10, 0, 10, 0.6075, 1],
  ])('%i/%i − %i/%i', (a, ofA, b, ofB, low, high) => {
    const found = difference(wilson(a, ofA), wilson(b, ofB));
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });
});

describe('rate', () => {
  // Exact Poisson limits (Garwood 1936): 0 → 3.689, 1 → 0.0253 to 5.572, 10 → 4.795 to 18.390. Byar's approximation is within a few percent from 1 on.
  it('comes close to the exact Poisson limits', () => {
    expect(rate(0, 1)).toMatchObject({ value: 0, low: 0 });
    expect(rate(0, 1).high).toBeCloseTo(3.689, 1);
    expect(rate(10, 2).low! * 2).toBeCloseTo(4.795, 1);
    expect(rate(10, 2).high! * 2).toBeCloseTo(18.39, 1);
    expect(rate(3, 0).value).toBeNull();
  });
});

it('quantile interpolates between neighbours', () => {
  expect(quantile([1, 2, 4], 0.5)).toBe(2);
  expect(quantile([1, 3], 0.25)).toBe(1.5);
  expect(quantile([], 0.5)).toBeNull();
});
