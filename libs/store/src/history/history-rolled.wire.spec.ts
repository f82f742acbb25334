import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, type StoredReading } from '#libs/contracts';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { Database } from '../sql/database.js';
import { pgHistory } from './history.js';
import { migrate } from '../sql/migrate.js';
import { ensurePartitions } from '../sql/partitions.js';
import { pgReadings } from '../reading/reading.js';
import { CommitTracker } from '../rollup/commit-tracker.js';
import { rollUp } from '../rollup/rollup.js';

const start = Date.parse('2026-10-20T00:00:00Z');
const minutes = 43_200;
const at = (i: number): number => start + i * MINUTE + (i % 7) * 1000;
/** No two alike, so that a value names its reading. */
const value = (i: number): number => (i === 31_337 ? 500 : Math.sin(i) * 100 + i / 1e6);
const reading = (i: number, seq = i + 1): StoredReading => ({
  deviceId: 'D1',
  hazardPoint: 'A',
  channel: 'x',
  time: at(i),
  value: value(i),
  quality: [],
  receivedAt: at(i),
  seq,
});

describe('history drawn from rollups', () => {
  let home: TestDatabase;
  let db: Database;
  const tracker = new CommitTracker();
  const commit = async (readings: StoredReading[]): Promise<void> =>
    void (await pgReadings(db, {}, tracker).commit({ readings, quarantine: [] }));
  const month = { deviceId: 'D1', channel: 'x', from: start, to: start + 30 * 24 * HOUR, points: 1000, limit: 1000 };

  beforeAll(async () => {
    home = await testDatabase('history drawn from rollups');
    db = new Database({ url: home.url });
    await migrate(db);
    await ensurePartitions(db, start);
    const all = Array.from({ length: minutes }, (_, i) => reading(i));
    for (let i = 0; i < minutes; i += 4320) await commit(all.slice(i, i + 4320));
    await rollUp(db, tracker);
  });
  afterAll(async () => {
    await db.close();
    await home.drop();
  });

  it('a month of minutes comes from the hours, with its spike, and every point is a reading at its own time', async () => {
    const { resolution, readings } = await pgHistory(db).readings(month);
    expect(resolution).toBe('1h');
    expect(readings.length).toBeLessThanOrEqual(1000);
    expect(readings.length).toBeGreaterThan(700);
    expect(readings).toContainEqual({ time: at(31_337), value: 500, quality: [] });
    for (const { time, value: drawn } of readings) expect(drawn).toBe(value(Math.floor((time - start) / MINUTE)));
  });

  it('keeps the extremes and the ends of any window at any resolution', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: minutes - 200 }),
        fc.integer({ min: 60, max: minutes }),
        fc.integer({ min: 4, max: 400 }),
        async (first, length, points) => {
          const last = Math.min(minutes - 1, first + length);
          const { readings } = await pgHistory(db).readings({ ...month, from: at(first), to: at(last), points });
          expect(readings.length).toBeLessThanOrEqual(points);
          const times = readings.map(({ time }) => time);
          expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
          const all = Array.from({ length: last - first + 1 }, (_, i) => value(first + i));
          const drawn = readings.map((each) => each.value);
          expect(Math.max(...drawn)).toBe(Math.max(...all));
          expect(Math.min(...drawn)).toBe(Math.min(...all));
          expect([times[0], times.at(-1)]).toEqual([at(first), at(last)]);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('shows what is not rolled up yet, late data in the middle included, and then the same from the rollups', async () => {
    const late = { ...reading(20_000, 90_000), time: at(20_000) + 500, value: -700 };
    const flagged = { ...reading(20_001, 90_001), time: at(20_001) + 500, value: 9999, quality: ['range' as const] };
    await commit([late, flagged]);
    const before = await pgHistory(db).readings(month);
    expect(before.readings).toContainEqual({ time: late.time, value: -700, quality: [] });
    await rollUp(db, tracker);
    const after = await pgHistory(db).readings(month);
    expect(after.resolution).toBe('1h');
    expect(after.readings.find(({ time }) => time === late.time)?.value).toBe(-700);
    for (const { readings } of [before, after]) expect(readings.map((each) => each.value)).not.toContain(9999);
  });
});
