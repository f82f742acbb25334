import { MINUTE, toIso, type WarningRecord } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { act, type Actor } from '../act/act.js';
import { contextOf, decisionOf, immediate, pointOf, silenceOf, quietAt, T0 } from '../fakes/fixtures.js';
import { judge } from '../judge/judge.js';
import { isDue, tick } from '../validity.js';
import type { Effects } from './effects.js';

const scheduled = pointOf({ release: { red: 'auto-after:60', orange: 'manual', yellow: 'manual', blue: 'manual' } });
const signer: Actor = { username: 'wang', roles: ['signer', 'duty'] };
const asksOf = ({ asks }: Effects) =>
  asks.map(({ ask: { what, level, step, by } }) => `${what} ${level} ${step} by ${(Date.parse(by) - T0) / MINUTE}`);
const at = (minutes: number, point = pointOf()) => contextOf({ point, now: T0 + minutes * MINUTE, eventNow: T0 + minutes * MINUTE });
const last = ({ warnings }: Effects): WarningRecord => warnings.at(-1) as WarningRecord;

/** Minutes at which something was asked, ticking each minute. */
function asking(record: WarningRecord, until: number, point = pointOf()): { minutes: string[]; record: WarningRecord } {
  const minutes: string[] = [];
  let current = record;
  for (let minute = 1; minute <= until; minute += 1) {
    const context = at(minute, point);
    if (!isDue(current, context)) continue;
    const effects = tick(current, context);
    minutes.push(...asksOf(effects).map((one) => `${minute}: ${one}`));
    current = effects.warnings.at(-1) ?? current;
  }
  return { minutes, record: current };
}

describe('what waits for a person', () => {
  it('duty is asked at once to ratify what a plan published, then those above, four times in all', () => {
    const published = judge(undefined, decisionOf('red'), contextOf({ point: immediate('red') }));
    expect(asksOf(published)).toEqual(['ratify red 0 by 30']);
    expect(published.asks[0]?.ask).toMatchObject({ scope: 'internal', version: 1 });
    const { minutes, record } = asking(last(published), 300, immediate('red'));
    expect(minutes).toEqual(['30: ratify red 1 by 60', '60: ratify red 2 by 90', '90: ratify red 3 by 120']);
    expect(record.releases.public).toMatchObject({ ratifyOverdue: true, asked: { step: 3 } });
  });

  it('nobody is asked once somebody has ratified', () => {
    const published = last(judge(undefined, decisionOf('red'), contextOf({ point: immediate('red') })));
    const outcome = act(published, 'sign', { scope: 'public' }, signer, at(10, immediate('red')));
    if (!outcome.ok) throw new Error(outcome.refusal.reason);
    expect(last(outcome.effects).releases.public.asked).toBeUndefined();
    expect(asking(last(outcome.effects), 200, immediate('red')).minutes).toEqual([]);
  });

  it('duty is asked to decide on orange and red that no plan publishes, and again when it rises', () => {
    const orange = judge(undefined, decisionOf('orange'), contextOf());
    expect(asksOf(orange)).toEqual(['decide orange 0 by 30']);
    const red = judge(last(orange), decisionOf('red', 'confirmed', { eventAt: T0 + MINUTE }), at(5));
    expect(asksOf(red)).toEqual(['decide red 0 by 35']);
    const { minutes, record } = asking(last(red), 120);
    expect(minutes).toEqual(['35: decide red 1 by 65', '65: decide red 2 by 95', '95: decide red 3 by 125']);
    expect(record.version).toBe(last(red).version + 3);
  });

  it('a decision ends the asking: published, adjusted below the level in force, or withdrawn', () => {
    const red = last(judge(undefined, decisionOf('red'), contextOf()));
    let record = red;
    for (const action of ['propose', 'consult', 'decide', 'sign', 'publish'] as const) {
      const body = { scope: 'public', ...(action === 'publish' ? { level: 'orange' as const } : {}) } as const;
      const outcome = act(record, action, body, { ...signer, roles: ['admin'] }, at(3));
      if (!outcome.ok) throw new Error(`${action}: ${outcome.refusal.reason}`);
      record = last(outcome.effects);
    }
    const adjusted = act(record, 'adjust', { scope: 'public', level: 'orange' }, signer, at(4));
    if (!adjusted.ok) throw new Error(adjusted.refusal.reason);
    expect(last(adjusted.effects).releases.public.asked).toBeUndefined();
    const closed = act(red, 'close', { scope: 'public', disposal: 0 }, signer, at(3));
    if (!closed.ok) throw new Error(closed.refusal.reason);
    expect(last(closed.effects).releases.public.asked).toBeUndefined();
  });

  it.each([
    ['yellow', judge(undefined, decisionOf('yellow'), contextOf())],
    ['a candidate', judge(undefined, decisionOf('red', 'awaiting-corroboration'), contextOf())],
    ['late data', judge(undefined, decisionOf('red', 'confirmed', { late: true }), contextOf())],
    ['a release that is scheduled', judge(undefined, decisionOf('red'), contextOf({ point: scheduled }))],
    ['a silence', judge(undefined, decisionOf('orange'), contextOf({ quiet: quietAt(T0, [silenceOf()]) }))],
  ])('nothing is asked of %s', (_, effects) => expect(effects.asks).toEqual([]));

  it('does not ask everybody at once after a station was down for hours', () => {
    const red = last(judge(undefined, decisionOf('red'), contextOf()));
    const late = tick(red, at(600));
    expect(asksOf(late)).toEqual(['decide red 1 by 630']);
    expect(last(late).releases.public.asked?.by).toBe(toIso(T0 + 630 * MINUTE));
    expect(isDue(last(late), at(601))).toBe(false);
  });
});
