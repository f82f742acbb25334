import type { MaintenanceWindow, PointDecision, Silence, WarningLevel, WarningRecord } from '#libs/contracts';
import { levelRank, MINUTE, silenceableLevels, toIso, warningLevels } from '#libs/contracts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { act } from '../act/act.js';
import { nothing, type Effects } from '../step/effects.js';
import { isOpen } from '../machine/episode.js';
import { contextOf, decisionOf, pointOf, quietAt, silenceOf, T0, workOf } from '../fakes/fixtures.js';
import { judge } from './judge.js';
import { obstacle } from '../act/legal.js';
import { tick } from '../validity.js';

const personal = ['confirm', 'acknowledge', 'close'] as const;
type Input = { minutes: number; what: PointDecision | (typeof personal)[number] | 'tick' };

const decision = fc
  .record({
    rank: fc.integer({ min: 0, max: 4 }),
    confirmed: fc.integer({ min: 0, max: 4 }),
    corroborating: fc.boolean(),
    late: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    device: fc.constantFrom('d1', 'd2'),
  })
  .map(({ rank, confirmed, corroborating, late, device }) => {
    const level = warningLevels[rank - 1];
    if (!level) return decisionOf('none', null, { late, reasons: [] });
    const sure = confirmed >= rank;
    const reasons = [{ code: 'threshold-reached', deviceId: device, text: { zh: '超阈值', en: 'above threshold' } }];
    const certainty = sure ? 'confirmed' : corroborating ? 'awaiting-corroboration' : 'awaiting-persistence';
    return decisionOf(level, certainty, { late, reasons, confirmedLevel: sure ? level : (warningLevels[confirmed - 1] ?? 'none') });
  });
const inputs: fc.Arbitrary<Input[]> = fc.array(
  fc.record({
    minutes: fc.integer({ min: 1, max: 90 }),
    what: fc.oneof(
      { weight: 4, arbitrary: decision },
      { weight: 2, arbitrary: fc.constant('tick' as const) },
      { weight: 1, arbitrary: fc.constantFrom(...personal) },
    ),
  }),
  { maxLength: 30 },
);
const span = { from: fc.integer({ min: 0, max: 900 }), length: fc.integer({ min: 1, max: 600 }) };
const at = (minute: number): string => toIso(T0 + minute * MINUTE);
const silences: fc.Arbitrary<Silence[]> = fc
  .array(
    fc.record({
      ...span,
      level: fc.constantFrom(...silenceableLevels),
      rule: fc.constantFrom(undefined, 'reference', 'another'),
      cut: fc.boolean(),
    }),
    { maxLength: 5 },
  )
  .map((many) =>
    many.map(({ from, length, level, rule, cut }, n) =>
      silenceOf({
        id: `s${n}`,
        level,
        rule,
        from: at(from),
        until: at(from + length),
        ...(cut ? { endedAt: at(from + Math.ceil(length / 2)), endedBy: 'li' } : {}),
      }),
    ),
  );
const windows: fc.Arbitrary<MaintenanceWindow[]> = fc
  .array(fc.record({ ...span, device: fc.constantFrom('d1', 'd2') }), { maxLength: 3 })
  .map((many) => many.map(({ from, length, device }, n) => workOf(device, { id: `m${n}`, from: at(from), until: at(from + length) })));

/** Plays like the alert stage, with a last look a day and a half after everything that was declared has ended; nothing expires, as the rule holds. */
function play(script: readonly Input[], quiet: { silences: Silence[]; windows: MaintenanceWindow[] }) {
  let now = T0;
  let newest: WarningRecord | undefined;
  const steps: { effects: Effects; record: WarningRecord | undefined; now: number; what: Input['what'] }[] = [];
  const end: Input = { minutes: 2000, what: 'tick' };
  for (const { minutes, what } of [...script, end]) {
    now += minutes * MINUTE;
    const context = contextOf({ point: pointOf(), now, eventNow: now, quiet: quietAt(now, quiet.silences, quiet.windows) });
    let effects = nothing('none');
    if (typeof what === 'object') effects = judge(newest, { ...what, eventAt: now }, context);
    else if (newest && what === 'tick') effects = isOpen(newest.state) ? tick(newest, context) : effects;
    else if (newest && what !== 'tick' && obstacle(newest, what, 'public') === null) {
      const outcome = act(newest, what, { scope: 'public' }, { username: 'li', roles: ['admin'] }, context);
      effects = outcome.ok ? outcome.effects : effects;
    }
    newest = effects.warnings.at(-1) ?? newest;
    steps.push({ effects, record: newest, now, what });
  }
  return steps;
}

const rank = (level: WarningLevel | null | undefined): number => (level ? levelRank(level) : 0);
const told = (record: WarningRecord | undefined, kind: 'warning' | 'inspect'): number => rank(record?.releases.internal.told?.[kind]);
const calm = { silences: [], windows: [] };

describe('any order of decisions, people, silences and their ends', () => {
  it('hides nothing: at every moment the record shows what it would show without them', () => {
    fc.assert(
      fc.property(inputs, silences, (script, declared) => {
        const plain = play(script, calm);
        play(script, { silences: declared, windows: [] }).forEach(({ record }, n) => {
          const seen = (one: WarningRecord | undefined) =>
            one && { id: one.id, level: one.level, peak: one.peak, state: one.state, active: one.active, held: one.held, late: one.late };
          expect(seen(record)).toEqual(seen(plain[n]?.record));
        });
      }),
    );
  });

  it('loses nothing: when all have ended, what is in force has been told, and red was told at once', () => {
    fc.assert(
      fc.property(inputs, silences, (script, declared) => {
        const plain = play(script, calm);
        const quiet = play(script, { silences: declared, windows: [] });
        quiet.forEach(({ record, effects }, n) => {
          const red = (one: Effects | undefined) =>
            one?.orders.some(({ order }) => order.level === 'red' && order.kind === 'warning') ?? false;
          // Told later than it would have been only when red came from data that were late.
          if (red(plain[n]?.effects) && told(record, 'warning') < 4) throw new Error('a red warning was held back');
          if (red(effects)) expect(record?.heldBack?.warning ?? null).toBeNull();
        });
        const last = quiet.at(-1)?.record;
        const lastPlain = plain.at(-1)?.record;
        expect(last?.heldBack).toBeUndefined();
        // A level that came back by late data alone sounds nowhere, silenced or not.
        if (!last || !isOpen(last.state) || !last.active || last.late) return;
        if (last.state === 'confirmed')
          expect(told(last, 'warning')).toBeGreaterThanOrEqual(Math.min(rank(last.level), told(lastPlain, 'warning')));
        const decided = script.findLast(({ what }) => typeof what === 'object' && !what.late)?.what;
        if (typeof decided !== 'object' || decided.certainty !== 'awaiting-corroboration') return;
        const asked = Math.max(told(last, 'inspect'), told(last, 'warning'));
        const askedPlain = Math.max(told(lastPlain, 'inspect'), told(lastPlain, 'warning'));
        expect(asked).toBeGreaterThanOrEqual(Math.min(levelRank(last.held?.level ?? 'none'), askedPlain));
      }),
      { numRuns: 200 },
    );
  });

  it('tells no level twice in one form, gives each message its own version, and keeps back only what is marked', () => {
    fc.assert(
      fc.property(inputs, silences, windows, (script, declared, working) => {
        const versions = new Map<string, number>();
        const levels = new Map<string, number>();
        for (const { effects, record, now, what } of play(script, { silences: declared, windows: working })) {
          for (const { order } of effects.orders) {
            const scope = `${order.warningId} ${order.scope}`;
            expect(order.version).toBe((versions.get(scope) ?? 0) + 1);
            versions.set(scope, order.version);
            const form = `${scope} ${order.kind}`;
            expect(rank(order.level)).toBeGreaterThan(levels.get(form) ?? 0);
            levels.set(form, rank(order.level));
          }
          const mark = record?.heldBack;
          if (!record || !mark) continue;
          expect(isOpen(record.state)).toBe(true);
          expect(rank(mark.inspect) + rank(mark.warning)).toBeGreaterThan(0);
          expect(mark.by === 'silence' ? Math.max(rank(mark.inspect), rank(mark.warning)) : 0).toBeLessThan(levelRank('red'));
          // What the clock or a live decision has just looked at is marked with what holds now.
          const looked = typeof what === 'object' ? !what.late : what === 'tick';
          if (looked && effects.warnings.includes(record)) expect(Date.parse(mark.until)).toBeGreaterThan(now);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('of work on instruments: nothing is told that rests on them alone, and in the end somebody was sent to look', () => {
    fc.assert(
      fc.property(inputs, windows, (script, working) => {
        const steps = play(
          script.filter(({ what }) => typeof what === 'object' || what === 'tick'),
          { silences: [], windows: working },
        );
        const last = steps.at(-1)?.record;
        expect(last?.heldBack).toBeUndefined();
        if (!last || !isOpen(last.state) || !last.active || last.late) return;
        const held = levelRank(last.held?.level ?? 'none');
        const decided = script.findLast(({ what }) => typeof what === 'object')?.what;
        if (typeof decided !== 'object' || decided.certainty === 'awaiting-persistence' || decided.late) return;
        expect(Math.max(told(last, 'inspect'), told(last, 'warning'))).toBeGreaterThanOrEqual(held);
      }),
      { numRuns: 200 },
    );
  });
});
