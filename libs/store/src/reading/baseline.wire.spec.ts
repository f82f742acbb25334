import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StoredReading } from '#libs/contracts';
import { pgRecentReadings } from './baseline.js';
import { recordsDatabase, type RecordsDatabase } from '../fakes/records.js';
import { pgReadings } from './reading.js';

const noon = Date.parse('2026-11-20T12:00:00Z');
let home: RecordsDatabase;
beforeAll(async () => {
  home = await recordsDatabase('recent readings');
});
afterAll(() => home?.close());

it('the newest of each channel, oldest first, whichever came last; a series nothing is left of is none', async () => {
  const reading = (seq: number, channel: string, minute: number): StoredReading => ({
    deviceId: 'A',
    hazardPoint: 'P1',
    channel,
    time: noon + minute * 60_000,
    value: minute,
    quality: minute % 2 === 0 ? [] : ['spike', 'late'],
    receivedAt: noon + 3_600_000,
    seq,
  });
  const readings = [reading(1, 'L1_LF_1', 3), reading(2, 'L1_LF_1', 1), reading(3, 'L1_LF_1', 2), reading(4, 'L3_YL_1', 7)];
  await pgReadings(home.db).commit({ readings, quarantine: [] });
  await home.db.run(`insert into ingest.series (device_id, channel) values ('gone', 'L1_LF_1')`);
  const found: unknown[] = [];
  for await (const portion of pgRecentReadings(home.db).recent(2))
    found.push(...portion.map(({ channel, time, value, quality }) => [channel, (time - noon) / 60_000, value, quality.join()]));
  expect(found).toEqual([
    ['L1_LF_1', 2, 2, ''],
    ['L1_LF_1', 3, 3, 'spike,late'],
    ['L3_YL_1', 7, 7, 'spike,late'],
  ]);
});
