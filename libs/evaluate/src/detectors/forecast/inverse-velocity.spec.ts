import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fukuzono } from './inverse-velocity.js';

describe('inverse velocity', () => {
  it('finds the failure of a perfect Voight series to the last digit', () =>
    fc.assert(
      fc.property(fc.double({ min: 5, max: 200, noNaN: true }), fc.double({ min: 0.001, max: 2, noNaN: true }), (failure, a) => {
        const times = [-60, -48, -36, -24, -12, 0];
        const found = fukuzono(
          times,
          times.map((t) => 1 / (a * (failure - t))),
        );
        expect(found?.centre).toBeCloseTo(failure, 6);
        expect(found?.lower).toBeCloseTo(failure, 3);
        expect(found?.upper).toBeCloseTo(failure, 3);
      }),
    ));

  it('gives the interval in which a·T + b is not significantly different from 0', () => {
    // By numpy 2.4 and scipy 1.17: covariance from (AᵀA)⁻¹, ends by root finding (brentq) on |aT + b| − t·se(T), no formula of Fieller.
    const found = fukuzono([-71.5, -58.5, -45.5, -32.5, -19.5, -6.5], [0.31, 0.33, 0.41, 0.52, 0.71, 1.18]);
    expect(found?.centre).toBeCloseTo(17.52019440714589, 9);
    expect(found?.lower).toBeCloseTo(9.40478109491214, 6);
    expect(found?.upper).toBeCloseTo(28.323195668127543, 6);
  });

  it.each([
    ['the slope slows down', [1, 0.8, 0.7, 0.6, 0.5]],
    ['the rate stays', [0.4, 0.41, 0.39, 0.4, 0.4]],
    ['the rate wavers', [0.1, 0.4, 0.1, 0.5, 0.2]],
    ['the slope goes back', [0.1, 0.2, -0.1, 0.3, 0.5]],
    ['there are two blocks', [0.1, 0.5]],
  ])('bounds nothing when %s', (_, rates) =>
    expect(
      fukuzono(
        rates.map((__, at) => at * 10 - 50),
        rates,
      ),
    ).toBeNull(),
  );
});
