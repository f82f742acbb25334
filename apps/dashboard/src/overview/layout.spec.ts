import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layout, niceStep, textWidth, type Place } from './layout.js';

const place = fc.record({
  longitude: fc.double({ min: 102, max: 104, noNaN: true }),
  latitude: fc.double({ min: 31, max: 33, noNaN: true }),
  rank: fc.integer({ min: 0, max: 4 }),
  radius: fc.constantFrom(11, 22),
});
const places = fc
  .array(place, { minLength: 1, maxLength: 40 })
  .map((list): Place[] => list.map((one, i) => ({ ...one, id: `p${i}`, label: `隐患点${i}` })));

describe('situation map', () => {
  it('keeps every point inside the drawing and every label off every other label', () => {
    fc.assert(
      fc.property(places, (list) => {
        const { places: placed } = layout(list, 800, 500);
        for (const one of placed) {
          expect(one.x).toBeGreaterThan(0);
          expect(one.x).toBeLessThan(800);
          expect(one.y).toBeGreaterThan(0);
          expect(one.y).toBeLessThan(500);
        }
        const boxes = placed.flatMap((one, i) => {
          if (!one.label) return [];
          const width = textWidth(list[i]!.label);
          const left =
            one.label.anchor === 'start' ? one.label.x : one.label.anchor === 'end' ? one.label.x - width : one.label.x - width / 2;
          return [{ left, right: left + width, y: one.label.y }];
        });
        boxes.forEach((a, i) =>
          boxes.slice(i + 1).forEach((b) => expect(a.right <= b.left || b.right <= a.left || Math.abs(a.y - b.y) >= 17).toBe(true)),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('is true to scale: one kilometre is as long to the north as to the east', () => {
    const centre = { latitude: 32, longitude: 103, rank: 0, radius: 11, label: '' };
    const [a, east, north] = layout(
      [
        { ...centre, id: 'a' },
        { ...centre, id: 'e', longitude: 103 + 0.05 / Math.cos((32.025 * Math.PI) / 180) },
        { ...centre, id: 'n', latitude: 32.05 },
      ],
      900,
      600,
    ).places;
    expect(east!.x - a!.x).toBeCloseTo(a!.y - north!.y, 6);
  });

  it('gives the label to the stronger point where only one has room', () => {
    const at = { longitude: 103, latitude: 32, label: '一个相当长的隐患点名称写在这里占位' };
    const placed = layout(
      [
        { ...at, id: 'weak', rank: 0, radius: 11 },
        { ...at, id: 'strong', rank: 4, radius: 11 },
      ],
      330,
      60,
    ).places;
    expect(placed.find((one) => one.id === 'strong')?.label).toBeNull();
    const wide = layout(
      [
        { ...at, id: 'weak', rank: 0, radius: 11 },
        { ...at, id: 'strong', rank: 4, radius: 11 },
      ],
      530,
      40,
    ).places;
    expect(wide.find((one) => one.id === 'strong')?.label?.anchor).toBe('start');
  });

  it('steps in ones, twos and fives', () => {
    expect([0.7, 3, 9, 1, 0.021].map(niceStep)).toEqual([0.5, 2, 5, 1, 0.02]);
  });
});
