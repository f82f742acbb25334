import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { insideDivision, visibleFrom } from './division.js';

describe('insideDivision', () => {
  it.each([
    ['the same', '5132', '5132', true],
    ['one inside it', '513221', '5132', true],
    ['the whole from a part of it', '51', '5101', false],
    ['a neighbour', '5133', '5132', false],
    ['one that ends alike', '1351', '51', false],
    ['any from everywhere', '513221', '', true],
    ['no division from everywhere', '', '', true],
    ['no division from somewhere', '', '51', false],
    ['nothing known, from everywhere', undefined, '', false],
    ['nothing known, from somewhere', undefined, '51', false],
  ])('%s: %s of %j is %s', (_, division, area, inside) => {
    expect(insideDivision(division, area)).toBe(inside);
  });

  it('holds exactly the divisions that begin with the area', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{2,6}$/), fc.stringMatching(/^\d{0,6}$/), (area, rest) => {
        expect(insideDivision(area + rest, area)).toBe(true);
        expect(insideDivision(area, area + '0')).toBe(false);
        expect(insideDivision(area + rest, '')).toBe(true);
      }),
    );
  });
});

describe('visibleFrom', () => {
  it.each([
    ['what is of no division, to a county', '', '513221', true],
    ['what is of no division, to everybody', '', '', true],
    ['its own', '513221', '5132', true],
    ["a neighbour's", '513221', '5133', false],
    ['what is of the province, to a county', '51', '513221', false],
  ])('%s', (_, division, scope, visible) => {
    expect(visibleFrom(division, scope)).toBe(visible);
  });
});
