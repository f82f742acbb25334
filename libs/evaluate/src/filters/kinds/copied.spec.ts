import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noise } from '../../fakes/drive.js';
import { CopiedFilter } from './copied.js';

const run = 6;
const fed = (values: readonly number[], filter = new CopiedFilter(10_000, run)) => {
  const passed: number[] = [];
  const whys = values.map((value, time) => {
    filter.feed(time, value, (_, v) => passed.push(v));
    return filter.why;
  });
  return { passed, whys };
};
/** GNSS of ±2 mm to a tenth. */
const living = (count: number, seedling = 1): number[] => {
  const gauss = noise(seedling);
  return Array.from({ length: count }, () => Math.round(20 * gauss()) / 10);
};

describe('copied', () => {
  it('leaves out a block pasted again, from its first value, and says so while it lasts', () => {
    const before = living(60);
    const block = before.slice(10, 22);
    const { passed, whys } = fed([...before, ...block, 99.9, 98.7]);
    expect(passed).toEqual([...before, 99.9, 98.7]);
    expect(whys.slice(60 + run - 1, 72)).toEqual(Array.from({ length: 12 - run + 1 }, () => 'copied'));
    expect(whys.slice(72)).toEqual([undefined, undefined]);
  });

  it('lets motion through at once: values never seen before', () => {
    const filter = new CopiedFilter(10_000, run);
    for (let at = 0; at < 50; at += 1) {
      const passed: number[] = [];
      filter.feed(at, at ** 2, (_, v) => passed.push(v));
      expect(passed).toEqual([at ** 2]);
    }
  });

  it('finds nothing in a year of honest hours, and none waits longer than a run', () => {
    const { passed, whys } = fed(living(8760));
    expect(whys.every((one) => one === undefined)).toBe(true);
    expect(passed.length).toBeGreaterThan(8760 - run);
  });

  it('takes no still instrument for a copy', () => {
    const { passed, whys } = fed(Array.from({ length: 100 }, (_, at) => (at % 7 === 0 ? 10.1 : 10)));
    expect(whys.every((one) => one === undefined)).toBe(true);
    expect(passed.length).toBeGreaterThan(100 - run);
  });

  it('does not look back further than its window', () => {
    const block = living(8);
    const { whys } = fed([...block, ...living(40, 7), ...block], new CopiedFilter(20, run));
    expect(whys.every((one) => one === undefined)).toBe(true);
  });

  it('passes what it does not leave out, in order (property)', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 80 }), (values) => {
        const { passed, whys } = fed(values);
        if (whys.includes('copied')) expect(passed.length).toBeLessThan(values.length);
        else expect(values.slice(0, passed.length)).toEqual(passed);
      }),
    ));
});
