import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StoredReading } from '#libs/contracts';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { Database } from '../sql/database.js';
import { pgHistory } from './history.js';
import { pgLatest } from '../reading/latest.js';
import { migrate } from '../sql/migrate.js';
import { ensurePartitions, hasTimescale } from '../sql/partitions.js';
import { pgReadings } from '../reading/reading.js';

const noon = Date.parse('2026-11-20T12:00:00Z');
const minute = 60_000;
const series = (values: readonly number[], change: Partial<StoredReading> = {}): StoredReading[] =>
  values.map((value, i) => ({
    deviceId: 'D1',
    hazardPoint: '5001120001',
    channel: 'L1_LF_1',
    time: noon + i * minute,
    value,
    quality: [],
    receivedAt: noon + i * minute + 500,
    seq: i + 1,
    ...change,
  }));
const aside = (id: string, deviceId: string, receivedAt: number) => ({
  id,
  deviceId,
  topic: '$dp',
  reason: 'bad-value' as const,
  detail: 'why',
  payload: Buffer.from([0, 255, 10]),
  receivedAt,
});
const everything = { deviceId: 'D1', channel: 'L1_LF_1', from: -8.64e15, to: 8.64e15, limit: 1000 };

describe('history', () => {
  let home: TestDatabase;
  let db: Database;
  const store = async (readings: readonly StoredReading[]): Promise<void> =>
    void (await pgReadings(db).commit({ readings, quarantine: [] }));

  beforeAll(async () => {
    home = await testDatabase('history');
    db = new Database({ url: home.url });
    await migrate(db);
    await ensurePartitions(db, noon);
  });
  afterAll(async () => {
    await db.close();
    await home.drop();
  });
  beforeEach(() =>
    db.run('truncate ingest.reading_row, ingest.store_time, ingest.quarantine, ingest.point_series, ingest.series, ingest.point'),
  );

  it('pages raw readings without losing or repeating one, oldest first, both ends included', async () => {
    await store(series([1, 2, 3, 4, 5, 6, 7], { quality: ['late'] }));
    const window = { ...everything, from: noon + minute, to: noon + 5 * minute, limit: 2 };
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await pgHistory(db).readings({ ...window, cursor });
      expect(page.resolution).toBe('raw');
      expect(page.readings.length).toBeLessThanOrEqual(2);
      seen.push(...page.readings.map(({ value }) => value));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual([2, 3, 4, 5, 6]);
    const [first] = (await pgHistory(db).readings(everything)).readings;
    expect(first).toEqual({ time: noon, value: 1, quality: ['late'] });
  });

  it('takes X.value for X, answers nothing for what it does not know, and refuses a cursor that is none', async () => {
    await store(series([1]));
    expect((await pgHistory(db).readings({ ...everything, channel: 'L1_LF_1.value' })).readings).toHaveLength(1);
    expect(await pgHistory(db).readings({ ...everything, deviceId: 'nobody' })).toEqual({
      resolution: 'raw',
      readings: [],
      nextCursor: null,
    });
    await expect(pgHistory(db).readings({ ...everything, cursor: `1' or 1=1` })).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('reduces to at most so many points and keeps both extremes and both ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        async (values, points) => {
          await db.run('truncate ingest.reading_row');
          await store(series(values));
          const { readings } = await pgHistory(db).readings({ ...everything, points });
          expect(readings.length).toBeLessThanOrEqual(points);
          const times = readings.map(({ time }) => time);
          expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
          for (const { time, value } of readings) expect(value).toBe(values[(time - noon) / minute]);
          const kept = readings.map(({ value }) => value);
          expect(Math.max(...kept)).toBe(Math.max(...values));
          expect(points < 2 || Math.min(...kept) === Math.min(...values)).toBe(true);
          const ends = [noon, noon + (values.length - 1) * minute];
          expect(points < 4 ? ends : [times[0], times.at(-1)]).toEqual(ends);
          expect(points < values.length ? values : kept).toEqual(values);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keeps a spike of one sample in a month of minutes', async () => {
    const values = Array.from({ length: 43_200 }, (_, i) => (i === 31_337 ? 500 : Math.sin(i)));
    await store(series(values));
    const { readings } = await pgHistory(db).readings({ ...everything, points: 1000 });
    expect(readings.length).toBeLessThanOrEqual(1000);
    expect(readings.length).toBeGreaterThan(700);
    expect(readings).toContainEqual({ time: noon + 31_337 * minute, value: 500, quality: [] });
  });

  it('knows the newest reading of each channel and when each device was last heard', async () => {
    await store([
      ...series([1, 2, 3]),
      ...series([7], { channel: 'L3_YL_1', seq: 10, time: noon - 40 * 86_400_000, receivedAt: noon - 5 }),
      ...series([9], { deviceId: 'D2', seq: 11, quality: ['spike'] }),
    ]);
    expect(await pgLatest(db).latest()).toEqual([
      { deviceId: 'D1', channel: 'L1_LF_1', time: noon + 2 * minute, value: 3, quality: [], receivedAt: noon + 2 * minute + 500 },
      { deviceId: 'D1', channel: 'L3_YL_1', time: noon - 40 * 86_400_000, value: 7, quality: [], receivedAt: noon - 5 },
      { deviceId: 'D2', channel: 'L1_LF_1', time: noon, value: 9, quality: ['spike'], receivedAt: noon + 500 },
    ]);
    expect(await pgHistory(db).lastSeen()).toEqual(
      new Map([
        ['D1', noon + 2 * minute + 500],
        ['D2', noon + 500],
      ]),
    );
  });

  it('shows quarantine newest first, page by page, to the division of the device’s point', async () => {
    await db.run(
      `insert into command.hazard_point (unified_code, division_code, name, kind, longitude, latitude, closed, record, version, created_at, updated_at)
       values ('5001120001', '500112', 'a', 'landslide', 0, 0, false, '{}', 1, now(), now())`,
    );
    await db.run(
      `insert into command.device (device_id, hazard_point, division_code, profile, secret_hash, record, created_at)
       values ('D1', '5001120001', '500112', 'gnss', 'h', '{}', now())`,
    );
    const all = [aside('a', 'D1', noon), aside('b', 'D1', noon), aside('c', 'stranger', noon + 1), aside('d', 'D1', noon - 1)];
    await pgReadings(db).commit({ readings: [], quarantine: all });
    const ids = async (scope: string, limit = 10): Promise<string[]> => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await pgHistory(db).quarantine({ scope, limit, cursor });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return seen;
    };
    expect(await ids('')).toEqual(['c', 'b', 'a', 'd']);
    expect(await ids('', 1)).toEqual(['c', 'b', 'a', 'd']);
    expect(await ids('50')).toEqual(['b', 'a', 'd']);
    expect(await ids('500112')).toEqual(['b', 'a', 'd']);
    expect(await ids('500113')).toEqual([]);
    // A prefix is a prefix: signs of a pattern mean nothing.
    expect(await ids('50____')).toEqual([]);
    const [first] = (await pgHistory(db).quarantine({ scope: '', limit: 1 })).items;
    expect(first && [...first.payload]).toEqual([0, 255, 10]);
  });

  describe('partitions', () => {
    it('cover the coming weeks, are made once, and take along what lay in DEFAULT', async () => {
      const own = await testDatabase('partitions');
      const weeks = new Database({ url: own.url });
      await migrate(weeks);
      await pgReadings(weeks).commit({ readings: series([1, 2]), quarantine: [] });
      const made = await ensurePartitions(weeks, noon);
      const timescale = await hasTimescale(weeks);
      if (timescale) expect(made).toBe(0);
      else expect(made).toBeGreaterThanOrEqual(7);
      expect(await ensurePartitions(weeks, noon)).toBe(0);
      expect(await ensurePartitions(weeks, noon + 7 * 86_400_000)).toBe(timescale ? 0 : 1);
      const where = await weeks.query('select tableoid::regclass::text as part, value from ingest.reading_row order by time');
      const chunk = expect.stringContaining('_chunk') as string;
      const week = timescale ? chunk : 'ingest.reading_row_2026w47';
      expect(where).toEqual([
        { part: week, value: 1 },
        { part: week, value: 2 },
      ]);
      await pgReadings(weeks).commit({ readings: series([1, 2, 3]), quarantine: [] });
      expect(await weeks.query('select count(*) as n from ingest.reading')).toEqual([{ n: 3 }]);
      await weeks.close();
      await own.drop();
    });
  });
});
