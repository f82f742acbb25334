import type { Role, WarningAction, WarningActionBody, WarningRecord } from '#libs/contracts';
import { defaultAlertSettings, HOUR, toIso, warningActions } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { act, rulesOf } from './act.js';
import { contextOf, decisionOf, immediate, pointOf, settingsOf, T0 } from '../fakes/fixtures.js';
import { judge } from '../judge/judge.js';
import { actionRoles, legalActions, legalFor } from './legal.js';
import type { StepContext } from '../step/effects.js';

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
    expect(legalFor(record, { roles: ['admin'] })).toEqual(legalActions(record));
    expect(legalFor(record, { roles: ['viewer'] })).toEqual([]);
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

  it('closes with a word about what it was, and takes that word afterwards for one that ended without', () => {
    expect(take(open(), 'close')).toEqual({ ok: false, refusal: { reason: 'disposal-required', action: 'close' } });
    const withdrawn = taken(open(), 'cancel', { scope: 'internal' });
    expect(withdrawn).toMatchObject({ state: 'cancelled', endedAt: toIso(T0 + HOUR) });
    expect(withdrawn.disposal).toBeUndefined();
    expect(take(withdrawn, 'dispose')).toMatchObject({ refusal: { reason: 'disposal-required' } });
    const disposed = taken(withdrawn, 'dispose', { disposal: 1, text: '换拉线' });
    expect(disposed).toMatchObject({ state: 'cancelled', disposal: { type: 1, text: '换拉线', by: 'li' } });
    expect(take(disposed, 'dispose', { disposal: 3 })).toMatchObject({ refusal: { obstacle: 'already-disposed' } });
    expect(take(open(), 'dispose', { disposal: 3 })).toMatchObject({ refusal: { obstacle: 'episode-not-over' } });
  });

  it('tells the public nothing of blue, by person or plan, unless the county says so; what is out may fall to blue', () => {
    const signed = way.slice(0, -1).reduce((record, action) => taken(record, action), open(decisionOf('blue')));
    expect(take(signed, 'publish')).toMatchObject({ refusal: { obstacle: 'blue-not-public' } });
    const asked = { settings: settingsOf({ alert: { ...defaultAlertSettings, bluePublic: true } }) };
    expect(take(signed, 'publish', {}, ['admin'], contextOf(asked)).ok).toBe(true);
    const byPlan = (context: StepContext) => judge(undefined, decisionOf('blue'), context).orders.map(({ order }) => order.scope);
    expect(byPlan(contextOf({ point: immediate('blue') }))).toEqual(['internal']);
    expect(byPlan(contextOf({ point: immediate('blue'), ...asked }))).toEqual(['internal', 'public']);
    expect(taken(published(), 'adjust', { level: 'blue' }).releases.public.level).toBe('blue');
  });

  it('renews the validity with an adjustment, and links every later message to the first', () => {
    const first = published();
    const outcome = take(first, 'adjust', { level: 'orange' }, ['signer'], contextOf({ now: T0 + 20 * HOUR }));
    expect(outcome.ok && outcome.effects.warnings.at(-1)?.expiresAt).toBe(toIso(T0 + 44 * HOUR));
    const reference = { version: 1, level: 'red', at: toIso(T0 + HOUR) };
    expect(first.releases.public.first).toEqual(reference);
    for (const action of ['adjust', 'cancel', 'all-clear'] as const) {
      const said = take(first, action, { level: 'orange' });
      expect(said.ok && said.effects.orders.map(({ order }) => order.references?.version)).toEqual(action === 'adjust' ? [1] : [1, 1]);
      expect(said.ok && said.effects.orders[0]?.order.references).toEqual(reference);
    }
  });
});

describe('where two sign', () => {
  const two = contextOf({ now: T0 + HOUR, point: pointOf({ signOff: 'two' }) });
  const by = (username: string, record: WarningRecord, action: WarningAction, body: Partial<WarningActionBody> = {}, context = two) =>
    act(record, action, { scope: 'public', ...body }, { username, roles: ['admin'] }, context);
  const done = (...args: Parameters<typeof by>): WarningRecord => {
    const outcome = by(...args);
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
    return outcome.effects.warnings.at(-1) as WarningRecord;
  };
  const decided = (): WarningRecord =>
    (['propose', 'consult', 'decide'] as const).reduce((record, action) => done('li', record, action), open());
  const out = (): WarningRecord => done('wang', done('wang', decided(), 'sign'), 'publish');

  it('who proposed does not sign; another signer does, and is named', () => {
    expect(by('li', decided(), 'sign')).toMatchObject({ ok: false, refusal: { obstacle: 'second-person' } });
    expect(done('wang', decided(), 'sign').releases.public).toMatchObject({ state: 'signed', proposedBy: 'li', signedBy: 'wang' });
    const rules = { signOff: 'two' as const, bluePublic: false };
    const may = (username: string) =>
      legalFor(decided(), { roles: ['signer'], username }, T0 + HOUR, rules).some(
        ({ action, scope }) => action === 'sign' && scope === 'public',
      );
    expect([may('li'), may('wang')]).toEqual([false, true]);
  });

  it.each(['adjust', 'cancel', 'all-clear'] as const)('%s waits for a second signer, and is told once there is one', (action) => {
    const asked = by('wang', out(), action, { level: 'orange' });
    expect(asked.ok && asked.effects.orders).toEqual([]);
    const waiting = (asked.ok ? asked.effects.warnings.at(-1) : undefined) as WarningRecord;
    expect(waiting.countersign).toMatchObject({ action, by: 'wang' });
    expect(waiting.releases.public.state).toBe('published');
    expect(by('wang', waiting, action, { level: 'orange' })).toMatchObject({ refusal: { obstacle: 'second-person' } });
    const second = by('li', waiting, action, { level: 'orange' });
    expect(second.ok && second.effects.orders[0]?.order.scope).toBe('public');
    expect(second.ok && second.effects.warnings.at(-1)?.countersign).toBeUndefined();
    const late = by('li', waiting, action, { level: 'orange' }, { ...two, now: T0 + 2 * HOUR });
    expect(late.ok && late.effects.warnings.at(-1)?.countersign?.by).toBe('li');
  });

  it('a different level asks anew; inside one person is enough; a signed decision is two people when another wrote it', () => {
    const waiting = done('wang', out(), 'adjust', { level: 'orange' });
    expect(done('li', waiting, 'adjust', { level: 'yellow' }).countersign).toMatchObject({ by: 'li', level: 'yellow' });
    expect(done('li', open(), 'cancel', { scope: 'internal' }).state).toBe('cancelled');
    const signed = (decidedBy: string) =>
      act(out(), 'all-clear', { scope: 'public' }, { username: 'wang', roles: [], authority: 'signed-decision', decidedBy }, two);
    expect(signed('wang')).toMatchObject({ ok: false, refusal: { obstacle: 'second-person' } });
    expect(signed('li').ok).toBe(true);
  });

  it('the county, its division and the point say where; what a plan published one person ratifies', () => {
    const said = (county: 'one' | 'two', divisions = {}, point?: 'one' | 'two') =>
      rulesOf({
        point: pointOf(point ? { signOff: point } : {}),
        settings: settingsOf({ alert: { ...defaultAlertSettings, signOff: county, divisions } }),
      }).signOff;
    expect([said('one'), said('two'), said('two', { 5132: { signOff: 'one' } })]).toEqual(['one', 'two', 'one']);
    expect(said('one', { 5132: { signOff: 'one' }, 513221: { signOff: 'two' } })).toBe('two');
    expect(said('two', { 513221: { signOff: 'two' } }, 'one')).toBe('one');
    const planned = pointOf({ ...immediate('red'), signOff: 'two' });
    const record = open(decisionOf('red'), contextOf({ point: planned }));
    expect(done('li', record, 'sign', {}, contextOf({ point: planned })).releases.public.ratified).toBe(true);
  });
});
