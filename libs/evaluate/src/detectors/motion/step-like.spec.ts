import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DAY } from '#libs/contracts';
import { noise } from '../../fakes/drive.js';
import { StepLikeDetector } from './step-like.js';
import { VelocityDetector } from './velocity.js';

const window = 30 * DAY;
const around = 60 * DAY;
/** Twice as fast as ever in its season is no step any more. */
const like = 0.5;

interface Judged {
  day: number;
  rate: number;
  like: number;
}
/** Daily values, by day since the first; rate and likeness of each. */
function judged(values: readonly number[], firstDay = 0): Judged[] {
  const velocity = new VelocityDetector(window);
  const detector = new StepLikeDetector(window, around);
  return values.map((value, at) => {
    const day = firstDay + at;
    velocity.feed(day * DAY, value);
    detector.feed(day * DAY, value);
    return { day, rate: velocity.value ?? 0, like: detector.value ?? Number.NaN };
  });
}
/** Daily values on straight lines between monthly ones. */
function daily(monthly: readonly (readonly [number, number])[]): { firstDay: number; values: number[] } {
  const values: number[] = [];
  for (const [at, [day, value]] of monthly.entries()) {
    const next = monthly[at + 1];
    if (!next) break;
    for (let d = day; d < next[0]; d += 1) values.push(value + ((next[1] - value) * (d - day)) / (next[0] - day));
  }
  return { firstDay: monthly[0]?.[0] ?? 0, values };
}

describe('step-like behaviour (synthetic twin of Bazimen: 2 mm a month, 60 to 140 mm each June and July, ±2 mm)', () => {
  const steps = [80, 60, 110, 90, 140];
  const gauss = noise(12);
  const twin = (runaway: boolean) => {
    let moved = 0;
    return Array.from({ length: 5 * 365 }, (_, day) => {
      const [year, of] = [Math.floor(day / 365), day % 365];
      const inSeason = of >= 150 && of < 190;
      const step = inSeason ? (steps[year] ?? 0) / 40 : 0;
      // The last June it does not stop: Voight, failure on day 200.
      const last = runaway && year === 4 && of >= 150 ? 3 * (50 / Math.max(1, 200 - of)) : 0;
      moved += 2 / 30 + Math.max(step, last);
      return moved + 2 * gauss();
    });
  };
  const alarm = 1.5;

  it('is each June of a velocity of tens of mm a month, from the second year on', () => {
    const fast = judged(twin(false)).filter(({ rate }) => rate >= alarm);
    expect(new Set(fast.map(({ day }) => Math.floor(day / 365))).size).toBe(5);
    expect(fast.filter(({ day }) => day < 365).every((one) => one.like === 0)).toBe(true);
    const later = fast.filter(({ day }) => day >= 365);
    expect(later.length).toBeGreaterThan(100);
    expect(later.every((one) => one.like >= like)).toBe(true);
  });

  it('is not the slope that runs away in the same season, from at least ten days before it fails', () => {
    const days = judged(twin(true)).filter(({ day }) => day >= 4 * 365 + 150 && day < 4 * 365 + 200);
    const since = days.find((one) => one.rate >= alarm && one.like < like);
    expect(4 * 365 + 200 - (since?.day ?? Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(10);
    expect(days.at(-1)?.like).toBeLessThan(like);
  });

  it('is not the first year, nor a sensor just installed: what is not known excuses nothing', () => {
    const values = judged(twin(false).slice(0, 300));
    expect(values.every((one) => one.like === 0)).toBe(true);
    expect(new StepLikeDetector(window, around).value).toBeNull();
  });

  it('answers whether it lies between two bounds as its value does', () => {
    const detector = new StepLikeDetector(window, around);
    let answered = 0;
    twin(true).forEach((value, day) => {
      detector.feed(day * DAY, value);
      const low = (day % 7) - 1.05;
      const now = detector.value ?? Number.NaN;
      if (!detector.surelyBetween(low, low + 3)) return;
      answered += 1;
      expect(now > low && now < low + 3).toBe(true);
    });
    expect(answered).toBeGreaterThan(300);
  });

  it('remembers the earlier years over a restart', () => {
    const values = twin(false);
    const whole = new StepLikeDetector(window, around);
    const again = new StepLikeDetector(window, around);
    values.slice(0, 1000).forEach((value, day) => whole.feed(day * DAY, value));
    values.slice(960, 1000).forEach((value, at) => again.feed((960 + at) * DAY, value));
    again.recall(JSON.parse(JSON.stringify(whole.memory())));
    values.slice(1000).forEach((value, at) => {
      for (const one of [whole, again]) one.feed((1000 + at) * DAY, value);
      expect([again.value, again.detail]).toEqual([whole.value, whole.detail]);
    });
  });
});

// The series may not be shipped (no licence): WANGSHAN_DATA names the folder where they are.
const folder = process.env['WANGSHAN_DATA'];
const file = `${folder ?? ''}/threegorges_bazimen/gps_monthly_displacement.csv`;
const isThere = folder !== undefined && existsSync(file);
if (!isThere) console.info('skipped: Bazimen (set WANGSHAN_DATA to the folder of the series, which may not be shipped)');

describe.skipIf(!isThere)('step-like behaviour of Bazimen, monthly GPS on straight lines between the months', () => {
  const recorded = (point: string) => {
    const monthly = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .filter(([, name]) => name === point)
      .map(([month, , , , moved]) => [Date.parse(`${month ?? ''}-15`) / DAY, Number(moved)] as const);
    const { firstDay, values } = daily(monthly);
    return judged(values, firstDay);
  };

  it.each(['ZG110', 'ZG111'])('is every step of %s from the third summer on, the largest of six years included', (point) => {
    const fast = recorded(point).filter(({ rate, day }) => rate >= 1.5 && day * DAY > Date.UTC(2009, 11));
    expect(fast.length).toBeGreaterThan(60);
    const plain = fast.filter((one) => one.like < like);
    console.info(
      point,
      'days faster than 1.5 mm/d',
      fast.length,
      'not step-like',
      plain.length,
      'least likeness',
      Math.min(...fast.map((one) => one.like)),
    );
    expect(plain).toEqual([]);
  });
});
