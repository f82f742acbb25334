import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, levelRank, warningLevels, type Certainty, type PointLevel } from '#libs/contracts';
import { scoreOf } from './score.js';
import { alarmsOf, type LevelStep } from './stretch.js';
import { summaryOf } from './summary.js';
import { verify, type EventRule, type KnownEvent } from './verify.js';

const rule: EventRule = { before: 7 * DAY, tolerance: 0, after: 7 * DAY };
const year = { from: 0, to: 364 * DAY };
const step = (
  day: number,
  level: PointLevel,
  certainty: Certainty | null = level === 'none' || level === 'unknown' ? null : 'confirmed',
  confirmedLevel: PointLevel = level,
): LevelStep => ({
  at: day * DAY,
  level,
  certainty,
  confirmedLevel,
  late: false,
});
const event = (day: number, outcome: KnownEvent['outcome'] = 'event'): KnownEvent => ({ at: day * DAY, outcome });
/** A red warning between two days, on a calm point. */
const red = (from: number, to: number): LevelStep[] => [step(from, 'red'), step(to, 'none')];
const judged = (steps: LevelStep[], events: KnownEvent[]) => verify([step(0, 'none'), ...steps], year, events, 'red', 'confirmed', rule);

describe('verify', () => {
  it('a warning in force before the event is a hit, and its lead is counted from its beginning', () => {
    expect(judged(red(90, 101), [event(100)])).toMatchObject({ hits: 1, misses: 0, falseAlarms: 0, leads: [10 * DAY] });
    // Over before its time had come.
    expect(judged(red(90, 92), [event(100)])).toMatchObject({ hits: 0, misses: 1, falseAlarms: 1 });
    expect(judged(red(94, 95), [event(100)])).toMatchObject({ hits: 1, leads: [6 * DAY] });
  });

  it('a warning that begins with the event is one of it, a moment later is none, unless the time of the event is uncertain', () => {
    expect(judged(red(100, 101), [event(100)])).toMatchObject({ hits: 1, leads: [0] });
    expect(judged(red(100.1, 101), [event(100)])).toMatchObject({ hits: 0, misses: 1, aftermath: 1, falseAlarms: 0 });
    const loose = verify([step(0, 'none'), ...red(100.1, 101)], year, [event(100)], 'red', 'confirmed', { ...rule, tolerance: 6 * HOUR });
    expect(loose).toMatchObject({ hits: 1, aftermath: 0 });
  });

  it('several warnings of one event are one hit, with the lead of the earliest', () => {
    expect(judged([...red(94, 95), ...red(97, 101)], [event(100)])).toMatchObject({ hits: 1, leads: [6 * DAY], falseAlarms: 0 });
  });

  it('what nobody can judge is counted as unknown: near a doubtful event, or at the end of the record', () => {
    expect(judged(red(94, 95), [event(100, 'unknown')])).toMatchObject({ falseAlarms: 0, unknownAlarms: 1, unknownEvents: 1, misses: 0 });
    expect(judged(red(360, 363), [])).toMatchObject({ falseAlarms: 0, unknownAlarms: 1 });
    expect(judged([step(350, 'red')], [])).toMatchObject({ unknownAlarms: 1 });
    expect(judged(red(350, 356), [])).toMatchObject({ falseAlarms: 1 });
  });

  it('a miss in the dark is told apart, and an event outside the record is not scored', () => {
    expect(judged([step(80, 'unknown'), step(101, 'none')], [event(100)])).toMatchObject({ misses: 1, blind: 1 });
    expect(judged([step(95, 'unknown')], [event(100)])).toMatchObject({ misses: 1, blind: 0 });
    expect(judged([], [event(-1), event(400)])).toMatchObject({ outside: 2, misses: 0 });
  });

  it('quiet time is counted in pieces, without those near an event', () => {
    expect(judged([], [])).toMatchObject({ quiet: 52, quietWithAlarm: 0, judgedTime: 364 * DAY, alarmTime: 0 });
    expect(judged(red(10, 11), [])).toMatchObject({ quiet: 52, quietWithAlarm: 1, alarmTime: DAY });
    // Days 93 to 107 touch the pieces that begin on 91, 98 and 105.
    expect(judged([], [event(100)])).toMatchObject({ quiet: 49 });
  });

  it('late data warned nobody', () => {
    expect(judged([{ ...step(90, 'red'), late: true }, step(101, 'none')], [event(100)])).toMatchObject({ misses: 1 });
  });

  it('every event is hit or missed once, and every warning is of an event, false, unknown or aftermath', () => {
    const days = fc.uniqueArray(fc.integer({ min: 1, max: 363 }), { maxLength: 24 });
    fc.assert(
      fc.property(days, days, fc.constantFrom(...warningLevels), (changes, eventDays, level) => {
        const steps = [0, ...changes.toSorted((a, b) => a - b)].map((day, i) => step(day, i % 2 === 0 ? 'none' : level));
        const events = eventDays.map((day) => event(day));
        const found = verify(steps, year, events, level, 'confirmed', rule);
        expect(found.hits + found.misses).toBe(events.length);
        const alarms = alarmsOf(steps, year, level, 'confirmed');
        expect(found.falseAlarms + found.unknownAlarms + found.aftermath).toBeLessThanOrEqual(alarms.length);
        if (events.length === 0) expect(found.falseAlarms + found.unknownAlarms).toBe(alarms.length);
        expect(found.quietWithAlarm).toBeLessThanOrEqual(found.quiet);
      }),
    );
  });
});

describe('alarmsOf', () => {
  const steps = [
    step(1, 'orange', 'awaiting-persistence', 'none'),
    step(2, 'orange', 'awaiting-corroboration', 'none'),
    step(3, 'red', 'awaiting-persistence', 'none'),
    step(4, 'red', 'confirmed'),
    step(5, 'none'),
  ];
  it.each([
    ['any', 1],
    ['told', 2],
    ['confirmed', 4],
  ] as const)('%s begins on day %i and is one warning to its end', (counted, day) => {
    expect(alarmsOf(steps, year, 'orange', counted)).toEqual([{ from: day * DAY, to: 5 * DAY }]);
  });

  it('a level that came and went in the same millisecond is there all the same', () => {
    expect(alarmsOf([step(1, 'red'), step(1, 'none')], year, 'red', 'any')).toEqual([{ from: DAY, to: DAY }]);
  });
});

describe('scoreOf', () => {
  it('adds up points and measures them', () => {
    const good = judged(red(95, 101), [event(100)]);
    const poor = judged(red(10, 11), [event(100)]);
    const score = scoreOf([good, poor]);
    expect(score).toMatchObject({ hits: 1, misses: 1, falseAlarms: 1, quiet: 98, quietWithAlarm: 1 });
    expect([score.pod.value, score.far.value, score.csi.value]).toEqual([0.5, 0.5, 1 / 3]);
    expect(score.pofd.value).toBeCloseTo(1 / 98, 12);
    expect(score.tss.value).toBeCloseTo(0.5 - 1 / 98, 12);
    expect(score.falseAlarmsPerStationYear.value).toBeCloseTo(1 / ((2 * 364) / 365.25), 9);
    expect(score.lead).toEqual({ median: 5 * 86_400, p10: 5 * 86_400, least: 5 * 86_400 });
  });
});

describe('summaryOf', () => {
  const steps = [
    step(1, 'none'),
    step(90, 'yellow'),
    step(95, 'red', 'awaiting-corroboration', 'yellow'),
    step(99, 'red'),
    step(101, 'none'),
  ];
  it('says when each level was first in force and how long before the failure; a stronger level counts for the weaker ones', () => {
    const found = summaryOf(steps, year, 100 * DAY);
    expect(found.firstAt).toEqual({
      blue: '1970-04-01T00:00:00.000Z',
      yellow: '1970-04-01T00:00:00.000Z',
      orange: '1970-04-06T00:00:00.000Z',
      red: '1970-04-06T00:00:00.000Z',
    });
    expect(found.confirmedAt.red).toBe('1970-04-10T00:00:00.000Z');
    expect(found.leadSeconds).toEqual({ blue: 864_000, yellow: 864_000, orange: 432_000, red: 432_000 });
    expect(found.confirmedLeadSeconds).toMatchObject({ yellow: 864_000, red: 86_400 });
    expect(summaryOf(steps, year).leadSeconds).toBeNull();
  });

  it('a warning given up long before the failure gives no lead', () => {
    expect(summaryOf([...red(10, 20)], year, 100 * DAY).leadSeconds).toEqual({});
  });

  it('time in all levels together is the whole period, the unsaid beginning unknown', () => {
    const days = fc.uniqueArray(fc.integer({ min: 1, max: 363 }), { maxLength: 24 });
    fc.assert(
      fc.property(days, (changes) => {
        const all = changes
          .toSorted((a, b) => a - b)
          .map((day, i) => step(day, (['none', ...warningLevels, 'unknown'] as const)[i % 6] ?? 'none'));
        const time = summaryOf(all, year).timeInLevelSeconds;
        expect(Object.values(time).reduce((sum, one) => sum + one, 0)).toBe(364 * 86_400);
        expect(time.unknown).toBeGreaterThanOrEqual((changes.length > 0 ? Math.min(...changes) : 364) * 86_400);
        expect(all.every(({ level }) => levelRank(level) === 0 || time[level] > 0)).toBe(true);
      }),
    );
  });
});
