import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, type DataGap } from '#libs/contracts';
import { GapDetector, GIVE_UP_AFTER_MS, missingBetween } from './gap.js';

const minute = 60_000;
const start = Date.parse('2026-07-01T00:00:00Z');
const sample = (n: number, channel = 'L1_GP_1.gpsTotalX') => ({
  deviceId: 'A',
  hazardPoint: '513221010001',
  channel,
  time: start + n * minute,
});
const detector = (open: DataGap[] = []) => {
  const made = new GapDetector((id) => (id === 'A' ? 60 : undefined));
  made.prime(open);
  return made;
};
/** Gaps as minutes: from, to, missing of each hole. */
const shown = (gaps: readonly DataGap[]) =>
  gaps.map(({ from, to, missing, holes, state }) => ({
    span: [(from - start) / minute, (to - start) / minute],
    missing,
    state,
    holes: holes.map((hole) => [(hole.from - start) / minute, (hole.to - start) / minute, hole.missing]),
  }));

describe('a gap', () => {
  it('is where uploads are missing between two samples, by the interval of the device', () => {
    const gaps = detector().follow([sample(0), sample(1), sample(5), sample(6)], start);
    expect(shown(gaps)).toEqual([{ span: [1, 5], missing: 3, state: 'open', holes: [[1, 5, 3]] }]);
  });

  it.each([
    [1.49, 0],
    [1.5, 1],
    [2.49, 1],
    [2.5, 2],
  ])('%f intervals apart: %i missing', (apart, missing) => expect(missingBetween(start, start + apart * minute, 60)).toBe(missing));

  it('is none before the first sample, for unknown devices, and for several values of one time', () => {
    const one = detector();
    expect(one.follow([sample(0), sample(0, 'L1_GP_1.gpsTotalY'), sample(1)], start)).toEqual([]);
    expect(one.follow([{ ...sample(0), deviceId: 'B' }, { ...sample(90), deviceId: 'B' }], start)).toEqual([]); // prettier-ignore
  });

  it('is not closed by what the device says of itself', () => {
    const one = detector();
    expect(shown(one.follow([sample(0), sample(1, 'S1_ZT_1.temp'), sample(2, 'S1_ZT_1.temp'), sample(3)], start))).toHaveLength(1);
  });

  it('shrinks and is split by what comes later, and is filled by the last of it', () => {
    const one = detector();
    one.follow([sample(0), sample(5)], start);
    expect(shown(one.follow([sample(2)], start))).toEqual([{ span: [0, 5], missing: 4, state: 'open', holes: [[0, 2, 1], [2, 5, 2]] }]); // prettier-ignore
    expect(shown(one.follow([sample(4), sample(1)], start))).toEqual([{ span: [0, 5], missing: 4, state: 'open', holes: [[2, 4, 1]] }]);
    const [filled] = one.follow([sample(3)], start + 7);
    expect(filled).toMatchObject({ state: 'filled', holes: [], endedAt: start + 7 });
    expect(one.open).toBe(0);
  });

  it('is nothing to tell of when it is filled in the same breath', () =>
    expect(detector().follow([sample(0), sample(3), sample(1), sample(2)], start)).toEqual([]));

  it('is filled after a restart too', () => {
    const [gap] = detector().follow([sample(0), sample(2)], start);
    const restarted = detector(gap ? [gap] : []);
    restarted.follow([sample(2)], start);
    expect(shown(restarted.follow([sample(1)], start))).toMatchObject([{ state: 'filled' }]);
  });

  it('is given up when no device can still have the data, and when there are too many', () => {
    const one = detector();
    one.follow([sample(0), sample(2)], start);
    expect(one.giveUp(start + GIVE_UP_AFTER_MS - 1)).toEqual([]);
    expect(shown(one.giveUp(start + 30 * DAY))).toMatchObject([{ state: 'given-up' }]);
    const many = detector();
    const told = many.follow(Array.from({ length: 100 }, (_, n) => sample(2 * n)), start); // prettier-ignore
    expect([many.open, told.filter(({ state }) => state === 'given-up').length]).toEqual([32, 67]);
  });
});

it('whatever order all samples come in, nothing is left open; what never comes is what is missing', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8, 9], { minLength: 0 }), (came) => {
      const one = detector();
      const last = new Map<number, DataGap>();
      for (const n of [0, 10, ...came]) for (const gap of one.follow([sample(n)], start)) last.set(gap.from, gap);
      const missing = [...last.values()].flatMap(({ holes }) => holes).reduce((sum, hole) => sum + hole.missing, 0);
      expect(missing).toBe(9 - came.length);
      expect(one.open).toBe(came.length === 9 ? 0 : 1);
    }),
    { numRuns: 300 },
  );
});
