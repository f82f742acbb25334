import type { HazardPoint, PointDecision, WarningRecord } from '#libs/contracts';
import { HOUR, MINUTE, toIso } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import type { Effects } from '../step/effects.js';
import { contextOf, decisionOf, immediate, pointOf, T0 } from '../fakes/fixtures.js';
import { judge } from './judge.js';

/** Applies decisions a minute apart and keeps everything that came of each. */
function run(decisions: readonly PointDecision[], point: HazardPoint = pointOf()) {
  let newest: WarningRecord | undefined;
  const steps: Effects[] = [];
  decisions.forEach((decision, minute) => {
    const now = T0 + minute * MINUTE;
    const effects = judge(newest, { ...decision, eventAt: decision.eventAt + minute * MINUTE }, contextOf({ point, now, eventNow: now }));
    newest = effects.warnings.at(-1) ?? newest;
    steps.push(effects);
  });
  const orders = (index: number) =>
    steps[index]?.orders.map(({ order }) => `${order.scope} ${order.kind} ${order.level} v${order.version}`);
  return { steps, orders, warning: newest, last: steps.at(-1) };
}

const awaiting = (level: 'red' | 'orange' | 'yellow') => decisionOf(level, 'awaiting-corroboration');

describe('judge: candidates', () => {
  it('shows a candidate that awaits persistence on the wall and messages nobody', () => {
    const { steps, warning } = run([decisionOf('red', 'awaiting-persistence')]);
    expect(warning).toMatchObject({ state: 'candidate', level: 'red', active: true, version: 1, exercise: false });
    expect(steps[0]).toMatchObject({ orders: [], openConsultation: false, reason: 'opened-candidate' });
    expect(steps[0]?.events.map((event) => event.type)).toEqual(['warning.opened']);
  });

  it('sends somebody to look at a red candidate that awaits corroboration, and no household a message', () => {
    const { orders, steps, warning } = run([decisionOf('red', 'awaiting-persistence'), awaiting('red')], immediate('red'));
    expect(orders(1)).toEqual(['internal inspect red v1']);
    expect(steps[1]?.timeline.map((entry) => entry.kind)).toEqual(['release', 'task']);
    expect(steps[1]?.openConsultation).toBe(true);
    expect(warning?.releases.public).toMatchObject({ state: 'none', version: 0 });
  });

  it('asks for no inspection task on a yellow candidate', () => {
    const { steps, orders } = run([awaiting('yellow')]);
    expect(orders(0)).toEqual(['internal inspect yellow v1']);
    expect(steps[0]?.timeline.some((entry) => entry.kind === 'task')).toBe(false);
  });

  it('lets an unconfirmed candidate lapse without a message', () => {
    const { warning, last } = run([awaiting('red'), decisionOf('none')]);
    expect(warning).toMatchObject({ state: 'expired', active: false });
    expect(last?.timeline[0]?.reasons[0]?.code).toBe('candidate-lapsed');
    expect(last?.orders).toEqual([]);
  });
});

describe('judge: confirmed', () => {
  it('warns inside and, under a plan, the public at once, to be ratified', () => {
    const { orders, warning, steps } = run([decisionOf('red')], immediate('red'));
    expect(orders(0)).toEqual(['internal warning red v1', 'public warning red v1']);
    expect(warning?.releases.public).toMatchObject({ state: 'published', level: 'red', ratified: false });
    expect(steps[0]?.events.map((event) => event.type)).toEqual(['warning.opened', 'warning.release']);
    expect(steps[0]?.openConsultation).toBe(true);
  });

  it('waits for people where the policy is manual, at every level', () => {
    for (const level of ['blue', 'yellow', 'orange', 'red'] as const) {
      const { orders, warning } = run([decisionOf(level)]);
      expect(orders(0)).toEqual([`internal warning ${level} v1`]);
      expect(warning?.releases.public.state).toBe('none');
    }
  });

  it('tells everybody again when the level rises above the published one', () => {
    const { orders, warning, steps } = run([decisionOf('orange'), decisionOf('red')], immediate('orange', 'red'));
    expect(orders(1)).toEqual(['internal warning red v2', 'public warning red v2']);
    expect(warning?.releases.public).toMatchObject({ state: 'adjusted', level: 'red', version: 2 });
    expect(steps[1]?.supersede).toEqual([
      { warningId: warning?.id, scope: 'internal', beforeVersion: 2 },
      { warningId: warning?.id, scope: 'public', beforeVersion: 2 },
    ]);
  });

  it('messages nobody of a fall, nor of a return to a level already told', () => {
    const { orders, warning } = run(
      [decisionOf('red'), decisionOf('yellow'), decisionOf('none'), decisionOf('red')],
      immediate('red', 'yellow'),
    );
    expect([orders(1), orders(2), orders(3)]).toEqual([[], [], []]);
    expect(warning).toMatchObject({ state: 'confirmed', level: 'red', active: true, peak: 'red' });
  });

  it('asks again for the inspection and the warning apart: warned yellow, look at red, warned red', () => {
    const { orders, warning } = run([
      decisionOf('yellow'),
      decisionOf('red', 'awaiting-corroboration', { confirmedLevel: 'yellow' }),
      decisionOf('red'),
    ]);
    expect(orders(1)).toEqual(['internal inspect red v2']);
    expect(orders(2)).toEqual(['internal warning red v3']);
    expect(warning).toMatchObject({ level: 'red', state: 'confirmed' });
  });

  it('keeps the confirmed level as the level while a candidate stands above it', () => {
    const { warning, steps } = run([decisionOf('yellow'), decisionOf('red', 'awaiting-persistence', { confirmedLevel: 'yellow' })]);
    expect(warning).toMatchObject({ level: 'yellow', state: 'confirmed', held: { level: 'red', confirmed: 'yellow' } });
    expect(steps[1]?.timeline[0]?.reasons[0]?.code).toBe('candidate-above');
  });

  it('schedules a delayed plan, brings it not later on a rise, and withdraws it on a fall', () => {
    const point = pointOf({ release: { red: 'auto-after:600', orange: 'auto-after:900', yellow: 'manual', blue: 'manual' } });
    const first = run([decisionOf('orange')], point).warning;
    expect(first?.releases.public.dueAt).toBe(toIso(T0 + 900_000));
    const risen = run([decisionOf('orange'), decisionOf('red')], point).warning;
    expect(risen?.releases.public.dueAt).toBe(toIso(T0 + 660_000));
    const fallen = run([decisionOf('orange'), decisionOf('yellow')], point).warning;
    expect(fallen?.releases.public.dueAt).toBeNull();
  });

  it('prolongs validity by the wall clock on a rise and on nothing else', () => {
    expect(run([decisionOf('yellow'), decisionOf('red')]).warning?.expiresAt).toBe(toIso(T0 + MINUTE + 24 * HOUR));
    expect(run([decisionOf('red'), decisionOf('yellow')]).warning?.expiresAt).toBe(toIso(T0 + 24 * HOUR));
  });
});

describe('judge: what it must not do', () => {
  it('sounds nothing for late data, and says so in the record', () => {
    const { steps, warning } = run([decisionOf('red', 'confirmed', { late: true })], immediate('red'));
    expect(steps[0]).toMatchObject({ orders: [], openConsultation: false });
    expect(steps[0]?.timeline.at(-1)?.reasons[0]?.code).toBe('late-data');
    expect(warning?.releases.internal.state).toBe('none');
  });

  it('tells what late data kept silent once a live decision holds the level', () => {
    const { orders } = run(
      [decisionOf('orange'), decisionOf('red', 'confirmed', { late: true }), decisionOf('red')],
      immediate('orange', 'red'),
    );
    expect(orders(1)).toEqual([]);
    expect(orders(2)).toEqual(['internal warning red v2', 'public warning red v2']);
  });

  it('ends nothing on grey', () => {
    const { warning, steps } = run([decisionOf('red'), decisionOf('unknown'), decisionOf('unknown')]);
    expect(warning).toMatchObject({ state: 'confirmed', level: 'red', active: true });
    expect(warning?.reasons[0]?.code).toBe('cannot-judge');
    expect(steps[2]?.warnings).toEqual([]);
  });

  it('changes nothing for a decision already in the record', () => {
    const context = contextOf({ point: immediate('red') });
    const first = judge(undefined, decisionOf('red'), context);
    const again = judge(first.warnings.at(-1), decisionOf('red'), context);
    expect(again).toMatchObject({ warnings: [], timeline: [], orders: [], events: [], reason: 'unchanged' });
  });

  it('opens nothing while a slope falls back after a person closed its warning, and does when it rises again', () => {
    const closed = { ...run([decisionOf('red')]).warning, state: 'closed' } as WarningRecord;
    const context = contextOf({ now: T0 + HOUR });
    const fallen = judge(closed, decisionOf('yellow', 'confirmed', { eventAt: T0 + HOUR }), context);
    expect(fallen).toMatchObject({ events: [], reason: 'held-after-end' });
    expect(judge(closed, decisionOf('red', 'confirmed', { eventAt: T0 + HOUR }), context).warnings).toEqual([]);
    const again = judge(fallen.warnings.at(-1), decisionOf('red', 'confirmed', { eventAt: T0 + 2 * HOUR }), context);
    expect(again.warnings).toHaveLength(1);
    expect(again.warnings[0]?.id).not.toBe(closed.id);
  });

  it('opens a new episode when a slope moves again after the all-clear', () => {
    const open = run([decisionOf('red'), decisionOf('none')], immediate('red')).warning as WarningRecord;
    const cleared: WarningRecord = { ...open, releases: { ...open.releases, public: { ...open.releases.public, state: 'all-clear' } } };
    const { warnings, orders } = judge(
      cleared,
      decisionOf('red', 'confirmed', { eventAt: T0 + HOUR }),
      contextOf({ point: immediate('red'), now: T0 + HOUR }),
    );
    expect(warnings.map((one) => one.state)).toEqual(['closed', 'confirmed']);
    expect(orders.map(({ order }) => order.warningId)).toEqual([warnings[1]?.id, warnings[1]?.id]);
  });

  it('names two episodes of one event time apart', () => {
    const first = run([decisionOf('yellow', 'awaiting-persistence')]).warning as WarningRecord;
    const lapsed = judge(first, decisionOf('none'), contextOf()).warnings.at(-1);
    const second = judge(lapsed, decisionOf('yellow', 'awaiting-persistence'), contextOf()).warnings.at(-1);
    expect(second?.id).not.toBe(first.id);
  });

  it('opens no consultation over a late red that is over when the next live decision comes', () => {
    const { steps } = run([decisionOf('red', 'confirmed', { late: true }), decisionOf('none')]);
    expect(steps.map(({ openConsultation }) => openConsultation)).toEqual([false, false]);
  });

  it('marks everything a drill causes as exercise', () => {
    const drill = {
      wallStart: toIso(T0),
      eventStart: toIso(T0 - HOUR),
      speed: 60,
      deliver: 'simulator' as const,
    };
    expect(run([decisionOf('red')], pointOf({ drill })).warning).toMatchObject({ exercise: true, deliver: 'simulator' });
  });
});
