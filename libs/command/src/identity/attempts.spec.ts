import { beforeEach, expect, it } from 'vitest';
import { Problem } from '#libs/contracts';
import { LoginAttempts } from './attempts.js';
import { StandingClock } from '../fakes/fake-context.js';

let clock: StandingClock;
let attempts: LoginAttempts;
beforeEach(() => {
  clock = new StandingClock();
  attempts = new LoginAttempts(clock);
});
/** Seconds to wait before the next log-in, 0 when it may come now. */
const wait = (username = 'admin', address = '10.0.0.1'): number => {
  try {
    attempts.check(username, address);
    return 0;
  } catch (error) {
    return error instanceof Problem && error.code === 'too-many-attempts' ? Number(error.extra.retryAfter) : Number.NaN;
  }
};
const fail = (times: number, username = 'admin', address = '10.0.0.1') => {
  for (let n = 0; n < times; n++) attempts.failed(username, address);
};

it('lets five failures pass, then makes each next one wait twice as long, up to five minutes', () => {
  fail(4);
  expect(wait()).toBe(0);
  fail(1);
  expect(wait()).toBe(2);
  clock.time += 2_000;
  expect(wait()).toBe(0);
  fail(1);
  expect(wait()).toBe(4);
  fail(20);
  expect(wait()).toBe(300);
});

it('keeps users and addresses apart, so that nobody locks another out from elsewhere', () => {
  fail(10);
  expect(wait('admin', '10.0.0.2')).toBe(0);
  expect(wait('signer')).toBe(0);
});

it('makes an address wait that tries many names, also after one success', () => {
  for (let n = 0; n < 30; n++) fail(1, `user${n}`);
  attempts.succeeded('user7', '10.0.0.1');
  expect(wait('fresh')).toBe(2);
});

it('forgives with a success and with fifteen quiet minutes', () => {
  fail(5);
  attempts.succeeded('admin', '10.0.0.1');
  expect(wait()).toBe(0);
  fail(20);
  clock.time += 15 * 60_000;
  expect(wait()).toBe(0);
});
