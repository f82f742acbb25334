import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DangerZone } from './danger-zone.js';

const said = (ring: unknown): string => {
  const result = DangerZone.safeParse(ring);
  return result.success ? 'taken' : (result.error.issues[0]?.message ?? '');
};

describe('danger zone', () => {
  it('takes a closed ring, whichever way round, also a hollow one', () => {
    const square = [
      [103, 32],
      [103.01, 32],
      [103.01, 32.01],
      [103, 32.01],
      [103, 32],
    ];
    expect(said(square)).toBe('taken');
    expect(said(square.toReversed())).toBe('taken');
    expect(
      said([
        [0, 0],
        [4, 0],
        [4, 4],
        [2, 1],
        [0, 4],
        [0, 0],
      ]),
    ).toBe('taken');
  });

  it.each([
    [
      'an open ring',
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
      'the first again',
    ],
    [
      'two corners',
      [
        [0, 0],
        [1, 0],
        [0, 0],
      ],
      'at least three corners',
    ],
    [
      'a bow tie',
      [
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 1],
        [0, 0],
      ],
      'crosses itself',
    ],
    [
      'a side that runs back',
      [
        [0, 0],
        [2, 0],
        [1, 0],
        [1, 1],
        [0, 0],
      ],
      'crosses itself',
    ],
    [
      'a corner twice',
      [
        [0, 0],
        [1, 0],
        [1, 0],
        [1, 1],
        [0, 0],
      ],
      'crosses itself',
    ],
    [
      'a corner on another side',
      [
        [0, 0],
        [2, 0],
        [2, 2],
        [1, 0],
        [0, 2],
        [0, 0],
      ],
      'crosses itself',
    ],
    [
      'latitude first',
      [
        [32, 103],
        [32, 103.01],
        [32.01, 103],
        [32, 103],
      ],
      'expected number to be <=90',
    ],
  ])('refuses %s, saying why', (_, ring, why) => {
    expect(said(ring)).toContain(why);
  });

  it('takes every star-shaped ring around a point', () => {
    const radii = fc.array(fc.double({ min: 0.001, max: 0.02, noNaN: true }), { minLength: 3, maxLength: 40 });
    fc.assert(
      fc.property(radii, (lengths) => {
        const ring = lengths.map((length, at) => {
          const angle = (2 * Math.PI * at) / lengths.length;
          return [103 + length * Math.cos(angle), 32 + length * Math.sin(angle)];
        });
        expect(said([...ring, ring[0]])).toBe('taken');
      }),
    );
  });
});
