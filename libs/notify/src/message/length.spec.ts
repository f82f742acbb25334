import { describe, expect, it } from 'vitest';
import { smsLength } from './length.js';

describe('smsLength', () => {
  it.each([
    [60, 70, 1],
    [61, 71, 2],
    [124, 134, 2],
    [125, 135, 3],
    [150, 160, 3],
  ])('%i characters under an eight-character sign are %i, %i part(s)', (body, chars, parts) => {
    expect(smsLength('望山县自然资源局', '警'.repeat(body))).toEqual({ chars, parts });
  });

  it('counts a character outside the BMP as two units', () => {
    expect(smsLength('ab', '😀').chars).toBe(6);
  });
});
