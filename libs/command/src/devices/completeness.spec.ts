import { expect, it } from 'vitest';
import type { RegisteredDevice, StoredReading } from '#libs/contracts';
import { Completeness } from './completeness.js';
import { StandingClock } from '../fakes/fake-context.js';

const minute = 60_000;
const start = Date.parse('2026-11-21T00:00:00Z');
const device = { deviceId: 'R1', interval: 600, createdAt: '2026-01-01T00:00:00Z' } as RegisteredDevice;
const always = [{ validFrom: device.createdAt, seconds: 600 }];
const reading = (time: number, channel = 'L3_YL_1') =>
  ({ deviceId: 'R1', channel, time, receivedAt: time, value: 1, quality: [], hazardPoint: 'P', seq: 1 }) satisfies StoredReading;

it('is received over due samples, one a device time, at the interval of the device', () => {
  const clock = new StandingClock(start);
  const completeness = new Completeness(clock);
  expect(completeness.of(device, undefined, always)).toEqual({ completeness: null, since: '2026-11-21T00:00:00.000Z' });
  clock.time = start + 40 * minute;
  for (const at of [10, 20, 30]) completeness.follow([reading(start + at * minute), reading(start + at * minute, 'L3_YL_1.totalValue')]);
  expect(completeness.of(device, undefined, always).completeness).toBe(0.75);
});

it('forgets what is older than a day and is never above one', () => {
  const clock = new StandingClock(start);
  const completeness = new Completeness(clock);
  for (let second = 0; second < 7200; second += 60) completeness.follow([reading(start + second * 1000)]);
  clock.time = start + 120 * minute;
  expect(completeness.of(device, undefined, always).completeness).toBe(1);
  clock.time = start + 48 * 60 * minute;
  expect(completeness.of(device, undefined, always)).toEqual({ completeness: 0, since: '2026-11-22T01:00:00.000Z' });
});

it('runs on the clock of a drill', () => {
  const clock = new StandingClock(start);
  const completeness = new Completeness(clock);
  const drill = { wallStart: '2026-11-21T00:00:00Z', eventStart: '2012-05-01T00:00:00Z', speed: 600, deliver: 'simulator' as const };
  clock.time = start + 4_000;
  for (const n of [0, 1]) completeness.follow([{ ...reading(start + n), receivedAt: start + n }]);
  expect(completeness.of(device, drill, always).completeness).toBe(0.5);
});

it('is due at the interval in force at that time: 10 minutes at 10, then 10 at 1, are 11 samples', () => {
  const clock = new StandingClock(start);
  const completeness = new Completeness(clock);
  for (let at = 0; at < 11; at += 1) completeness.follow([reading(start + at * minute)]);
  clock.time = start + 20 * minute;
  const history = [...always, { validFrom: '2026-11-21T00:10:00Z', seconds: 60 }];
  expect(completeness.of(device, undefined, history).completeness).toBe(1);
  expect(completeness.of(device, undefined, [{ validFrom: device.createdAt, seconds: 60 }]).completeness).toBe(0.55);
});
