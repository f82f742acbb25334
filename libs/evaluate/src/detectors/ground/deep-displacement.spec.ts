import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '#libs/contracts';
import { DeepDisplacementDetector } from './deep-displacement.js';

/** mm/d of each node, for thirty hours; names in order down the hole. */
function fed(rates: readonly number[], neighbours: 'required' | 'not-required' = 'required', name = (n: number) => `E1 L1_SW_${n}.dispsX`) {
  const detector = new DeepDisplacementDetector(DAY, 'd', neighbours);
  for (let hour = 0; hour < 30; hour += 1) rates.forEach((rate, n) => detector.feed(hour * HOUR, (rate * hour) / 24, name(n + 1)));
  return detector;
}

describe('deep displacement', () => {
  it('is the difference at the slip surface: five nodes move, three below stand', () => {
    const detector = fed([40, 40, 40, 38, 32, 0, 0, 0]);
    expect(detector.value).toBeCloseTo(32, 6);
    expect(detector.detail).toMatchObject({ node: 4, of: 8 });
  });
  it('does not count a node that moves alone, unless told to', () => {
    expect(fed([0, 0, 50, 0, 0]).value).toBeCloseTo(0, 6);
    expect(fed([0, 0, 50, 0, 0], 'not-required').value).toBeCloseTo(50, 6);
  });
  it('does not take a neighbour for company that goes the other way, or less than half as fast', () => {
    expect(fed([0, 50, -50, 0]).value).toBeCloseTo(0, 6);
    expect(fed([0, 24, 50, 0]).value).toBeCloseTo(24, 6);
    expect(fed([0, 26, 50, 0]).value).toBeCloseTo(50, 6);
  });
  it('puts nodes in order by number, from one device or one device each', () => {
    const rates = [50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 0, 0];
    expect(fed(rates).value).toBeCloseTo(50, 6);
    expect(fed(rates).detail).toMatchObject({ node: 9 });
    expect(fed(rates, 'required', (n) => `1716${n} L1_SW_1.dispsX`).detail).toMatchObject({ node: 9 });
  });
  it('does not compare the nodes of two holes', () => {
    const detector = fed([50, 50, 0, 0], 'required', (n) => `H${n < 3 ? 1 : 2} L1_SW_${n}.dispsX`);
    expect(detector.value).toBeCloseTo(0, 6);
  });
  it('leaves out a node that has died', () => {
    const detector = fed([50, 50, 0]);
    for (let hour = 30; hour < 60; hour += 1) for (const n of [1, 2]) detector.feed(hour * HOUR, (50 * hour) / 24, `E1 L1_SW_${n}.dispsX`);
    expect(detector.value).toBeCloseTo(0, 6);
  });
  it('is unknown with one node, and while none has a neighbour that is known', () => {
    expect(fed([50]).why).toBe('too-few-siblings');
    const early = new DeepDisplacementDetector(DAY, 'd', 'required');
    early.feed(0, 1, 'E1 L1_SW_1.dispsX');
    early.feed(0, 1, 'E1 L1_SW_2.dispsX');
    expect([early.value, early.why]).toEqual([null, 'warming-up']);
  });
  it('is the greatest difference of neighbours by definition when none has to be borne out', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -60, max: 60 }), { minLength: 2, maxLength: 9 }), (rates) => {
        const want = Math.max(...rates.slice(1).map((rate, at) => Math.abs(rate - (rates[at] ?? 0))));
        expect(fed(rates, 'not-required').value).toBeCloseTo(want, 6);
      }),
      { numRuns: 20 },
    );
  });
});
