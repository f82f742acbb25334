import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sessions, type Session } from './sessions.js';

const open = (sessions: Sessions<Session>, clientId: string, deviceId = clientId) =>
  sessions.open((epoch) => ({ epoch, clientId, deviceId }));

describe('sessions', () => {
  it('ignores the end of a connection that was taken over', () => {
    const sessions = new Sessions<Session>();
    const first = open(sessions, 'A').session;
    const { session: second, replaced } = open(sessions, 'A');
    expect(replaced).toBe(first);
    expect(second.epoch).toBeGreaterThan(first.epoch);
    expect(sessions.close(first)).toBe(false);
    expect(sessions.connected('A')).toBe(true);
    expect(sessions.close(second)).toBe(true);
    expect(sessions.connected('A')).toBe(false);
    expect(sessions.close(second)).toBe(false);
  });

  it('keeps a device connected while one of its free client ids is', () => {
    const sessions = new Sessions<Session>();
    const one = open(sessions, 'A/1', 'A').session;
    const two = open(sessions, 'A/2', 'A').session;
    sessions.close(one);
    expect(sessions.connected('A')).toBe(true);
    sessions.close(two);
    expect(sessions.connected('A')).toBe(false);
  });

  it('is right about presence whatever the order in which ends are reported', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('A', 'B'), fc.nat(9)), { maxLength: 40 }), (steps) => {
        const sessions = new Sessions<Session>();
        const alive: Session[] = [];
        const newest = new Map<string, Session>();
        for (const [device, at] of steps) {
          if (at < 6) {
            const { session } = open(sessions, device);
            alive.push(session);
            newest.set(device, session);
          } else {
            const [ended] = alive.splice(at % Math.max(1, alive.length), 1);
            if (!ended) continue;
            sessions.close(ended);
            if (newest.get(ended.deviceId) === ended) newest.delete(ended.deviceId);
          }
          for (const each of ['A', 'B']) expect(sessions.connected(each)).toBe(newest.has(each));
          expect(sessions.size).toBe(newest.size);
        }
      }),
    ));
});
