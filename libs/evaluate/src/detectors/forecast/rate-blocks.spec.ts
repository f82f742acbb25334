import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateBlocks } from './rate-blocks.js';

const record = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: -500, max: 500 })), {
  selector: ([t]) => t,
  minLength: 1,
  maxLength: 120,
});

describe('rates of blocks', () => {
  it('are the least-squares slopes of their samples, in whichever order these came', () =>
    fc.assert(
      fc.property(record, (samples) => {
        const blocks = new RateBlocks(100, 10, 10);
        for (const [time, value] of samples) blocks.feed(time, value);
        for (let index = 0; index <= 4; index += 1) {
          const own = samples.filter(([t]) => Math.floor(t / 100) === index).map(([t, v]) => [t / 10, v] as const);
          const found = blocks.rate(index, 3, 0);
          if (own.length < 3) {
            expect(found).toBeNull();
            continue;
          }
          const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length;
          const t = mean(own.map(([one]) => one));
          const x = mean(own.map(([, one]) => one));
          const spread = own.reduce((sum, [one]) => sum + (one - t) ** 2, 0);
          const rate = own.reduce((sum, [at, one]) => sum + (at - t) * (one - x), 0) / spread;
          const rest = own.reduce((sum, [at, one]) => sum + (one - x - rate * (at - t)) ** 2, 0);
          expect(found?.time).toBeCloseTo(t, 6);
          expect(found?.rate).toBeCloseTo(rate, 6);
          expect(found?.variance).toBeCloseTo(rest / (own.length - 2), 3);
          expect(found?.spread).toBeCloseTo(spread, 6);
        }
      }),
    ));

  it('says when a rate may have changed: at the end of a block and when a sample comes late', () => {
    const blocks = new RateBlocks(100, 10, 2);
    expect([0, 10, 110, 120, 20, 320, 330, 5].map((time) => blocks.feed(time, 1))).toEqual([
      true,
      false,
      true,
      false,
      true,
      true,
      false,
      false,
    ]);
  });
});
