import type { PointLevel, WarningRecord } from '#libs/contracts';
import { MINUTE, toIso } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { act } from '../act/act.js';
import { contextOf, decisionOf, T0 } from '../fakes/fixtures.js';
import { judge } from './judge.js';

type Said = PointLevel | 'candidate';
/** Decisions some minutes apart, and what the last one left. */
function play(levels: readonly Said[], everyMinutes = 5, from?: WarningRecord) {
  const sounds: string[] = [];
  let record = from;
  levels.forEach((said, n) => {
    const now = T0 + n * everyMinutes * MINUTE;
    const decision = said === 'candidate' ? decisionOf('orange', 'awaiting-persistence') : decisionOf(said);
    const effects = judge(record, { ...decision, eventAt: now }, contextOf({ now, eventNow: now }));
    sounds.push(...effects.orders.map(({ order }) => `${order.scope} ${order.kind} ${order.level}`));
    record = effects.warnings.at(-1) ?? record;
  });
  if (!record) throw new Error('nothing was judged');
  return { record, sounds };
}
const look = (record: WarningRecord) => {
  const outcome = act(record, 'acknowledge', { scope: 'public' }, { username: 'li', roles: ['duty'] }, contextOf());
  if (!outcome.ok) throw new Error('not acknowledged');
  return outcome.effects;
};

describe('a level that flutters', () => {
  it('is held at the higher one after four turns in an hour, until a person has looked', () => {
    const { record } = play(['yellow', 'red', 'yellow', 'red', 'yellow', 'red', 'yellow']);
    expect(record).toMatchObject({ level: 'red', active: true, latched: { level: 'red' }, held: { level: 'yellow' } });
    const seen = look(record);
    const after = seen.warnings.at(-1);
    expect(after).toMatchObject({ level: 'yellow', acknowledged: true });
    expect([after?.latched, after?.flutter]).toEqual([undefined, undefined]);
    expect(seen.timeline.flatMap(({ reasons }) => reasons.map(({ code }) => code))).toEqual([
      'person-acknowledged',
      'unlatched',
      'level-fall',
    ]);
  });

  it('holds back no rise, and says no level twice', () => {
    const { record, sounds } = play(['yellow', 'orange', 'yellow', 'orange', 'yellow', 'orange', 'yellow', 'red', 'none']);
    expect(record).toMatchObject({ level: 'red', active: true, latched: { level: 'red' } });
    expect(sounds).toEqual(['internal warning yellow', 'internal warning orange', 'internal warning red']);
  });

  it('is no flutter when it turns slowly, or goes one way', () => {
    expect(play(['yellow', 'red', 'yellow', 'red', 'yellow', 'red', 'yellow'], 30).record).toMatchObject({ level: 'yellow' });
    const up = play(['blue', 'yellow', 'orange', 'red', 'orange', 'yellow', 'blue']).record;
    expect([up.level, up.latched]).toEqual(['blue', undefined]);
  });

  it('goes on across candidates that lapse: the last stands until somebody has looked, then lapses', () => {
    const { record } = play(['candidate', 'none', 'candidate', 'none', 'candidate', 'none']);
    expect(record).toMatchObject({ state: 'candidate', level: 'orange', latched: { level: 'orange' }, flutter: { turns: { length: 4 } } });
    expect(look(record).warnings.at(-1)).toMatchObject({ state: 'expired' });
  });

  it('a rule that lets go and comes back counts too; judged twice it is the same', () => {
    const levels = ['red', 'none', 'red', 'none', 'red', 'none'] as const;
    const { record } = play(levels);
    expect(record).toMatchObject({ level: 'red', active: true, latched: { since: toIso(T0 + 20 * MINUTE) } });
    const again = judge(record, { ...decisionOf('none'), eventAt: T0 + 25 * MINUTE }, contextOf({ now: T0 + 25 * MINUTE }));
    expect(again.warnings).toEqual([]);
  });
});
