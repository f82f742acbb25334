import { HOUR, toIso, type IndicatorValue, type Reason } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { contextOf, decisionOf, T0 } from '../fakes/fixtures.js';
import { judge } from '../judge/judge.js';
import { onsetOf } from './onset.js';

const text = { zh: '失稳时间余量', en: 'time to failure' };
const reached = (indicator: string, deviceId: string): Reason => ({
  code: 'threshold-reached',
  indicator,
  deviceId,
  channel: 'L1_LF_1',
  text,
});
const value = (id: string, deviceId: string, hours: number | null, detector = 'failure-time'): IndicatorValue => ({
  id,
  deviceId,
  channel: 'L1_LF_1',
  detector,
  value: hours,
  unit: 'h',
  at: toIso(T0),
  thresholds: {},
});
const clocks = { now: T0 + 60_000, eventNow: T0 };

describe('onsetOf', () => {
  it('is the earliest time any forecast gives, on the wall clock', () => {
    const reasons = [reached('failure-time', 'a'), reached('failure-time', 'b'), { code: 'confirmed', text }];
    const evidence = [value('failure-time', 'a', 40), value('failure-time', 'b', 30), value('velocity', 'a', 3, 'velocity')];
    expect(onsetOf({ reasons, evidence }, clocks)).toBe(clocks.now + 30 * HOUR);
  });

  it('is now when anything measured was reached as well, nothing is known, or the time has come', () => {
    const evidence = [value('failure-time', 'a', 40), value('velocity', 'a', 3, 'velocity')];
    expect(onsetOf({ reasons: [reached('failure-time', 'a'), reached('velocity', 'a')], evidence }, clocks)).toBeUndefined();
    expect(onsetOf({ reasons: [reached('failure-time', 'gone')], evidence }, clocks)).toBeUndefined();
    expect(onsetOf({ reasons: [], evidence }, clocks)).toBeUndefined();
    for (const hours of [0, null])
      expect(onsetOf({ reasons: [reached('failure-time', 'a')], evidence: [value('failure-time', 'a', hours)] }, clocks)).toBeUndefined();
  });

  it('goes with the order to tell', () => {
    const forecast = { reasons: [reached('failure-time', 'a')], evidence: [value('failure-time', 'a', 48)] };
    const { orders } = judge(undefined, decisionOf('yellow', 'confirmed', forecast), contextOf());
    expect(orders.map(({ order }) => order.onsetAt)).toEqual([T0 + 48 * HOUR]);
    const { orders: plain } = judge(undefined, decisionOf('yellow'), contextOf());
    expect(plain.map(({ order }) => order.onsetAt)).toEqual([undefined]);
  });
});
