import type { WarningRecord } from '#libs/contracts';
import { expect, it } from 'vitest';
import { evidenceSeries } from './evidence.js';

const at = Date.UTC(2026, 6, 1);
const value = (detector: string, deviceId: string, channel: string, unit: string) => ({ id: detector, detector, deviceId, channel, unit });
const history = {
  readings: ({ deviceId }: { deviceId: string }) =>
    deviceId === 'away'
      ? Promise.reject(new Error('no rollup'))
      : Promise.resolve({ resolution: 'raw' as const, readings: [{ time: at, value: 1.5, quality: [] }], nextCursor: null }),
};
const seriesOf = async (...evidence: ReturnType<typeof value>[]): Promise<string[]> => {
  const series = await evidenceSeries(history, { evidence } as unknown as WarningRecord, at, () => undefined);
  return series.map(({ deviceId, channel, unit, readings }) => `${deviceId} ${channel} ${unit} ${readings.length}`);
};

it('keeps what was measured, in its own unit, also where a velocity or an hour of failure was made of it', async () => {
  const crack = [
    value('change', 'd1', 'L1_LF_1', 'mm'),
    value('velocity', 'd1', 'L1_LF_1', 'mm/d'),
    value('failure-time', 'd1', 'L1_LF_1', 'h'),
  ];
  expect(await seriesOf(...crack)).toEqual(['d1 L1_LF_1 mm 1']);
  expect(await seriesOf(...crack.toReversed())).toEqual(['d1 L1_LF_1 mm 1']);
});

it('keeps the axes behind a displacement, which nobody stores', async () => {
  const gnss = [value('velocity', 'g1', 'displacement(L1_GP_1)', 'mm/d'), value('tangent', 'g1', 'along-slide(L1_GP_1)', '°')];
  expect(await seriesOf(...gnss)).toEqual(['g1 L1_GP_1.gpsTotalX mm 1', 'g1 L1_GP_1.gpsTotalY mm 1']);
});

it('leaves out what cannot be read', async () => {
  expect(await seriesOf(value('sum', 'away', 'L3_YL_1', 'mm'), value('sum', 'r1', 'L3_YL_1', 'mm'))).toEqual(['r1 L3_YL_1 mm 1']);
});
