import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromIso, HOUR, MINUTE, SECOND, toIso, type DeviceCommand } from '#libs/contracts';
import { aCommand } from '../fakes/fake-downlink.js';
import { isOpenCommand, isTryDue, stepCommand, waitAfter, type Happening } from './life.js';

const t0 = fromIso(aCommand().createdAt);
const through = (command: DeviceCommand, ...happenings: Happening[]): DeviceCommand => happenings.reduce(stepCommand, command);
const reply = (at: number, ok = true): Happening => ({ kind: 'reply', at, ok, values: {} });

describe('the life of a command', () => {
  it('goes queued → sent → succeeded, or failed when the device says so', () => {
    const sent = stepCommand(aCommand(), { kind: 'sent', at: t0 });
    expect(sent).toMatchObject({ state: 'sent', reason: 'waits-for-answer', tryCount: 1, tries: [toIso(t0)], version: 2 });
    expect(stepCommand(sent, reply(t0 + 5))).toMatchObject({
      state: 'succeeded',
      reason: 'answered',
      answer: { ok: true },
      nextTryAt: null,
    });
    expect(stepCommand(sent, reply(t0 + 5, false))).toMatchObject({ state: 'failed', reason: 'answered' });
  });

  it('is sent again after 30 s, 1, 2, 4… minutes, at most every 15', () => {
    expect([1, 2, 3, 6, 20].map((tries) => waitAfter(tries) / SECOND)).toEqual([30, 60, 120, 900, 900]);
    const sent = stepCommand(aCommand(), { kind: 'sent', at: t0 });
    expect(isTryDue(sent, t0 + 29_999)).toBe(false);
    expect(isTryDue(sent, t0 + 30_000)).toBe(true);
  });

  it('waits for a sleeping device without trying, goes at once when it connects, and expires in the end', () => {
    const away = stepCommand(aCommand(), { kind: 'away', at: t0 });
    expect(away).toMatchObject({ state: 'queued', reason: 'waits-for-device', nextTryAt: null });
    expect(isTryDue(away, t0 + HOUR)).toBe(false);
    expect(isTryDue(stepCommand(away, { kind: 'connected', at: t0 + 10 * MINUTE }), t0 + 10 * MINUTE)).toBe(true);
    expect(stepCommand(away, { kind: 'tick', at: t0 + HOUR })).toMatchObject({
      state: 'expired',
      reason: 'never-connected',
      endedAt: toIso(t0 + HOUR),
    });
    const unanswered = through(aCommand(), { kind: 'sent', at: t0 }, { kind: 'tick', at: t0 + HOUR });
    expect(unanswered).toMatchObject({ state: 'expired', reason: 'no-answer' });
  });

  it('keeps an answer that comes too late beside the end, and drops a second one', () => {
    const expired = through(aCommand(), { kind: 'sent', at: t0 }, { kind: 'tick', at: t0 + HOUR }, reply(t0 + 2 * HOUR));
    expect(expired).toMatchObject({ state: 'expired', answer: { ok: true, at: toIso(t0 + 2 * HOUR) } });
    expect(stepCommand(expired, reply(t0 + 3 * HOUR, false))).toBe(expired);
  });

  it('can be withdrawn while open only, and says by what', () => {
    const withdrawn = stepCommand(aCommand(), { kind: 'withdrawn', at: t0, reason: 'replaced' });
    expect(withdrawn).toMatchObject({ state: 'cancelled', reason: 'replaced' });
    const done = through(aCommand(), { kind: 'sent', at: t0 }, reply(t0));
    expect(stepCommand(done, { kind: 'withdrawn', at: t0, reason: 'replaced' })).toBe(done);
  });

  const anything = fc.array(
    fc.record({
      after: fc.integer({ min: 0, max: 20 * MINUTE }),
      kind: fc.constantFrom('sent', 'away', 'connected', 'reply', 'withdrawn', 'tick'),
      ok: fc.boolean(),
    }),
    { maxLength: 40 },
  );

  it('whatever happens: what has ended never moves, versions only rise, tries are kept apart, and time ends everything', () =>
    fc.assert(
      fc.property(anything, (steps) => {
        let now = t0;
        let command = aCommand();
        for (const { after, kind, ok } of steps) {
          now += after;
          const before = command;
          const happening = { kind, at: now, ok, values: {}, reason: 'replaced' } as unknown as Happening;
          // The dispatcher puts on the wire only what is due.
          if (kind === 'sent' && !isTryDue(command, now)) continue;
          command = stepCommand(command, happening);
          if (command !== before) expect(command.version).toBe(before.version + 1);
          if (!isOpenCommand(before)) {
            expect(command).toMatchObject({
              state: before.state,
              reason: before.reason,
              endedAt: before.endedAt,
              tryCount: before.tryCount,
            });
            if (before.answer) expect(command).toBe(before);
          }
          expect(command.endedAt === null).toBe(isOpenCommand(command));
          expect(command.tries.length).toBeLessThanOrEqual(20);
          if (isOpenCommand(command) && command.nextTryAt === null) expect(command.reason).not.toBe('answered');
        }
        expect(isOpenCommand(stepCommand(command, { kind: 'tick', at: fromIso(command.expiresAt) }))).toBe(false);
      }),
      { numRuns: 500 },
    ));
});
