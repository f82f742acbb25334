import { describe, expect, it } from 'vitest';
import { HOUR, PointState } from '#libs/contracts';
import { drive, reading, setup, shipped } from '../fakes/drive.js';
import { distanceOf } from './explain.js';
import { PointEvaluator } from '../point/point-evaluator.js';

const t0 = Date.UTC(2026, 6, 1);
const crack = (minutes: number, value: number, device = 'E1') => reading(device, 'L1_LF_1', t0 + minutes * 60_000, value);

describe('distanceOf', () => {
  it('is what is still lacking, and the share of the way, on either side of a threshold', () => {
    expect(distanceOf(30, 40, 'more')).toEqual({ threshold: 40, reached: false, distance: 10, share: 0.75 });
    expect(distanceOf(50, 40, 'more')).toEqual({ threshold: 40, reached: true, distance: -10, share: 1.25 });
    expect(distanceOf(80, 40, 'less')).toEqual({ threshold: 40, reached: false, distance: 40, share: 0.5 });
    expect(distanceOf(40, 40, 'less')).toEqual({ threshold: 40, reached: true, distance: 0, share: 1 });
  });
  it('is not known of an unknown value or threshold', () => {
    expect(distanceOf(null, 40, 'more')).toEqual({ threshold: 40, reached: null, distance: null, share: null });
    expect(distanceOf(40, undefined, 'more')).toEqual({ threshold: null, reached: null, distance: null, share: null });
  });
});

describe('why and why not', () => {
  const unstable = async () => {
    const evaluator = new PointEvaluator(setup(shipped('unstable-slope'), { devices: [{ deviceId: 'E1', interval: 3600 }] }));
    await drive(
      evaluator,
      Array.from({ length: 40 }, (_, hour) => crack(hour * 60, hour * 0.6)),
    );
    return { ...evaluator.picture(0), ...evaluator.explain() };
  };

  it('says of each level which parts hold, lack and are not known, and what it still needs', async () => {
    const state = await unstable();
    // 0.6 mm an hour is 14.4 mm a day: above orange (12), below red (24), on one kind of sensor.
    expect(state.levels?.map(({ level, truth, certainty }) => [level, truth, certainty])).toEqual([
      ['red', 'no', null],
      ['orange', 'yes', 'awaiting-corroboration'],
      ['yellow', 'yes', 'confirmed'],
      ['blue', 'yes', 'confirmed'],
    ]);
    const [red, orange] = state.levels ?? [];
    expect(red?.lacks.map(({ code, indicator, threshold }) => [code, indicator, threshold])).toEqual([
      ['part-lacks', 'velocity', 24],
      ['not-installed', 'tilt-24h', undefined],
    ]);
    expect(red?.lacks[0]?.text).toEqual({
      zh: '24小时位移速率 14.4 mm/d < 24 mm/d 红色阈值（E1 L1_LF_1）',
      en: 'Displacement rate over 24 h 14.4 mm/d < 24 mm/d, the red threshold (E1 L1_LF_1)',
    });
    expect(orange?.holds.map(({ code }) => code)).toEqual(['part-holds']);
    expect(orange?.needs.map(({ code, value, threshold }) => [code, value, threshold])).toEqual([
      ['needs-instruments', 1, 2],
      ['needs-kinds', 1, 2],
    ]);
    expect(state.indicators[0]?.distances).toMatchObject({
      orange: { threshold: 12, reached: true, distance: -2.4, share: 1.2 },
      red: { threshold: 24, reached: false, distance: 9.6, share: 0.6 },
    });
    expect(PointState.parse(state)).toEqual(state);
  });

  it('names a threshold that is not known because nobody gave the height, and resolves it when someone has', async () => {
    const level = async (slopeHeight: number | undefined) => {
      const made = setup(shipped('open-pit-slope'), { devices: [{ deviceId: 'S1', interval: 3600 }] });
      const evaluator = new PointEvaluator({ ...made, point: { ...made.point, slopeHeight } });
      await drive(
        evaluator,
        [0, 1, 2, 3].map((hour) => reading('S1', 'L3_CJ_1', t0 + hour * HOUR, 320)),
      );
      return { ...evaluator.picture(0), ...evaluator.explain() };
    };
    const without = await level(undefined);
    expect(without.level).toBe('unknown');
    expect(without.missing).toContainEqual({
      indicator: 'settlement',
      why: expect.objectContaining({ code: 'no-slope-height' }) as unknown,
    });
    expect(without.levels?.[0]).toMatchObject({
      level: 'red',
      truth: 'unknown',
      unknown: [{ code: 'no-slope-height', indicator: 'settlement' }],
    });
    expect(without.levels?.[0]?.unknown[0]?.text.zh).toBe('累计沉降 红色阈值 0.003 H：未填坡高，以坡高倍数表示的阈值无法确定');
    // 320 mm of 150 m: above 0.002 H (300 mm), below 0.0025 H (375 mm).
    expect(await level(150)).toMatchObject({ level: 'yellow', missing: [] });
    expect(await level(200)).toMatchObject({ level: 'blue' });
    expect(await level(1000)).toMatchObject({ level: 'none' });
  });

  it('asks the devices for the interval the rulebook gives the level', async () => {
    expect((await unstable()).uploadInterval).toBe(120);
  });
});
