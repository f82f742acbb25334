import { describe, expect, it } from 'vitest';
import { chartGroups, curveName } from './channels.js';

const entry = (index: number, deviceId: string, channel: string, unit = 'mm') => ({
  index,
  deviceId,
  channel,
  unit,
  hazardPoint: 'P00001',
});

describe('charts of a point', () => {
  const groups = chartGroups([
    entry(0, 'G10', 'L1_GP_1.gpsTotalY'),
    entry(1, 'G10', 'L1_GP_1.gpsTotalX'),
    entry(2, 'E1', 'L1_LF_1'),
    entry(3, 'E2', 'L1_LF_1'),
    entry(4, 'R1', 'L3_YL_1'),
    entry(5, 'R1', 'L3_YL_1.totalValue'),
    entry(6, 'R1', 'S1_ZT_1.battery_dump_energy', '%'),
  ]);

  it('puts one kind of sensor on one chart, totals apart, status nowhere', () => {
    expect(groups.map((group) => [group.sensor, group.style, group.curves.map((curve) => curve.index)])).toEqual([
      ['L1_GP', 'line', [1, 0]],
      ['L1_LF', 'line', [2, 3]],
      ['L3_YL', 'bars', [4]],
      ['L3_YL', 'line', [5]],
    ]);
  });

  it('gives each quantity of a pond its own chart', () => {
    const pond = ['shoalLength', 'freeboard'].map((field, i) => entry(i, 'T1', `L3_WK_1.${field}`, 'm'));
    expect(chartGroups(pond).map(({ sensor, field }) => `${sensor} ${field}`)).toEqual(['L3_WK freeboard', 'L3_WK shoalLength']);
  });

  it('names a curve by its device, and by axis where a device has several', () => {
    const names = groups.flatMap((group) => group.curves.map((curve) => curveName(curve, group)));
    expect(names).toEqual(['G10 X', 'G10 Y', 'E1', 'E2', 'R1', 'R1']);
  });
});
