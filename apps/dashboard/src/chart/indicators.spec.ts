import type { IndicatorSeries } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { indicatorCharts } from './indicators.js';

const one = (id: string, deviceId: string, value: number, detector = 'velocity'): Omit<IndicatorSeries, 'samples'> => ({
  id,
  deviceId,
  channel: 'L1_LF_1',
  detector,
  value,
  unit: 'mm/d',
  at: null,
  thresholds: { red: 15 },
  thinned: false,
});
const shown = (all: Omit<IndicatorSeries, 'samples'>[], order = all) =>
  indicatorCharts(all, order, 'p').map(({ group }) => `${group.sensor}: ${group.curves.map((curve) => curve.deviceId).join(' ')}`);

describe('charts of the indicators', () => {
  it('are one an indicator, with a curve for each instrument, in the order of the rulebook', () => {
    const all = [one('tangent', 'A', 50, 'tangent'), one('velocity', 'A', 5), one('velocity', 'B', 6)];
    expect(shown(all, [all[1]!, all[0]!, all[2]!])).toEqual(['velocity: A B', 'tangent: A']);
  });

  it('draw two rules on the same velocity once, and never take two rain windows for one', () => {
    expect(shown([one('velocity', 'A', 5), one('rapid', 'A', 5)])).toEqual(['velocity: A']);
    expect(shown([one('velocity', 'A', 5), one('rapid', 'A', 9)])).toEqual(['velocity: A', 'rapid: A']);
    expect(shown([one('rain-1h', 'A', 0, 'rain'), one('rain-24h', 'A', 0, 'rain')])).toHaveLength(2);
  });

  it('leave out what is already on the chart of the readings, and silence', () => {
    expect(shown([one('level', 'A', 5, 'level'), one('silent', 'A', 1, 'silence')])).toEqual([]);
  });
});
