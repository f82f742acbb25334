import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '#libs/contracts';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { Database } from './database.js';
import { fillHistory } from './history-fill.js';
import { pgHistory } from './history.js';
import { pgJudgements } from './judgement.js';
import { readingSizes } from './reading-size.js';
import { pgReadings } from './reading.js';

const to = Math.floor(Date.now() / DAY) * DAY;
const history = {
  hazardPoint: '5132230001',
  devices: ['D1', 'D2', 'D3'],
  channel: 'L1_LF_1',
  from: to - 2.5 * HOUR,
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
    expect(await fillHistory(home.url, history, (rows) => said.push(rows))).toBe(450);
    expect(said).toEqual([180, 360, 450]);
    const { readings } = await pgHistory(db).readings({ ...history, deviceId: 'D2', limit: 1000 });
    expect(readings.map(({ time }) => time)).toEqual(Array.from({ length: 150 }, (_, at) => history.from + at * MINUTE));
    expect(new Set(readings.map(({ value }) => value)).size).toBeGreaterThan(10);
    expect(await pgReadings(db).lastSeq()).toBe(450);
    expect(await pgJudgements(db).marks()).toEqual([{ hazardPoint: '5132230001', judgedTo: 450, state: null }]);
    // In the order of commits: all series of a moment, then the next moment.
    const rows = await db.query<{ seq: number; time: number }>('select seq, time from ingest.reading order by seq');
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 450 }, (_, at) => at + 1));
    expect(rows.map(({ time }) => time)).toEqual(rows.map(({ time }) => time).toSorted((a, b) => a - b));
  });

  it('is written once however often', async () => {
    expect(await fillHistory(home.url, history)).toBe(0);
  });

  it('has a size on disk, with its indexes', async () => {
    const { readings, tableBytes, indexBytes } = await readingSizes(home.url);
    expect(readings).toBe(450);
    expect(tableBytes).toBeGreaterThan(450 * 50);
    expect(indexBytes).toBeGreaterThan(450 * 16);
  });
});
