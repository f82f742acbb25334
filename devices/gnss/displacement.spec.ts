import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GnssBaseline } from '#libs/contracts';
import { afterBaseMoved, afterSetInitial, alongSlide, baselineAt, displacement } from './displacement.js';
import { judgeSolution, type GnssSolution } from './solution.js';
import { toEcef, toLocal } from './wgs84.js';

const origin = { latitude: 31.4, longitude: 103.5, height: 2100 };
const epoch = (since: string, more: Partial<GnssBaseline> = {}): GnssBaseline => ({ since, origin, ...more });
/** The position so many metres from the origin, near enough for a property: a step of latitude and longitude by the radii of curvature. */
const moved = (north: number, east: number, up: number) => ({
  latitude: origin.latitude + (north / 0.0110913016588) * 1e-7,
  longitude: origin.longitude + (east / 0.00951345743591) * 1e-7,
  height: origin.height + up,
});

describe('coordinates', () => {
  // Reference values: the definitions of WGS84 evaluated with 50 digits (mpmath), beside them the radii of curvature by hand:
  // 1e-7° is 0.01109130166 m north and 0.009513457436 m east at this place.
  it('of the earth-centred frame', () => {
    const [x, y, z] = toEcef(origin);
    expect([x, y, z].map((each) => each.toFixed(6))).toEqual(['-1272466.229576', '5300203.293501', '3304922.248936']);
  });

  it.each([
    [{ latitude: 31.4000001, longitude: 103.5, height: 2100 }, { east: 0, north: 0.0110913016587959, up: 0 }],
    [{ latitude: 31.4, longitude: 103.5000001, height: 2100 }, { east: 0.00951345743591124, north: 0, up: 0 }],
    [{ latitude: 31.4, longitude: 103.5, height: 2100.0123 }, { east: 0, north: 0, up: 0.0123 }],
    [{ latitude: 31.4000012, longitude: 103.4999987, height: 2099.95 }, { east: -0.1236749441251557, north: 0.1330956196007822, up: -0.0500000025913 }],
    [{ latitude: 31.45, longitude: 103.52, height: 2350 }, { east: 1901.75660139892, north: 5546.062874512155, up: 247.2968358596046 }],
  ])('seen from the origin: %j', (position, expected) => {
    const local = toLocal(origin, position);
    expect(Math.abs(local.east - expected.east)).toBeLessThan(5e-9);
    expect(Math.abs(local.north - expected.north)).toBeLessThan(5e-9);
    expect(Math.abs(local.up - expected.up)).toBeLessThan(5e-9);
  }); // prettier-ignore

  it('of the other half of the world', () => {
    const { east, north, up } = toLocal(
      { latitude: -33.8, longitude: -151.2, height: 12.5 },
      { latitude: -33.8000009, longitude: -151.1999991, height: 12.4 },
    );
    expect([east, north, up].map((each) => each.toFixed(8))).toEqual(['0.08334082', '-0.09982710', '-0.10000000']);
  });
});

describe('displacement', () => {
  it('is counted in millimetres from the baseline', () => {
    expect(displacement({ latitude: 31.4000012, longitude: 103.4999987, height: 2099.95 }, epoch('2026-01-01T00:00:00Z'))).toEqual({
      north: 133.096,
      east: -123.675,
      up: -50,
    });
    expect(
      displacement({ east: 1.25, north: -2, up: 0.5 }, epoch('2026-01-01T00:00:00Z', { origin: { east: 1, north: -2, up: 1 } })),
    ).toEqual({
      north: 0,
      east: 250,
      up: -500,
    });
  });

  it.each([
    ['a local solution and a geodetic baseline', { east: 0, north: 0, up: 0 }, {}, /other coordinates/],
    ['a geodetic solution and a local baseline', origin, { origin: { east: 0, north: 0, up: 0 } }, /other coordinates/],
    ['ENU read as degrees', { latitude: 1.2, longitude: 3.4, height: 5 }, {}, /km from its baseline/],
    ['no number', { ...origin, height: Number.NaN }, {}, /km from its baseline/],
  ])('refuses %s', (_, position, more, words) =>
    expect(displacement(position, epoch('2026-01-01T00:00:00Z', more))).toEqual({ fault: expect.stringMatching(words) }),
  );

  it('along the main slide direction is the horizontal part that points there', () => {
    expect(alongSlide({ north: 10, east: 0, up: 99 }, 0)).toBe(10);
    expect(alongSlide({ north: 10, east: 0, up: 99 }, 180)).toBe(-10);
    expect(alongSlide({ north: 0, east: 10, up: 0 }, 90)).toBe(10);
    expect(alongSlide({ north: 3, east: 4, up: 0 }, 53.13010235415598)).toBe(5);
    expect(alongSlide({ north: 10, east: 10, up: 0 }, 225)).toBe(-14.142);
  });

  it('keeps its length whatever the direction, and is a projection', () =>
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: -500, max: 500 })),
        fc.integer({ min: 0, max: 359 }),
        ([n, e, u], direction) => {
          const found = displacement(moved(n / 1000, e / 1000, u / 1000), epoch('2026-01-01T00:00:00Z'));
          if ('fault' in found) throw new Error(found.fault);
          expect(Math.abs(found.north - n) + Math.abs(found.east - e) + Math.abs(found.up - u)).toBeLessThan(0.05);
          const along = alongSlide(found, direction);
          const across = alongSlide(found, direction + 90);
          expect(Math.abs(Math.hypot(along, across) - Math.hypot(found.north, found.east))).toBeLessThan(0.01);
        },
      ),
      { numRuns: 300 },
    ));
});

describe('baseline epochs', () => {
  const epochs = [epoch('2026-01-01T00:00:00Z'), epoch('2026-03-01T00:00:00Z'), epoch('2026-05-01T08:00:00+08:00')];
  it.each([
    ['2025-12-31T23:59:59Z', undefined],
    ['2026-01-01T00:00:00Z', 0],
    ['2026-02-28T23:59:59Z', 0],
    ['2026-03-01T00:00:00Z', 1],
    ['2026-05-01T00:00:00Z', 2],
  ])('a solution of %s belongs to epoch %s', (time, at) =>
    expect(baselineAt(epochs, Date.parse(time))).toBe(at === undefined ? undefined : epochs[at]),
  );

  it('setInitial counts from zero again', () => {
    const position = moved(0.02, 0, 0);
    expect(displacement(position, afterSetInitial('2026-03-01T00:00:00Z', position))).toEqual({ north: 0, east: 0, up: 0 });
  });

  it('a moved base station moves no monument: displacement goes on from where it was', () => {
    const before = displacement(moved(0.02, 0.005, 0), epoch('2026-01-01T00:00:00Z'));
    if ('fault' in before) throw new Error(before.fault);
    // The new base shifts every solution by 3 m; the monument itself creeps on by 4 mm.
    const after = afterBaseMoved('2026-03-01T00:00:00Z', before, moved(3.02, 0.005, 0));
    expect(displacement(moved(3.02, 0.005, 0), after)).toEqual(before);
    const later = displacement(moved(3.024, 0.005, 0), after);
    expect('north' in later && Math.abs(later.north - 24)).toBeLessThan(0.01);
  });
});

describe('a solution', () => {
  const solution = (more: Partial<GnssSolution>): GnssSolution => ({ time: 0, position: origin, quality: 'fixed', called: '4', ...more });
  it.each<[string, Partial<GnssSolution>, string | RegExp]>([
    ['fixed', {}, 'fixed'],
    ['fixed with a ratio of 3', { ratio: 3 }, 'fixed'],
    ['fixed with a doubtful ratio', { ratio: 2.9 }, 'float'],
    ['fixed with no readable ratio', { ratio: Number.NaN }, 'float'],
    ['float', { quality: 'float', ratio: 1 }, 'float'],
    ['fixed on corrections 30 s old', { age: 30 }, 'fixed'],
    ['fixed on older ones', { age: 30.1 }, /30.1 s old/],
    ['fixed on corrections of the future', { age: -31 }, /-31 s old/],
    ['of a single point', { quality: 'other', called: '1 (GGA)' }, /quality 1 \(GGA\)/],
  ])('%s', (_, more, expected) => {
    const judged = judgeSolution(solution(more));
    if (typeof expected === 'string') expect(judged).toBe(expected);
    else expect(judged).toEqual({ refused: expect.stringMatching(expected) });
  });
});
