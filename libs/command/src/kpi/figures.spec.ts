import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '#libs/contracts';
import { civilDay, dayOfText, dayStart, dayText, monthStart } from './civil-day.js';
import { deviceFigures, samplesDue, together, type MeasuredDevice } from './figures.js';

const day = dayOfText('2026-11-10');
const start = dayStart(day);
const device = (over: Partial<MeasuredDevice> = {}): MeasuredDevice => ({
  intervals: [{ from: start - 10 * DAY, seconds: 3600 }],
  until: start + 100 * DAY,
  samples: new Map(),
  commands: 0,
  commandsSucceeded: 0,
  ...over,
});

describe('civil days', () => {
  it('begin at midnight in Beijing', () => {
    expect(dayText(civilDay(Date.parse('2026-11-09T15:59:59.999Z')))).toBe('2026-11-09');
    expect(dayText(civilDay(Date.parse('2026-11-09T16:00:00Z')))).toBe('2026-11-10');
    expect(new Date(start).toISOString()).toBe('2026-11-09T16:00:00.000Z');
    expect(dayText(monthStart(day))).toBe('2026-11-01');
    expect(dayOfText('2026-02-30')).toBeNaN();
  });
});

describe('what was due', () => {
  it('follows the interval in force: 6 h at 1 h, 2 h at 1 min, 16 h at 1 h are 6 + 120 + 16 = 142', () => {
    const intervals = [
      { from: start - 10 * DAY, seconds: 3600 },
      { from: start + 6 * HOUR, seconds: 60 },
      { from: start + 8 * HOUR, seconds: 3600 },
    ];
    expect(samplesDue(intervals, start, start + DAY)).toBeCloseTo(142, 9);
    const figures = deviceFigures(device({ intervals, samples: new Map([[day, 71]]) }), day, day);
    expect(together([figures])).toMatchObject({ expected: 142, received: 71, transmissionRate: 0.5, onlineRate: 1 });
  });

  it('begins with the registration and ends with now or the end of the point', () => {
    const young = device({ intervals: [{ from: start + 18 * HOUR, seconds: 3600 }], until: start + 21 * HOUR + 30 * MINUTE });
    expect(deviceFigures(young, day - 5, day + 5)).toMatchObject({ expected: 3, dueDays: 1, onlineDays: 0 });
    expect(deviceFigures({ ...young, until: start + 18 * HOUR + 59 * MINUTE }, day, day)).toMatchObject({ expected: 0, dueDays: 0 });
  });

  it('adds up parts: a device that reports every three days owes ten in thirty', () => {
    const rare = device({ intervals: [{ from: start, seconds: 3 * 86_400 }] });
    expect(deviceFigures(rare, day, day + 29)).toMatchObject({ expected: 10 });
  });
});

describe('what came', () => {
  it('is no more than was due that day: a dense day does not hide a silent one', () => {
    const samples = new Map([
      [day, 1440],
      [day + 1, 0],
    ]);
    expect(together([deviceFigures(device({ samples }), day, day + 1)])).toMatchObject({
      expected: 48,
      received: 24,
      transmissionRate: 0.5,
      dueDays: 2,
      onlineDays: 1,
      onlineRate: 0.5,
    });
  });

  it('covers the days of its interval, and no more', () => {
    const rare = device({ intervals: [{ from: start - 30 * DAY, seconds: 3 * 86_400 }], samples: new Map([[day, 1]]) });
    expect(deviceFigures(rare, day, day + 5)).toMatchObject({ dueDays: 6, onlineDays: 3 });
  });
});

it('several devices are sums of what was due and came, never a mean of rates', () => {
  const all = deviceFigures(device({ samples: new Map([[day, 24]]), commands: 1, commandsSucceeded: 1 }), day, day);
  const none = deviceFigures(device({ intervals: [{ from: 0, seconds: 60 }], commands: 3 }), day, day);
  expect(together([all, none])).toEqual({
    dueDays: 2,
    onlineDays: 1,
    onlineRate: 0.5,
    expected: 24 + 1440,
    received: 24,
    transmissionRate: 24 / 1464,
    commands: 4,
    commandsSucceeded: 1,
    commandCompletionRate: 0.25,
  });
  expect(together([])).toMatchObject({ onlineRate: null, transmissionRate: null, commandCompletionRate: null });
});
