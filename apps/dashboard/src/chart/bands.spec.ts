import type { IndicatorValue } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { distance, indicatorFor, linesOnCurve, logFloorFor, nearness, thresholdsOf, worseIsLess } from './bands.js';

const indicator = (over: Partial<IndicatorValue>): IndicatorValue => ({
  id: 'crack',
  detector: 'level',
  deviceId: 'E1',
  channel: 'L1_LF_1',
  value: 12,
  unit: 'mm',
  at: null,
  thresholds: { red: 40, blue: 5, orange: 20, yellow: 10 },
  ...over,
});

describe('threshold bands', () => {
  it('says what is reached and how far the next level is', () => {
    const list = thresholdsOf(indicator({}));
    expect(list.map((one) => one.level)).toEqual(['blue', 'yellow', 'orange', 'red']);
    expect(distance(12, list)).toEqual({ reached: 'yellow', next: { level: 'orange', distance: 8 } });
    expect(distance(4, list)).toEqual({ reached: null, next: { level: 'blue', distance: 1 } });
    expect(distance(40, list)).toEqual({ reached: 'red', next: null });
    expect(distance(null, list)).toEqual({ reached: null, next: null });
  });

  it('turns round where less is worse: a dry beach', () => {
    const list = thresholdsOf({ thresholds: { blue: 120, red: 60 } });
    expect(worseIsLess(list)).toBe(true);
    expect(distance(100, list)).toEqual({ reached: 'blue', next: { level: 'red', distance: 40 } });
    expect(distance(130, list)).toEqual({ reached: null, next: { level: 'blue', distance: 10 } });
    expect(distance(55, list)).toEqual({ reached: 'red', next: null });
  });

  it('believes the rulebook about which side is worse, also with a single threshold', () => {
    const list = thresholdsOf({ thresholds: { red: 60 } });
    expect(distance(50, list)).toMatchObject({ reached: null });
    expect(distance(50, list, 'less')).toEqual({ reached: 'red', next: null });
    expect(distance(80, list, 'less')).toEqual({ reached: null, next: { level: 'red', distance: 20 } });
  });

  it('turns the scale of a velocity logarithmic once it has left its bands far behind, and no other', () => {
    const velocity = { detector: 'velocity', thresholds: { blue: 4, red: 15 } };
    expect([logFloorFor(velocity, 60), logFloorFor(velocity, 61)]).toEqual([null, 0.4]);
    expect(logFloorFor({ ...velocity, thresholds: {} }, 1e6)).toBeNull();
    expect(logFloorFor({ ...velocity, detector: 'rain' }, 1e6)).toBeNull();
  });

  it('draws a level at its value, a change from the start of its window, and nothing it can’t compare', () => {
    expect(linesOnCurve(indicator({}), 100).map((line) => line.value)).toEqual([5, 10, 20, 40]);
    expect(linesOnCurve(indicator({ detector: 'change', value: 6 }), 106).map((line) => line.value)).toEqual([105, 110, 120, 140]);
    expect(linesOnCurve(indicator({ detector: 'change', value: -6 }), 94).map((line) => line.value)).toEqual([95, 90, 80, 60]);
    expect(linesOnCurve(indicator({ detector: 'velocity' }), 100)).toEqual([]);
    expect(linesOnCurve(indicator({ detector: 'change', value: null }), 100)).toEqual([]);
  });

  it('chooses the indicator that is nearest to its trigger, of the same device and unit', () => {
    const curves = [{ deviceId: 'E1', channel: 'L1_LF_1' }];
    const near = indicator({ id: 'near', value: 36 });
    expect(indicatorFor(curves, 'mm', [indicator({}), near, indicator({ id: 'other', deviceId: 'E2', value: 39 })])).toBe(near);
    expect(indicatorFor(curves, 'm', [near])).toBeUndefined();
    const beach = indicator({ channel: 'L3_WK_1.shoalLength' });
    expect(indicatorFor([{ deviceId: 'E1', channel: 'L3_WK_1.freeboard' }], 'mm', [beach])).toBeUndefined();
    expect(indicatorFor([{ deviceId: 'E1', channel: 'L3_WK_1.shoalLength' }], 'mm', [beach])).toBe(beach);
    expect(nearness(near)).toBeCloseTo(0.9);
  });
});
