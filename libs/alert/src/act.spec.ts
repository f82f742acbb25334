import type { Role, WarningAction, WarningActionBody, WarningRecord } from '#libs/contracts';
import { HOUR, warningActions } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { act } from './act.js';
import { contextOf, decisionOf, immediate, T0 } from './fakes/fixtures.js';
import { judge } from './judge.js';
import { actionRoles, legalActions, legalFor } from './legal.js';
import type { StepContext } from './effects.js';

const open = (decision = decisionOf('red'), context = contextOf()): WarningRecord =>
  judge(undefined, decision, context).warnings.at(-1) as WarningRecord;

function take(
  record: WarningRecord,
  action: WarningAction,
  body: Partial<WarningActionBody> = {},
  roles: Role[] = ['admin'],
  context: StepContext = contextOf({ now: T0 + HOUR }),
) {
  return act(record, action, { scope: 'public', ...body }, { username: 'li', roles }, context);
}
function taken(record: WarningRecord, action: WarningAction, body: Partial<WarningActionBody> = {}): WarningRecord {
  const outcome = take(record, action, body);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  return outcome.effects.warnings.at(-1) as WarningRecord;
}
const way: WarningAction[] = ['propose', 'consult', 'decide', 'sign', 'publish'];
const published = (): WarningRecord => way.reduce((record, action) => taken(record, action), open());

describe('act', () => {
  it('walks the people’s way to published and tells the public only at its end', () => {
    let record = open();
    const states = way.map((action) => {
      const outcome = take(record, action);
      if (!outcome.ok) throw new Error(action);
      record = outcome.effects.warnings.at(-1) as WarningRecord;
      return `${record.releases.public.state} ${outcome.effects.orders.length}`;
    });
    expect(states).toEqual(['proposed 0', 'technical 0', 'administrative 0', 'signed 0', 'published 1']);
    expect(record.releases.public).toMatchObject({ level: 'red', version: 1, ratified: true });
  });

  it('refuses what is illegal and names what is legal', () => {
    const outcome = take(open(), 'publish');
    expect(outcome).toMatchObject({ ok: false, refusal: { reason: 'illegal-transition', obstacle: 'release-is-none' } });
    const legal = !outcome.ok && outcome.refusal.reason === 'illegal-transition' ? outcome.refusal.legal : [];
    expect(legal.map(({ action }) => action)).toEqual(['acknowledge', 'propose', 'adjust', 'cancel', 'all-clear', 'close']);
  });

  it('publishes no candidate to the public; a person’s confirmation lets the plan speak', () => {
    const context = contextOf({ point: immediate('red') });
    const candidate = open(decisionOf('red', 'awaiting-corroboration'), context);
    const signed = {
      ...candidate,
      releases: { ...candidate.releases, public: { ...candidate.releases.public, state: 'signed' as const } },
    };
    expect(take(signed, 'publish')).toMatchObject({ ok: false, refusal: { obstacle: 'not-confirmed' } });
    const confirmed = take(candidate, 'confirm', {}, ['duty'], context);
    expect(confirmed.ok && confirmed.effects.orders.map(({ order }) => `${order.scope} ${order.kind} v${order.version}`)).toEqual([
      'internal warning v2',
      'public warning v1',
    ]);
  });

  it('lets each role take its own actions only, an administrator all', () => {
    for (const action of warningActions) {
      for (const role of ['duty', 'signer', 'expert', 'viewer'] as const) {
        const outcome = take(open(), action, {}, [role]);
        expect(!outcome.ok && outcome.refusal.reason === 'forbidden', `${role} ${action}`).toBe(!actionRoles[action].includes(role));
      }
    }
    const record = open();
    expect(legalFor(record, ['admin'])).toEqual(legalActions(record));
    expect(legalFor(record, ['viewer'])).toEqual([]);
  });

  it('tells both scopes of a cancel and of an all-clear, and ends the episode with a cancel only', () => {
    for (const [action, state] of [
      ['cancel', 'cancelled'],
      ['all-clear', 'confirmed'],
    ] as const) {
      const outcome = take(published(), action);
      if (!outcome.ok) throw new Error(action);
      expect(outcome.effects.orders.map(({ order }) => `${order.scope} ${order.kind}`)).toEqual([`public ${action}`, `internal ${action}`]);
      expect(outcome.effects.warnings.at(-1)?.state).toBe(state);
      expect(outcome.effects.supersede.map(({ scope }) => scope)).toEqual(['public', 'internal']);
    }
  });

  it('can tell people it is over after the episode was closed', () => {
    const closed = taken(published(), 'close', { disposal: 3, text: '已核查' });
    expect(closed).toMatchObject({ state: 'closed', disposal: { type: 3, text: '已核查' } });
    expect(legalActions(closed)).toEqual([
      { action: 'cancel', scope: 'public' },
      { action: 'all-clear', scope: 'public' },
    ]);
    expect(taken(closed, 'all-clear').state).toBe('closed');
  });

  it('ratifies what a plan published, once, without a message', () => {
    const record = open(decisionOf('red'), contextOf({ point: immediate('red') }));
    const outcome = take(record, 'sign', {}, ['signer']);
    expect(outcome.ok && outcome.effects.orders).toEqual([]);
    const ratified = taken(record, 'sign');
    expect(ratified.releases.public).toMatchObject({ state: 'published', ratified: true, version: 1 });
    expect(take(ratified, 'sign')).toMatchObject({ ok: false, refusal: { obstacle: 'already-ratified' } });
  });

  it('adjusts down in few words and up with the whole text, each a new version', () => {
    const down = take(published(), 'adjust', { level: 'yellow' });
    expect(down.ok && down.effects.orders[0]?.order).toMatchObject({ kind: 'adjust', level: 'yellow', previousLevel: 'red', version: 2 });
    const up = take(taken(published(), 'adjust', { level: 'yellow' }), 'adjust', { level: 'orange' });
    expect(up.ok && up.effects.orders[0]?.order).toMatchObject({ kind: 'warning', level: 'orange', version: 3 });
  });

  it('keeps a signer’s lower message until the level rises again', () => {
    const context = contextOf({ point: immediate('orange', 'red') });
    const record = taken(open(decisionOf('orange'), context), 'adjust', { level: 'yellow' });
    const same = judge(record, decisionOf('orange', 'confirmed', { evidence: [] }), context);
    expect(same.orders).toEqual([]);
    const risen = judge(record, decisionOf('red'), context);
    expect(risen.orders.map(({ order }) => `${order.scope} ${order.level}`)).toEqual(['internal red', 'public red']);
  });

  it('acknowledges once, and again after a rise', () => {
    const seen = taken(open(decisionOf('yellow')), 'acknowledge');
    expect(take(seen, 'acknowledge')).toMatchObject({ ok: false, refusal: { obstacle: 'already-acknowledged' } });
    expect(judge(seen, decisionOf('red'), contextOf()).warnings.at(-1)?.acknowledged).toBe(false);
  });

  it('does not withdraw inside while the public message stands', () => {
    expect(take(published(), 'cancel', { scope: 'internal' })).toMatchObject({ ok: false, refusal: { obstacle: 'public-still-out' } });
    expect(taken(open(), 'cancel', { scope: 'internal', disposal: 0 })).toMatchObject({ state: 'cancelled', disposal: { type: 0 } });
  });
});
