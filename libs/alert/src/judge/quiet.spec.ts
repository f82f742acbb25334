import type { HazardPoint, MaintenanceWindow, PointDecision, Silence, WarningRecord } from '#libs/contracts';
import { HOUR, MINUTE, toIso } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { act } from '../act/act.js';
import { nothing, type Effects } from '../step/effects.js';
import { contextOf, decisionOf, pointOf, quietAt, silenceOf, T0, workOf } from '../fakes/fixtures.js';
import { judge } from './judge.js';
import { isDue, tick } from '../validity.js';

/** A script in time: decisions and actions at their minutes, the clock of the station each minute between. Answers who was told what, when. */
function play(
  script: Record<number, PointDecision | 'confirm' | 'acknowledge' | 'publish-internal'>,
  {
    silences = [],
    windows = [],
    point = pointOf(),
    minutes = 180,
  }: { silences?: Silence[]; windows?: MaintenanceWindow[]; point?: HazardPoint; minutes?: number },
) {
  const told: string[] = [];
  const codes: string[] = [];
  let newest: WarningRecord | undefined;
  const at: Record<number, WarningRecord | undefined> = {};
  for (let minute = 0; minute <= minutes; minute += 1) {
    const now = T0 + minute * MINUTE;
    const context = contextOf({ point, now, eventNow: now, quiet: quietAt(now, silences, windows) });
    const take = (effects: Effects): void => {
      newest = effects.warnings.at(-1) ?? newest;
      for (const { order } of effects.orders) told.push(`${minute} ${order.scope} ${order.kind} ${order.level} v${order.version}`);
      codes.push(...effects.timeline.map(({ reasons }) => reasons[0]?.code ?? ''));
    };
    const step = script[minute];
    if (typeof step === 'object') take(judge(newest, { ...step, eventAt: now }, context));
    else if (step !== undefined && newest) {
      const [action, scope] = step === 'publish-internal' ? (['publish', 'internal'] as const) : ([step, 'public'] as const);
      const outcome = act(newest, action, { scope }, { username: 'li', roles: ['admin'] }, context);
      if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
      take(outcome.effects);
    }
    take(newest && isDue(newest, context) ? tick(newest, context) : nothing('not-due'));
    at[minute] = newest;
  }
  return { told, codes, at };
}
const raisedBy = (...devices: string[]) =>
  devices.map((deviceId) => ({ code: 'threshold-reached', deviceId, text: { zh: '超阈值', en: 'above threshold' } }));

describe('a silence', () => {
  it('keeps orange back and shows it, lets red through, and tells at its end what is in force', () => {
    const { told, at } = play({ 5: decisionOf('orange'), 20: decisionOf('red') }, { silences: [silenceOf()] });
    expect(told).toEqual(['20 internal warning red v1']);
    expect(at[10]).toMatchObject({
      level: 'orange',
      state: 'confirmed',
      heldBack: { by: 'silence', id: 's1', owner: 'li', until: toIso(T0 + HOUR), warning: 'orange', inspect: null },
    });
    expect(at[20]?.heldBack).toBeUndefined();

    const alone = play({ 5: decisionOf('orange') }, { silences: [silenceOf()] });
    expect(alone.told).toEqual(['60 internal warning orange v1']);
    expect(alone.at[60]?.heldBack).toBeUndefined();
    expect(alone.codes.slice(0, 4)).toEqual(['opened-confirmed', 'silenced', 'silence-ended', 'internal-automatic']);
  });

  it('that a person ends, tells then; one that is prolonged or followed by another keeps quiet until the last', () => {
    const ended = silenceOf({ endedAt: toIso(T0 + 30 * MINUTE), endedBy: 'li', version: 2 });
    expect(play({ 5: decisionOf('yellow') }, { silences: [ended] }).told).toEqual(['30 internal warning yellow v1']);
    const second = silenceOf({ id: 's2', from: toIso(T0 + 50 * MINUTE), until: toIso(T0 + 2 * HOUR), owner: 'wang' });
    const both = play({ 5: decisionOf('yellow') }, { silences: [silenceOf(), second] });
    expect(both.told).toEqual(['120 internal warning yellow v1']);
    expect(both.at[55]?.heldBack).toMatchObject({ id: 's2', owner: 'wang', until: toIso(T0 + 2 * HOUR) });
    // Said when it changed, not every minute.
    expect(both.codes.filter((code) => code === 'silenced')).toHaveLength(2);
  });

  it('says the level it fell to, and nothing when the rule holds none any more', () => {
    expect(play({ 5: decisionOf('orange'), 30: decisionOf('yellow') }, { silences: [silenceOf()] }).told).toEqual([
      '60 internal warning yellow v1',
    ]);
    const gone = play({ 5: decisionOf('orange'), 30: decisionOf('none') }, { silences: [silenceOf()] });
    expect(gone.told).toEqual([]);
    expect(gone.at[60]).toMatchObject({ state: 'confirmed', active: false });
    expect(gone.at[60]?.heldBack).toBeUndefined();
  });

  it('speaks of its rulebook and its levels only', () => {
    const told = (change: Partial<Silence>) => play({ 5: decisionOf('orange') }, { silences: [silenceOf(change)], minutes: 6 }).told;
    expect(told({ level: 'yellow' })).toEqual(['5 internal warning orange v1']);
    expect(told({ rule: 'another' })).toEqual(['5 internal warning orange v1']);
    expect(told({ rule: 'reference' })).toEqual([]);
    expect(told({ hazardPoint: undefined, rule: 'reference' })).toEqual([]);
    expect(told({ hazardPoint: undefined, divisionCode: '513299' })).toEqual(['5 internal warning orange v1']);
  });

  it('keeps back the request to look as well, and asks at its end', () => {
    const { told } = play({ 5: decisionOf('orange', 'awaiting-corroboration') }, { silences: [silenceOf()] });
    expect(told).toEqual(['60 internal inspect orange v1']);
    const red = play({ 5: decisionOf('red', 'awaiting-corroboration') }, { silences: [silenceOf()] });
    expect(red.told).toEqual(['5 internal inspect red v1']);
  });

  it('keeps neither what a person caused back, nor what the plan tells the households', () => {
    const confirmed = play({ 5: decisionOf('orange', 'awaiting-corroboration'), 9: 'confirm' }, { silences: [silenceOf()] });
    expect(confirmed.told).toEqual(['9 internal warning orange v1']);
    const published = play({ 5: decisionOf('orange'), 9: 'publish-internal' }, { silences: [silenceOf()] });
    expect(published.told).toEqual(['9 internal warning orange v1']);
    expect(published.at[9]?.heldBack).toBeUndefined();
    const planned = pointOf({ release: { red: 'manual', orange: 'immediate', yellow: 'manual', blue: 'manual' } });
    expect(play({ 5: decisionOf('orange') }, { silences: [silenceOf()], point: planned }).told).toEqual([
      '5 internal warning orange v1',
      '5 public warning orange v1',
    ]);
  });

  it('holds red back in no way, even when a record says so', () => {
    const forged = silenceOf({ level: 'red' as 'orange' });
    expect(play({ 5: decisionOf('red') }, { silences: [forged], minutes: 6 }).told).toEqual(['5 internal warning red v1']);
  });
});

describe('maintenance', () => {
  const red = decisionOf('red', 'confirmed', { reasons: raisedBy('d1') });

  it('makes what its instruments say a candidate: shown, told to nobody, asked about at its end', () => {
    const immediate = pointOf({ release: { red: 'immediate', orange: 'manual', yellow: 'manual', blue: 'manual' } });
    const { told, at, codes } = play({ 5: red }, { windows: [workOf('d1')], point: immediate });
    expect(at[5]).toMatchObject({ level: 'red', state: 'candidate', heldBack: { by: 'maintenance', id: 'm-d1', owner: 'wang' } });
    expect(told).toEqual(['60 internal inspect red v1']);
    expect(codes).toContain('inspection-ordered');
    expect(at[61]).toMatchObject({ state: 'candidate', level: 'red' });
  });

  it('is believed when a person confirms it', () => {
    const { told, at } = play({ 5: red, 9: 'confirm' }, { windows: [workOf('d1')] });
    expect(told).toEqual(['9 internal warning red v1']);
    expect(at[9]).toMatchObject({ state: 'confirmed' });
    expect(at[9]?.heldBack).toBeUndefined();
  });

  it('of one instrument takes nothing from another that is left alone', () => {
    const both = decisionOf('red', 'confirmed', { reasons: raisedBy('d1', 'd2') });
    expect(play({ 5: both }, { windows: [workOf('d1')], minutes: 6 }).told).toEqual(['5 internal warning red v1']);
    expect(play({ 5: both }, { windows: [workOf('d1'), workOf('d2')], minutes: 6 }).told).toEqual([]);
    const yellow = decisionOf('yellow', 'confirmed', { reasons: raisedBy('d2') });
    const above = play({ 5: yellow, 9: red }, { windows: [workOf('d1')], minutes: 20 });
    expect(above.told).toEqual(['5 internal warning yellow v1']);
    expect(above.at[9]).toMatchObject({ level: 'yellow', state: 'confirmed', heldBack: { inspect: 'red' } });
  });

  it('over, the next decision counts in full', () => {
    const { told } = play({ 5: red, 70: decisionOf('red', 'confirmed', { reasons: raisedBy('d1') }) }, { windows: [workOf('d1')] });
    expect(told).toEqual(['60 internal inspect red v1', '70 internal warning red v2']);
  });

  it('prolonged, waits for its new end', () => {
    const longer = workOf('d1', { id: 'm2', from: toIso(T0 + 30 * MINUTE), until: toIso(T0 + 2 * HOUR) });
    expect(play({ 5: red }, { windows: [workOf('d1'), longer] }).told).toEqual(['120 internal inspect red v1']);
  });
});

describe('late data', () => {
  it('corrects the record, is marked so, and sounds nowhere; the next live decision ends the mark', () => {
    const { told, at } = play({ 5: decisionOf('red', 'confirmed', { late: true }), 30: decisionOf('none') }, {});
    expect(at[5]).toMatchObject({ level: 'red', state: 'confirmed', late: true });
    expect(told).toEqual([]);
    expect(at[30]?.late).toBeUndefined();
  });

  it('that meets a level held back is told with it when the silence ends: what is in force then', () => {
    const late = decisionOf('red', 'confirmed', { late: true });
    expect(play({ 5: decisionOf('orange'), 20: late }, { silences: [silenceOf()] }).told).toEqual(['60 internal warning red v1']);
  });

  it('that raises a level is told once it rises live', () => {
    const late = decisionOf('orange', 'confirmed', { late: true });
    expect(play({ 5: late, 9: decisionOf('red') }, { minutes: 20 }).told).toEqual(['9 internal warning red v1']);
  });
});
