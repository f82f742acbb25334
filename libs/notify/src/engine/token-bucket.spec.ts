import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.js';

describe('a provider’s rate', () => {
  it('is kept over any second, whatever the steps of the clock, after the first burst', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 5, maxLength: 200 }), (steps) => {
        const bucket = new TokenBucket(40);
        let now = 1_000;
        let taken = 0;
        for (const step of steps) {
          now += step;
          for (; bucket.available(now, true) > 0; taken += 1) bucket.take(now);
        }
        expect(taken).toBeLessThanOrEqual(10 + ((now - 1_000) / 1000) * 40 + 1);
      }),
    );
  });

  it('leaves a tenth of the burst to what is urgent', () => {
    const bucket = new TokenBucket(400);
    expect([bucket.available(0, false), bucket.available(0, true)]).toEqual([90, 100]);
  });

  it('a clock put back ten minutes takes nothing away; put forward it gives a burst and no more', () => {
    const bucket = new TokenBucket(40);
    for (let n = 0; n < 10; n += 1) bucket.take(600_000);
    expect(bucket.available(0, true)).toBe(0);
    expect(bucket.available(250, true)).toBe(10);
    expect(bucket.available(1_200_000, true)).toBe(10);
  });

  it('no rate is no limit', () => {
    const bucket = new TokenBucket(Infinity);
    bucket.take(0);
    expect(bucket.available(0, false)).toBe(Infinity);
  });
});
