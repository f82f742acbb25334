import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '#libs/contracts';
import { AboveBedDetector } from './above-bed.js';

const step = 10 * MINUTE;
const fed = (level: (hour: number) => number, hours: number) => {
  const detector = new AboveBedDetector(DAY);
  for (let at = 0; at <= hours * 6; at += 1) detector.feed(at * step, level(at / 6));
  return detector;
};

describe('level above the bed', () => {
  it('is the surge with its first sample', () => {
    const detector = fed(() => 812.4, 30);
    expect(detector.value).toBe(0);
    detector.feed(30 * HOUR + step, 814.9);
    expect(detector.value).toBeCloseTo(2.5, 9);
    expect(detector.detail).toEqual({ bed: 812.4 });
  });
  it('stays for half the window and then becomes the bed', () => {
    const deposit = (hour: number) => (hour < 30 ? 0 : 2);
    expect(fed(deposit, 41).value).toBe(2);
    expect(fed(deposit, 44).value).toBe(0);
  });
  it('is not lifted by spikes while the bed is learned', () => {
    const detector = fed((hour) => (hour % 5 === 0 ? 30 : 1), 30);
    expect(detector.detail?.bed).toBe(1);
  });
  it('is unknown until a third of the window has been seen', () => {
    expect(fed(() => 1, 7).why).toBe('warming-up');
    expect(fed(() => 1, 9).value).toBe(0);
    expect(new AboveBedDetector(DAY).why).toBe('no-data');
  });
  it('is newest minus the median of the blocks before by definition, one sample a block, whatever comes late', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 26, maxLength: 26 }), fc.nat(20), (levels, late) => {
        const detector = new AboveBedDetector(DAY);
        const times = levels.map((_, at) => at * HOUR + 1);
        levels.forEach((level, at) => at !== 3 + late && detector.feed(times[at] ?? 0, level));
        detector.feed(times[3 + late] ?? 0, levels[3 + late] ?? 0);
        // Blocks are hours; the window of a day touches 25 of them, of which the last is running.
        const before = levels.slice(1, -1).toSorted((a, b) => a - b);
        const bed = ((before[11] ?? 0) + (before[12] ?? 0)) / 2;
        expect(detector.value).toBeCloseTo((levels.at(-1) ?? 0) - bed, 9);
      }),
    );
  });
});
