import { expect, it } from 'vitest';
import { DAY, HOUR, Retention } from '#libs/contracts';
import { believable, cutoffs } from './cutoffs.js';

const now = Date.parse('2026-11-21T15:00:00Z');
const midnight = Date.parse('2026-11-21T00:00:00Z');

it('keeps whole days, and 0 for ever', () => {
  const old = cutoffs(Retention.parse({ readings: 100, quarantine: 30 }), now);
  expect([old.readings, old.quarantine, old.days]).toEqual([midnight - 100 * DAY, midnight - 30 * DAY, -Infinity]);
});

it('never keeps a coarser resolution shorter than a finer one', () => {
  const old = cutoffs(Retention.parse({ readings: 400, minutes: 30, hours: 60, days: 30 }), now);
  expect([old.minutes, old.hours, old.days]).toEqual([old.readings, old.readings, old.readings]);
  expect(cutoffs(Retention.parse({ readings: 0, minutes: 30, hours: 30, days: 30 }), now).days).toBe(-Infinity);
});

it('keeps everything longer than asked for by less than a day', () => {
  for (let hour = 0; hour < 24; hour += 1) {
    const kept = (midnight + hour * HOUR - cutoffs(Retention.parse({ readings: 30 }), midnight + hour * HOUR).readings) / DAY;
    expect(kept).toBeGreaterThanOrEqual(30);
    expect(kept).toBeLessThan(31);
  }
});

it('does not believe a clock that has leapt: a week at a time', () => {
  expect(believable(now, undefined)).toBe(now);
  expect(believable(now, now - DAY)).toBe(now);
  expect(believable(now + 3650 * DAY, now)).toBe(now + 7 * DAY);
  expect(believable(now, now + 3650 * DAY)).toBe(now);
});
