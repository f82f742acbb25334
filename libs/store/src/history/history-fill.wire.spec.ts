import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '#libs/contracts';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { Database } from '../sql/database.js';
import { fillHistory } from './history-fill.js';
import { pgHistory } from './history.js';
import { pgJudgements } from '../judgement/judgement.js';
import { readingSizes } from '../reading/reading-size.js';
import { pgReadings } from '../reading/reading.js';
import { CommitTracker } from '../rollup/commit-tracker.js';
import { beginRollup, rollUp } from '../rollup/rollup.js';

const to = Math.floor(Date.now() / DAY) * DAY;
/** What the rollups say, all of it. */
const rollups = `
  select r.* from (select '1m' as step, * from ingest.rollup_1m union all select '1h', * from ingest.rollup_1h
                   union all select '1d', * from ingest.rollup_1d) r order by step, series, bucket`;
const history = {
  hazardPoint: '5132230001',
  devices: ['D1', 'D2', 'D3'],
  channel: 'L1_LF_1',
  from: to - 3 * HOUR,
  to,
  every: MINUTE,
};

describe('a made-up history', () => {
  let home: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    home = await testDatabase('a made-up history');
    db = new Database({ url: home.url });
  });
  afterAll(async () => {
    await db.close();
    await home.drop();
  });

  it('is what commits would have left: read as history, judged, and gone on from', async () => {
    const said: number[] = [];
    expect(await fillHistory(home.url, history, (rows) => said.push(rows))).toBe(540);
    expect(said).toEqual([180, 360, 540]);
    const { readings } = await pgHistory(db).readings({ ...history, deviceId: 'D2', limit: 1000 });
    expect(readings.map(({ time }) => time)).toEqual(Array.from({ length: 180 }, (_, at) => history.from + at * MINUTE));
    expect(new Set(readings.map(({ value }) => value)).size).toBeGreaterThan(10);
    expect(await pgReadings(db).lastSeq()).toBe(540);
    expect(await pgJudgements(db).marks()).toEqual([{ hazardPoint: '5132230001', judgedTo: 540, state: null }]);
    // In the order of commits: all series of a moment, then the next moment.
    const rows = await db.query<{ seq: number; time: number }>('select seq, time from ingest.reading order by seq');
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 540 }, (_, at) => at + 1));
    expect(rows.map(({ time }) => time)).toEqual(rows.map(({ time }) => time).toSorted((a, b) => a - b));
  });

  it('is rolled up as the station would have done it', async () => {
    const filled = await db.query(rollups);
    expect(filled.length).toBeGreaterThan(540);
    await db.run('truncate ingest.rollup_1m, ingest.rollup_1h, ingest.rollup_1d');
    await db.run('update ingest.rollup_mark set rolled_to = 0');
    const tracker = new CommitTracker();
    await beginRollup(db, tracker, 540);
    expect(await rollUp(db, tracker)).toBe(540);
    expect(await db.query(rollups)).toEqual(filled);
  });

  it('is written once however often', async () => {
    expect(await fillHistory(home.url, history)).toBe(0);
  });

  it('is of several points and channels, and can wait to be judged', async () => {
    const more = {
      ...history,
      hazardPoint: ['5132230002', '5132230003'],
      devices: ['E1', 'E2'],
      channel: ['L1_LF_1', 'L1_LF_2'],
      judged: false,
    };
    expect(await fillHistory(home.url, { ...more, from: to - HOUR, every: 30 * MINUTE })).toBe(8);
    const waiting = await pgJudgements(db).after('5132230003', 0, 10);
    expect(waiting.map(({ deviceId, channel }) => `${deviceId} ${channel}`).toSorted()).toEqual([
      'E2 L1_LF_1',
      'E2 L1_LF_1',
      'E2 L1_LF_2',
      'E2 L1_LF_2',
    ]);
    expect(await pgJudgements(db).marks()).toHaveLength(1);
  });

  it('has one value in so many hours where these are asked for', async () => {
    const rare = { ...history, hazardPoint: '5132230004', devices: ['F1'], from: to - DAY, every: 6 * HOUR };
    expect(await fillHistory(home.url, rare)).toBe(4);
    const { readings } = await pgHistory(db).readings({ ...rare, deviceId: 'F1', limit: 10 });
    expect(readings.map(({ time }) => time)).toEqual([0, 6, 12, 18].map((hours) => rare.from + hours * HOUR));
  });

  it('has a size on disk, with its indexes', async () => {
    const { readings, tableBytes, indexBytes } = await readingSizes(home.url);
    expect(readings).toBe(552);
    expect(tableBytes).toBeGreaterThan(540 * 50);
    expect(indexBytes).toBeGreaterThan(540 * 16);
  });
});
