import type { WarningRecord } from '#libs/contracts';
import { HOUR, MINUTE, SECOND, toIso } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { contextOf, decisionOf, immediate, pointOf, T0 } from './fakes/fixtures.js';
import { act } from './act/act.js';
import { judge } from './judge/judge.js';
import { legalActions } from './act/legal.js';
import { isDue, tick } from './validity.js';

const delayed = pointOf({ release: { red: 'auto-after:60', orange: 'manual', yellow: 'manual', blue: 'manual' } });
const judged = (level: 'red' | 'yellow' | 'none', before?: WarningRecord, point = pointOf()): WarningRecord =>
  judge(before, decisionOf(level), contextOf({ point })).warnings.at(-1) as WarningRecord;
const later = (ms: number, point = pointOf()) => contextOf({ point, now: T0 + ms, eventNow: T0 + ms });

describe('tick', () => {
  it('does nothing before its time', () => {
    const record = judged('yellow');
    expect(isDue(record, later(24 * HOUR - 1))).toBe(false);
    expect(tick(record, later(24 * HOUR - 1)).warnings).toEqual([]);
  });

  it('expires a warning whose rule went quiet, and tells whoever holds its message that this is no all-clear', () => {
    const published = judged('none', judged('red', undefined, immediate('red')), immediate('red'));
    const effects = tick(published, later(24 * HOUR, immediate('red')));
    const ended = effects.warnings.at(-1) as WarningRecord;
    expect(ended).toMatchObject({ state: 'expired', endedAt: toIso(T0 + 24 * HOUR), releases: { public: { state: 'published' } } });
    expect(effects.orders.map(({ order }) => `${order.scope} ${order.kind} v${order.version} of v${order.references?.version}`)).toEqual([
      'public expired v2 of v1',
      'internal expired v2 of v1',
    ]);
    expect(effects.events.map(({ type }) => type)).toEqual(['warning.release', 'warning.state', 'warning.release']);
    expect(legalActions(ended).map(({ action }) => action)).toEqual(expect.arrayContaining(['all-clear', 'dispose']));
  });

  it('says once that a message of the plan was not ratified in time, and nothing of one that was', () => {
    const record = judged('red', undefined, immediate('red'));
    expect(record.releases.public).toMatchObject({ ratified: false, ratifyBy: toIso(T0 + 30 * MINUTE) });
    const at = (ms: number) => later(ms, immediate('red'));
    expect(isDue(record, at(30 * MINUTE - 1))).toBe(false);
    const effects = tick(record, at(30 * MINUTE));
    const overdue = effects.warnings.at(-1) as WarningRecord;
    expect(effects.timeline.map(({ reasons }) => reasons[0]?.code)).toEqual(['ratify-overdue', 'ratify-asked-above']);
    expect(overdue.releases.public).toMatchObject({ ratified: false, ratifyOverdue: true });
    expect(isDue(overdue, at(HOUR - 1))).toBe(false);
    const signed = act(overdue, 'sign', { scope: 'public' }, { username: 'li', roles: ['signer'] }, at(HOUR));
    const { ratifyBy, ratifyOverdue, ratified } = (signed.ok ? signed.effects.warnings.at(-1) : undefined)?.releases.public ?? {};
    expect([ratified, ratifyBy, ratifyOverdue]).toEqual([true, undefined, undefined]);
    const inTime = act(record, 'sign', { scope: 'public' }, { username: 'li', roles: ['signer'] }, at(MINUTE));
    expect(inTime.ok && isDue(inTime.effects.warnings.at(-1) as WarningRecord, at(HOUR))).toBe(false);
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
    expect(isDue(published, later(30 * MINUTE, delayed))).toBe(false);
  });

  it('publishes nothing that is no longer in force when its time comes', () => {
    const record = judged('red', undefined, delayed);
    const quiet = { ...record, active: false };
    const effects = tick(quiet, later(60 * SECOND, delayed));
    expect(effects.orders).toEqual([]);
    expect(effects.warnings.at(-1)?.releases.public).toMatchObject({ state: 'none', dueAt: null });
  });
});
