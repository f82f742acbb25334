import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, levelRank, type PointDecision, type StoredReading } from '#libs/contracts';
import { drive, noise, reading, setup, shipped } from '../fakes/drive.js';
import { PointEvaluator } from './point-evaluator.js';

const failure = 37_067;
const start = Date.UTC(2012, 3, 13);
const csv = readFileSync(new URL('../../../../simulators/terrain/recordings/preonzo-2012/E1.csv', import.meta.url), 'utf8');
const record = csv
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','))
  .filter(([, value]) => value !== undefined && value !== '' && value !== 'NaN')
  .map(([index, value]) => ({ index: Number(index), value: Number(value) }))
  .filter(({ index }) => index < failure - 4);
/** One sample an hour: the cadence is not in the source, see the recording's README. */
const timeOf = (index: number) => start + (index - 36_302) * HOUR;
const indexOf = (decision: PointDecision) => 36_302 + (decision.eventAt - start) / HOUR;

const extensometer = record.map(({ index, value }) => reading('E1', 'L1_LF_1', timeOf(index), value));

/** GNSS beside the extensometer: the same motion along 135°, ±2 mm, six hours later. */
function gnss(seedling: number): StoredReading[] {
  const gauss = noise(seedling);
  return record.flatMap(({ value }, i) => {
    const moved = (record[Math.max(0, i - 6)]?.value ?? value) - (record[0]?.value ?? 0);
    const time = timeOf(record[i]?.index ?? 0);
    return [
      reading('G1', 'L1_GP_1.gpsTotalX', time, -moved * Math.SQRT1_2 + 2 * gauss()),
      reading('G1', 'L1_GP_1.gpsTotalY', time, moved * Math.SQRT1_2 + 2 * gauss()),
    ];
  });
}
const landslide = (material: 'rock' | 'soil') =>
  new PointEvaluator(
    setup(shipped(`landslide-${material}`), {
      // As in their device.yaml.
      accuracy: (_, channel) => (channel.startsWith('L1_GP') ? 2 : 0.05),
      devices: [
        { deviceId: 'E1', interval: 3600 },
        { deviceId: 'G1', interval: 3600 },
      ],
    }),
  );
const first = (decisions: PointDecision[], what: (d: PointDecision) => boolean) => {
  const found = decisions.find(what);
  return found ? indexOf(found) : Number.POSITIVE_INFINITY;
};

describe('Preonzo 2012 under the rock rulebook', () => {
  it('reaches yellow, then orange, then red at least 24 samples before the failure, with one instrument only as a candidate', async () => {
    const decisions = await drive(landslide('rock'), extensometer);
    const yellow = first(decisions, (d) => d.level === 'yellow');
    const orange = first(decisions, (d) => d.level === 'orange' && d.certainty === 'awaiting-corroboration');
    const red = first(decisions, (d) => d.level === 'red' && d.certainty === 'awaiting-corroboration');
    expect(yellow).toBeLessThan(orange);
    expect(orange).toBeLessThan(red);
    expect(red).toBeLessThanOrEqual(failure - 24);
    expect(red).toBeGreaterThan(36_970);
    expect(decisions.filter((d) => levelRank(d.confirmedLevel) >= levelRank('orange'))).toEqual([]);
  });

  it.each([1, 2, 3, 4, 5])('confirms red at least 24 samples before the failure when GNSS agrees (noise %i)', async (seedling) => {
    const both = [...extensometer, ...gnss(seedling)].toSorted((a, b) => a.time - b.time);
    const decisions = await drive(landslide('rock'), both);
    const red = first(decisions, (d) => d.confirmedLevel === 'red');
    expect(red).toBeLessThanOrEqual(failure - 24);
    expect(first(decisions, (d) => d.confirmedLevel === 'orange')).toBeLessThan(red);
  });
});

describe('seasonal creep under the soil rulebook', () => {
  it.each([11, 12, 13])(
    'never goes orange or red in two years of ±2 mm GNSS and a crack meter, blue at most thrice a year (noise %i)',
    async (seedling) => {
      const gauss = noise(seedling);
      const readings: StoredReading[] = [];
      for (let hour = 0; hour < 2 * 365 * 24; hour += 1) {
        const t = start + hour * HOUR;
        // 4 mm a month of trend; the season adds ±6 mm.
        const moved = (4 / 30) * (hour / 24) + 6 * Math.sin((2 * Math.PI * hour * HOUR) / (365 * DAY));
        readings.push(reading('G1', 'L1_GP_1.gpsTotalX', t, moved + 2 * gauss()), reading('G1', 'L1_GP_1.gpsTotalY', t, 2 * gauss()));
        readings.push(reading('E1', 'L1_LF_1', t, moved + 0.05 * gauss()));
      }
      const decisions = await drive(landslide('soil'), readings);
      expect(decisions.length).toBeGreaterThan(0);
      expect(decisions.filter((d) => levelRank(d.level) >= levelRank('orange'))).toEqual([]);
      const raised = decisions.filter((d, i) => d.confirmedLevel !== 'none' && decisions[i - 1]?.confirmedLevel === 'none');
      expect(raised.length).toBeLessThanOrEqual(6);
    },
  );
});
