import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, type AddressHistory, type WarningLevel } from '#libs/contracts';
import { anIntent } from '../fakes/intents.js';
import type { ClaimedDelivery } from '../ports.js';
import { afterBusyNumber, gate, hourlyCap, repeatWindowMs } from './gate.js';
import { heldUntil, quietUntil } from './quiet-hours.js';

const noon = Date.parse('2026-07-01T12:00:00+08:00');
const night = Date.parse('2026-07-01T23:30:00+08:00');
const morning = Date.parse('2026-07-02T07:00:00+08:00');
const levels: readonly WarningLevel[] = ['red', 'orange', 'yellow', 'blue'];
const had = (over: Partial<AddressHistory> = {}): AddressHistory => ({ lastHour: 0, sameTemplate: 0, saidAt: null, ...over });
const claimed = (level: WarningLevel, over: Partial<ClaimedDelivery> = {}): ClaimedDelivery => ({
  ...anIntent('d1', noon, { level, priority: levels.indexOf(level) }),
  attempts: 1,
  status: 'sending',
  providerId: null,
  firstSentAt: noon,
  history: had(),
  ...over,
});
const outcome = (delivery: ClaimedDelivery, now = noon): string => {
  const verdict = gate(delivery, now);
  return verdict.go ? 'go' : `${verdict.settlement.status} ${verdict.settlement.error?.code ?? ''}`;
};

describe('quiet hours', () => {
  it('are 22:00 to 07:00 in Shanghai', () => {
    const at = (time: string) => quietUntil(Date.parse(`2026-07-01T${time}+08:00`));
    expect([at('21:59:59'), at('07:00:00'), at('12:00:00')]).toEqual([undefined, undefined, undefined]);
    expect(at('22:00:00')).toBe(morning);
    expect(at('06:59:59')).toBe(Date.parse('2026-07-01T07:00:00+08:00'));
    expect(at('00:00:00')).toBe(Date.parse('2026-07-01T07:00:00+08:00'));
  });

  it.each([
    ['red', 'household', night, undefined],
    ['orange', 'household', night, undefined],
    ['yellow', 'household', night, undefined],
    ['yellow', 'household', morning + HOUR, morning],
    ['yellow', 'monitor', morning + HOUR, undefined],
    ['blue', 'monitor', night, morning],
    ['blue', 'household', night, morning],
  ] as const)('%s to a %s, beginning at %i: held until %s', (level, role, onset, until) => {
    expect(heldUntil({ level, role, kind: 'warning', version: 1 }, night, onset)).toBe(until);
    expect(heldUntil({ level, role, kind: 'warning', version: 1 }, noon, onset)).toBeUndefined();
  });

  it('hold back no change and no end of what was said', () => {
    for (const kind of ['adjust', 'cancel', 'all-clear'] as const)
      expect(heldUntil({ level: 'blue', role: 'household', kind, version: 1 }, night)).toBeUndefined();
    expect(heldUntil({ level: 'blue', role: 'household', kind: 'warning', version: 2 }, night)).toBeUndefined();
  });

  it('put a claimed message off to the morning without counting the attempt', () => {
    expect(gate(claimed('blue'), night)).toMatchObject({ settlement: { status: 'pending', unsent: true, delayMs: morning - night } });
  });
});

describe('the same again', () => {
  it.each(levels)('%s is not said twice within its window, and is after it', (level) => {
    const said = (ago: number) => claimed(level, { history: had({ saidAt: noon - ago }) });
    expect(outcome(said(repeatWindowMs[level] - 1))).toBe('suppressed said-already');
    expect(outcome(said(repeatWindowMs[level]))).toBe('go');
  });

  it('does not concern what changes or ends it, nor another way to the same person', () => {
    const history = had({ saidAt: noon - MINUTE, lastHour: 100 });
    for (const kind of ['adjust', 'cancel', 'all-clear'] as const) expect(outcome(claimed('yellow', { history, kind }))).toBe('go');
    expect(outcome(claimed('yellow', { history, version: 2 }))).toBe('go');
    expect(outcome(claimed('orange', { history, step: 1, insteadOf: 'd0' }))).toBe('go');
  });
});

describe('how many', () => {
  it.each([
    ['orange', 12],
    ['yellow', 4],
    ['blue', 2],
  ] as const)('%s: %i an hour to one person', (level, most) => {
    expect(hourlyCap[level]).toBe(most);
    expect(outcome(claimed(level, { history: had({ lastHour: most - 1 }) }))).toBe('go');
    expect(outcome(claimed(level, { history: had({ lastHour: most }) }))).toBe('suppressed hourly-cap');
  });

  it('red: never too many', () => expect(outcome(claimed('red', { history: had({ lastHour: 1_000 }) }))).toBe('go'));

  it('fifty of one template a day: then another way, whatever the message', () => {
    const voice = { ...claimed('red'), id: 'd1v', outId: 'd1v', channel: 'voice' as const, step: 1 };
    const full = claimed('red', { history: had({ sameTemplate: 50 }), alternatives: [voice] });
    expect(gate(full, noon)).toMatchObject({ settlement: { status: 'failed_perm', instead: { channel: 'voice' } } });
    expect(outcome({ ...full, kind: 'all-clear', alternatives: [] })).toBe('manual_task day-limit');
  });

  it('a number called a moment ago is called later, if that is in time; otherwise it is a person’s turn', () => {
    const call = claimed('red', { channel: 'voice', insteadOf: 'd0', step: 1 });
    expect(afterBusyNumber(call, MINUTE, noon)).toMatchObject({ status: 'pending', delayMs: MINUTE, unsent: true });
    expect(afterBusyNumber(call, HOUR, noon)).toMatchObject({ status: 'manual_task', error: { code: 'call-limit' } });
  });
});
