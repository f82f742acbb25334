import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qualityFlags } from '#libs/contracts';
import { qualityMask, qualityOf } from './quality.js';

describe('quality flags as bits', () => {
  it('come back as they went in', () => {
    fc.assert(
      fc.property(fc.subarray([...qualityFlags]), (flags) => {
        expect(new Set(qualityOf(qualityMask(flags)))).toEqual(new Set(flags));
      }),
    );
  });

  it('each have a bit of their own', () => {
    expect(new Set(qualityFlags.map((flag) => qualityMask([flag]))).size).toBe(qualityFlags.length);
  });

  it('keep the bits that are already on disk', () => {
    expect(qualityMask(['range'])).toBe(1);
    expect(qualityMask(['late', 'synthetic'])).toBe(32 + 1024);
  });
});
