import type { PointDecision, WarningAction, WarningRecord } from '#libs/contracts';
import {
  defaultAlertSettings,
  HOUR,
  WarningRecord as WarningRecordSchema,
  pointClock,
  warningActions,
  warningLevels,
} from '#libs/contracts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { act, rulesOf } from './act/act.js';
import { nothing, type Effects, type StepContext } from './step/effects.js';
import { isOpen } from './machine/episode.js';
import { decisionOf, noPlan, plainHash, pointOf, settingsOf, T0 } from './fakes/fixtures.js';
import { judge } from './judge/judge.js';
import { loud } from './judge/quiet.js';
import { obstacle } from './act/legal.js';
import { tick } from './validity.js';

type Input =
  | { kind: 'decision'; decision: PointDecision; after: number }
  | {
      kind: 'action';
      action: WarningAction;
      scope: 'internal' | 'public';
      level: (typeof warningLevels)[number] | undefined;
      by: string;
      after: number;
    }
  | { kind: 'tick'; after: number };

const after = fc.integer({ min: 1, max: 30 * HOUR });
const decision = fc
  .record({
    rank: fc.integer({ min: 0, max: 4 }),
    confirmed: fc.integer({ min: 0, max: 4 }),
    corroborating: fc.boolean(),
    late: fc.boolean(),
    unknown: fc.boolean(),
  })
  .map(({ rank, confirmed, corroborating, late, unknown }) => {
    const level = warningLevels[rank - 1];
    if (!level) return decisionOf(unknown ? 'unknown' : 'none', null, { late });
    const sure = confirmed >= rank;
    const certainty = sure ? 'confirmed' : corroborating ? 'awaiting-corroboration' : 'awaiting-persistence';
    return decisionOf(level, certainty, { late, confirmedLevel: sure ? level : (warningLevels[confirmed - 1] ?? 'none') });
  });
const input: fc.Arbitrary<Input> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('decision' as const), decision, after }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('action' as const),
      action: fc.constantFrom(...warningActions),
      scope: fc.constantFrom('internal' as const, 'public' as const),
      level: fc.constantFrom(undefined, ...warningLevels),
      by: fc.constantFrom('li', 'wang'),
      after,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tick' as const), after }) },
);
const policy = fc.constantFrom('manual', 'immediate', 'auto-after:3600');
const release = fc.record({
  release: fc.record({ red: policy, orange: policy, yellow: policy, blue: policy }),
  signOff: fc.constantFrom('one' as const, 'two' as const),
  bluePublic: fc.boolean(),
});
type Policies = typeof release extends fc.Arbitrary<infer T> ? T : never;

/** Plays inputs like the alert stage does, and gives back every step. */
function play(inputs: readonly Input[], policies: Policies): Effects[] {
  const point = pointOf({ release: policies.release });
  const settings = settingsOf({ alert: { ...defaultAlertSettings, signOff: policies.signOff, bluePublic: policies.bluePublic } });
  let now = T0;
  let newest: WarningRecord | undefined;
  return inputs.map((one) => {
    now += one.after;
    const context: StepContext = {
      point,
      settings,
      now,
      eventNow: pointClock(undefined, now),
      hash: plainHash,
      plan: noPlan,
      quiet: loud,
    };
    const effects = apply(one, newest, context);
    newest = effects.warnings.at(-1) ?? newest;
    return effects;
  });
}
function apply(one: Input, newest: WarningRecord | undefined, context: StepContext): Effects {
  if (one.kind === 'decision') return judge(newest, { ...one.decision, eventAt: context.now }, context);
  if (!newest) return nothing('none');
  if (one.kind === 'tick') return isOpen(newest.state) ? tick(newest, context) : nothing('over');
  const body = { scope: one.scope, level: one.level, disposal: 3 };
  const outcome = act(newest, one.action, body, { username: one.by, roles: ['admin'] }, context);
  if (outcome.ok) expect(obstacle(newest, one.action, one.scope, rulesOf(context))).toBe(null);
  else if (outcome.refusal.reason === 'illegal-transition' && outcome.refusal.obstacle === 'second-person')
    expect(context.settings.alert.signOff).toBe('two');
  else expect(obstacle(newest, one.action, one.scope, rulesOf(context))).not.toBe(null);
  return outcome.ok ? outcome.effects : nothing('refused');
}

describe('any order of decisions, actions and ticks', () => {
  const anything = [fc.array(input, { maxLength: 40 }), release] as const;

  it('gives well-formed records, one open warning a point, every id once', () => {
    fc.assert(
      fc.property(...anything, (inputs, policies) => {
        const steps = play(inputs, policies);
        const records = new Map<string, WarningRecord>();
        const ids = new Set<string>();
        for (const step of steps) {
          for (const record of step.warnings) {
            WarningRecordSchema.parse(record);
            const before = records.get(record.id);
            expect(record.version).toBe((before?.version ?? 0) + 1);
            const ended = before !== undefined && !isOpen(before.state);
            expect(record.state).toBe(ended ? before.state : record.state);
            records.set(record.id, record);
          }
          expect([...records.values()].filter((record) => isOpen(record.state)).length).toBeLessThanOrEqual(1);
          for (const { id } of [...step.timeline, ...step.events, ...step.audit]) {
            expect(ids.has(id)).toBe(false);
            ids.add(id);
          }
        }
      }),
    );
  });

  it('publishes each version once, rising by one, and the public nothing unconfirmed', () => {
    fc.assert(
      fc.property(...anything, (inputs, policies) => {
        const versions = new Map<string, number>();
        for (const { orders } of play(inputs, policies))
          for (const { order, warning } of orders) {
            const key = `${order.warningId} ${order.scope}`;
            expect(order.version).toBe((versions.get(key) ?? 0) + 1);
            versions.set(key, order.version);
            if (order.scope === 'public' && order.version === 1 && !policies.bluePublic) expect(order.level).not.toBe('blue');
            expect(order.references === null).toBe(order.version === 1);
            const firstInPublic = order.scope === 'public' && order.version === 1;
            expect(firstInPublic ? warning.state : 'confirmed').toBe('confirmed');
          }
      }),
    );
  });

  it('where two sign, lets nobody sign, change or end alone what the public is told', () => {
    fc.assert(
      fc.property(...anything, (inputs, policies) => {
        const steps = play(inputs, { ...policies, signOff: 'two' });
        const asked = new Map<string, string>();
        for (const { warnings, audit, orders } of steps) {
          const [record, actor] = [warnings.at(-1), audit.at(-1)?.actor];
          for (const { order } of orders)
            if (order.scope === 'public' && actor !== 'station' && ['adjust', 'cancel', 'all-clear'].includes(order.kind))
              expect(asked.get(order.warningId)).not.toBe(actor);
          const { signedBy, proposedBy, ratified, version } = record?.releases.public ?? {};
          if (signedBy !== undefined && version === 0 && ratified) expect(signedBy).not.toBe(proposedBy);
          if (record?.countersign) asked.set(record.id, record.countersign.by);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same records when played again', () => {
    fc.assert(
      fc.property(...anything, (inputs, policies) => {
        expect(play(inputs, policies)).toEqual(play(inputs, policies));
      }),
      { numRuns: 50 },
    );
  });

  it('misses no confirmed red: a live confirmed red leaves an open warning at red, told inside', () => {
    fc.assert(
      fc.property(...anything, (inputs, policies) => {
        const red: Input = { kind: 'decision', decision: decisionOf('red'), after: 1 };
        const quiet: Input = { kind: 'decision', decision: decisionOf('none'), after: 1 };
        const steps = play([...inputs, quiet, red], policies);
        const last = steps.flatMap((step) => step.warnings).at(-1);
        expect(last).toMatchObject({ state: 'confirmed', level: 'red', active: true });
        expect(last?.releases.internal.told?.warning).toBe('red');
      }),
    );
  });
});
