import type { WarningRecord } from '#libs/contracts';
import { HOUR, SECOND, toIso } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { contextOf, decisionOf, pointOf, T0 } from './fakes/fixtures.js';
import { judge } from './judge.js';
import { isDue, tick } from './validity.js';

const delayed = pointOf({ release: { red: 'auto-after:60', orange: 'manual', yellow: 'manual', blue: 'manual' } });
const judged = (level: 'red' | 'none', before?: WarningRecord, point = pointOf()): WarningRecord =>
  judge(before, decisionOf(level), contextOf({ point })).warnings.at(-1) as WarningRecord;
const later = (ms: number, point = pointOf()) => contextOf({ point, now: T0 + ms, eventNow: T0 + ms });

describe('tick', () => {
  it('does nothing before its time', () => {
    const record = judged('red');
    expect(isDue(record, later(24 * HOUR - 1))).toBe(false);
    expect(tick(record, later(24 * HOUR - 1)).warnings).toEqual([]);
  });

  it('expires a warning whose rule went quiet, without a message', () => {
    const effects = tick(judged('none', judged('red')), later(24 * HOUR));
    expect(effects.warnings.at(-1)?.state).toBe('expired');
    expect(effects.orders).toEqual([]);
    expect(effects.events.map(({ type }) => type)).toEqual(['warning.state']);
  });

  it('renews a warning whose rule still holds, unless its point is judged no more', () => {
    expect(tick(judged('red'), later(24 * HOUR)).warnings.at(-1)).toMatchObject({
      state: 'confirmed',
      expiresAt: toIso(T0 + 48 * HOUR),
    });
    expect(tick(judged('red'), later(24 * HOUR, pointOf({ closed: true }))).warnings.at(-1)?.state).toBe('expired');
  });

  it('ends the warnings of a drill with the drill, and of a real point never because it was closed', () => {
    const drill = pointOf({ closed: true, drill: { wallStart: toIso(T0), eventStart: toIso(T0 - HOUR), speed: 2, deliver: 'simulator' } });
    const exercise = { ...judged('red'), exercise: true };
    expect(isDue(exercise, later(SECOND, drill))).toBe(true);
    const ended = tick(exercise, later(SECOND, drill));
    expect(ended.warnings.at(-1)?.state).toBe('expired');
    expect(ended.orders).toEqual([]);
    expect(isDue(judged('red'), later(SECOND, pointOf({ closed: true })))).toBe(false);
  });

  it('publishes when the delay of the plan is over, once', () => {
    const record = judged('red', undefined, delayed);
    expect(isDue(record, later(59 * SECOND, delayed))).toBe(false);
    const effects = tick(record, later(60 * SECOND, delayed));
    expect(effects.orders.map(({ order }) => `${order.scope} ${order.kind} v${order.version}`)).toEqual(['public warning v1']);
    const published = effects.warnings.at(-1) as WarningRecord;
    expect(published.releases.public).toMatchObject({ state: 'published', ratified: false, dueAt: null });
    expect(isDue(published, later(HOUR, delayed))).toBe(false);
  });

  it('publishes nothing that is no longer in force when its time comes', () => {
    const record = judged('red', undefined, delayed);
    const quiet = { ...record, active: false };
    const effects = tick(quiet, later(60 * SECOND, delayed));
    expect(effects.orders).toEqual([]);
    expect(effects.warnings.at(-1)?.releases.public).toMatchObject({ state: 'none', dueAt: null });
  });
});
