import { describe, expect, it } from 'vitest';
import { Account, callLimit, Limit, notificationLimit } from './limits.js';

const start = Date.parse('2026-07-01T00:00:00Z');

describe('limits of a vendor', () => {
  it('50 notifications in 24 h from the first, each key for itself', () => {
    const limit = new Limit(notificationLimit);
    for (let i = 0; i < 50; i += 1) limit.count('a', start + i);
    expect(limit.exceeded('a', start + 86_399_999)?.name).toBe('天级');
    expect(limit.exceeded('b', start)).toBeUndefined();
    expect(limit.exceeded('a', start + 86_400_000)).toBeUndefined();
  });

  it('one call a minute, five an hour, twenty a day', () => {
    const limit = new Limit(callLimit);
    let now = start;
    const refusals: string[] = [];
    for (let minute = 0; minute < 6; minute += 1, now += 60_000) {
      if (!limit.exceeded('a', now)) limit.count('a', now);
      else refusals.push(limit.exceeded('a', now)!.name);
      expect(minute === 5 || limit.exceeded('a', now + 59_999)?.permits).toBeTruthy();
    }
    expect(refusals).toEqual(['小时级']);
    for (let hour = 1; hour <= 3; hour += 1)
      for (let call = 0; call < 5; call += 1) limit.count('a', start + hour * 3_600_000 + call * 60_000);
    expect(limit.exceeded('a', start + 4 * 3_600_000)?.name).toBe('天级');
  });

  it('an account has so many requests in a second, and so many messages', () => {
    const account = new Account(2);
    expect([account.admit(start), account.admit(start + 1), account.admit(start + 2), account.admit(start + 1_000)]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(account.pay(1_000)).toBe(true);
    account.balance = 3;
    expect([account.pay(2), account.pay(2), account.pay(1)]).toEqual([true, false, true]);
  });
});
