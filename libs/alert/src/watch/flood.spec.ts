import type { SystemAlarm, WarningLevel, WarningRecord } from '#libs/contracts';
import { HOUR, MINUTE, toIso } from '#libs/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { T0, warningOf } from '../fakes/fixtures.js';
import { FloodWatch, type FloodNews } from './flood.js';

const settings = { points: 3, withinMinutes: 10 };
const news = (n: number, at: number, level: WarningLevel = 'yellow', change: Partial<WarningRecord> = {}): FloodNews => ({
  warning: warningOf({ id: `w${n}`, hazardPoint: `51322101000${n}`, level, updatedAt: toIso(at), ...change }),
  pointName: `坡${n}`,
});

describe('many points that rise together', () => {
  let watch: FloodWatch;
  const hear = (n: number, minute: number, level: WarningLevel = 'yellow', change: Partial<WarningRecord> = {}): SystemAlarm[] =>
    watch.heard([news(n, T0 + minute * MINUTE, level, change)], T0 + minute * MINUTE, settings);
  beforeEach(() => {
    watch = new FloodWatch();
  });

  it('are one alarm that names them, the highest first, and says how many the rain raised', () => {
    const rain = { reasons: [{ code: 'threshold-reached', channel: 'L3_YL_1', text: { zh: '', en: '' } }] };
    expect([hear(1, 0, 'yellow', rain), hear(2, 4, 'red', rain)].flat()).toEqual([]);
    const [alarm] = hear(3, 9);
    expect(alarm).toMatchObject({
      code: 'flood:513221',
      standing: true,
      level: 'red',
      owner: 'duty',
      about: ['513221010002', '513221010001', '513221010003'],
    });
    expect(alarm?.text.zh).toContain('坡2(红)、坡1(黄)、坡3(黄)');
    expect(alarm?.text.zh).toContain('2 处由降雨触发');
  });

  it('are found from each of them: what belongs together, as far as it may be seen', () => {
    for (const [n, level] of [
      [1, 'yellow'],
      [2, 'red'],
      [3, 'yellow'],
    ] as const)
      hear(n, n, level);
    const of = (id: string, divisionCode = '513221') => watch.eventOf({ id, divisionCode });
    expect(of('w1')).toEqual({ id: 'flood:513221', since: toIso(T0 + MINUTE), warnings: ['w2', 'w1', 'w3'] });
    expect(of('w9')).toBeUndefined();
    expect(of('w1', '513222')).toBeUndefined();
    expect(watch.eventOf({ id: 'w1', divisionCode: '513221' }, (point) => point.endsWith('1'))?.warnings).toEqual(['w1']);
    watch.tick(T0 + 7 * HOUR);
    expect(of('w1')).toBeUndefined();
  });

  it('are none when they come one by one, in several counties, or in an exercise', () => {
    expect([hear(1, 0), hear(2, 11), hear(3, 22)].flat()).toEqual([]);
    expect(hear(4, 23, 'red', { divisionCode: '513222' })).toEqual([]);
    expect(hear(5, 23, 'red', { exercise: true })).toEqual([]);
    expect(hear(6, 24)).toEqual([]);
  });

  it('are said again when one joins or rises, not when one is merely written again; end when few are left or the rain is over', () => {
    hear(1, 0);
    hear(2, 1);
    hear(3, 2);
    expect(hear(3, 3)).toEqual([]);
    expect(hear(3, 4, 'orange')).toMatchObject([{ standing: true, level: 'orange' }]);
    expect(hear(4, 12)).toMatchObject([{ about: expect.arrayContaining(['513221010004']) as string[] }]);
    expect(hear(4, 13, 'yellow', { state: 'closed' })).toHaveLength(1);
    expect(hear(1, 14, 'yellow', { active: false })).toMatchObject([{ standing: false, code: 'flood:513221' }]);
    hear(5, 20);
    hear(6, 21);
    expect(hear(7, 22)).toMatchObject([{ standing: true, about: ['513221010005', '513221010006', '513221010007'] }]);
    expect(watch.tick(T0 + 22 * MINUTE + 6 * HOUR)).toMatchObject([{ standing: false }]);
  });

  it('are said at once, and while many rise in one moment once a second, with all of them', () => {
    const at = T0 + MINUTE;
    const rise = (from: number, to: number, ms: number): SystemAlarm[] =>
      Array.from({ length: to - from + 1 }, (_, n) => watch.heard([news(from + n, at + ms)], at + ms, settings)).flat();
    expect(rise(1, 3, 0)).toMatchObject([{ about: { length: 3 } }]);
    expect(rise(4, 9, 400)).toEqual([]);
    expect(watch.tick(at + 900), 'not a second yet').toEqual([]);
    expect(watch.tick(at + 1_000)).toMatchObject([{ standing: true, about: { length: 9 } }]);
    expect(watch.tick(at + 2_000)).toEqual([]);
    const ended = [1, 2, 3, 4, 5, 6, 7].map((n) => news(n, at + 2_100, 'yellow', { state: 'closed' }));
    expect(watch.heard(ended, at + 2_100, settings), 'an end is not held back').toMatchObject([{ standing: false }]);
  });

  it('are known again after a restart from the warnings that are open', () => {
    const open = [1, 2, 3].map((n) => news(n, T0 + n * MINUTE));
    expect(new FloodWatch().heard(open, T0 + HOUR, settings)).toMatchObject([{ standing: true, about: { length: 3 } }]);
  });
});
