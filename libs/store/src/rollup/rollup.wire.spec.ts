import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { civilMidnight, DAY, excludingFlags, HOUR, MINUTE, type QualityFlag, type StoredReading } from '#libs/contracts';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { Database } from '../sql/database.js';
import { migrate } from '../sql/migrate.js';
import { qualityMask } from '../reading/quality.js';
import { pgReadings } from '../reading/reading.js';
import { CommitTracker } from './commit-tracker.js';
import { beginRollup, rollUp } from './rollup.js';

/** 23:50 in Asia/Shanghai: minutes, hours and days all change within the samples. */
const evening = Date.parse('2026-11-20T15:50:00Z');
const one = (seq: number, time: number, value: number, quality: QualityFlag[] = [], channel = 'x'): StoredReading => ({
  deviceId: 'D1',
  hazardPoint: 'A',
  channel,
  time,
  value,
  quality,
  receivedAt: time,
  seq,
});

/** What a bucket must say, from all its readings, the slow way. */
function expected(readings: readonly StoredReading[], start: (time: number) => number): object[] {
  const buckets = new Map<string, StoredReading[]>();
  for (const reading of readings) {
    const key = `${reading.channel} ${start(reading.time)}`;
    buckets.set(key, [...(buckets.get(key) ?? []), reading]);
  }
  return [...buckets.values()]
    .map((all) => {
      const valid = all.filter(({ quality }) => !quality.some((flag) => excludingFlags.has(flag))).toSorted((a, b) => a.time - b.time);
      const lowest = valid.toSorted((a, b) => a.value - b.value || a.time - b.time)[0];
      const highest = valid.toSorted((a, b) => b.value - a.value || a.time - b.time)[0];
      const bucket = start(all[0]?.time ?? NaN);
      return {
        channel: all[0]?.channel,
        bucket,
        min: lowest?.value ?? null,
        min_at: lowest?.time ?? null,
        max: highest?.value ?? null,
        max_at: highest?.time ?? null,
        sum: valid.length === 0 ? null : valid.reduce((sum, { value }) => sum + value, 0),
        first: valid[0]?.value ?? null,
        last: valid.at(-1)?.value ?? null,
        last_at: valid.at(-1)?.time ?? null,
        count: valid.length,
        samples: all.length,
        quality: all.reduce((mask, { quality }) => mask | qualityMask(quality), 0),
        last_seq: Math.max(...all.map(({ seq }) => seq)),
      };
    })
    .toSorted((a, b) => (a.channel ?? '').localeCompare(b.channel ?? '') || a.bucket - b.bucket);
}

describe('rollups', () => {
  let home: TestDatabase;
  let db: Database;
  const found = (table: string): Promise<object[]> =>
    db.query(`select s.channel, bucket, min, bucket + min_after * interval '1 ms' as min_at, max, bucket + max_after * interval '1 ms' as max_at,
        sum, first, last, bucket + last_after * interval '1 ms' as last_at, count, samples, quality, last_seq
      from ingest.rollup_${table} r join ingest.series s on s.key = r.series order by 1, 2`);
  const check = async (readings: readonly StoredReading[]): Promise<void> => {
    expect(await found('1m')).toEqual(expected(readings, (time) => Math.floor(time / MINUTE) * MINUTE));
    expect(await found('1h')).toEqual(expected(readings, (time) => Math.floor(time / HOUR) * HOUR));
    expect(await found('1d')).toEqual(expected(readings, civilMidnight));
  };

  beforeAll(async () => {
    home = await testDatabase('rollups');
    db = new Database({ url: home.url });
    await migrate(db);
  });
  afterAll(async () => {
    await db.close();
    await home.drop();
  });
  beforeEach(async () => {
    await db.run('truncate ingest.reading_row, ingest.store_time, ingest.rollup_1m, ingest.rollup_1h, ingest.rollup_1d');
    await db.run('update ingest.rollup_mark set rolled_to = 0');
  });

  it('are what all readings say, in whatever order and batches they come, with restarts between', async () => {
    const samples = fc.uniqueArray(
      fc.record({
        // Two a minute over half an hour, or twelve a minute over five.
        at: fc.integer({ min: 0, max: 60 }).chain((n) => fc.constantFrom(n * 30_000 + 123, n * 5_000 + 123)),
        // Quarters: sums don't depend on the order of adding.
        value: fc.integer({ min: -8, max: 8 }).map((quarter) => quarter / 4),
        quality: fc.subarray<QualityFlag>(['range', 'reset', 'spike', 'late'], { maxLength: 2 }),
        channel: fc.constantFrom('x', 'y'),
        restart: fc.boolean(),
        /** The process ends between a round and the writing of its mark. */
        lost: fc.boolean(),
      }),
      { selector: ({ at, channel }) => `${channel}${at}`, minLength: 1, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(samples, fc.integer({ min: 1, max: 9 }), async (all, step) => {
        await db.run('truncate ingest.reading_row, ingest.store_time, ingest.rollup_1m, ingest.rollup_1h, ingest.rollup_1d');
        await db.run('update ingest.rollup_mark set rolled_to = 0');
        const readings = all.map(({ at, value, quality, channel }, i) => one(i + 1, evening + at, value, quality, channel));
        let tracker = new CommitTracker();
        for (let i = 0; i < readings.length; i += 4) {
          if (all[i - 4]?.restart) {
            tracker = new CommitTracker();
            await beginRollup(db, tracker, await pgReadings(db).lastSeq());
          }
          await pgReadings(db, {}, tracker).commit({ readings: readings.slice(i, i + 4), quarantine: [] });
          const before = tracker.rolledTo;
          await rollUp(db, tracker, { step });
          if (all[i]?.restart && all[i]?.lost) await db.run('update ingest.rollup_mark set rolled_to = $1', [before]);
        }
        await check(readings);
      }),
      { numRuns: 25 },
    );
  });

  it('take up what a drained journal brings with older numbers, also when the process ends before they could', async () => {
    const tracker = new CommitTracker();
    const live = [one(11, evening, 1), one(12, evening + 1000, 2)];
    await pgReadings(db, {}, tracker).commit({ readings: live, quarantine: [] });
    await rollUp(db, tracker);
    const drained = [one(3, evening - DAY, 7), one(4, evening + 500, -9)];
    await pgReadings(db, {}, tracker).commit({ readings: drained, quarantine: [] });
    const next = new CommitTracker();
    await beginRollup(db, next, await pgReadings(db).lastSeq());
    expect(next.rolledTo).toBe(2);
    await rollUp(db, next);
    await check([...live, ...drained]);
  });

  it('wait for a commit with older numbers that is still on its way', async () => {
    const tracker = new CommitTracker();
    let finish: () => void = () => undefined;
    const slow = tracker.during(db, [{ seq: 1 }], () => new Promise<void>((resolve) => (finish = resolve)));
    await pgReadings(db, {}, tracker).commit({ readings: [one(2, evening, 2)], quarantine: [] });
    expect(await rollUp(db, tracker)).toBe(0);
    finish();
    await slow;
    expect(await rollUp(db, tracker)).toBe(2);
    await check([one(2, evening, 2)]);
  });

  it('leave to the next round what is stored while one is under way', async () => {
    const tracker = new CommitTracker();
    await pgReadings(db, {}, tracker).commit({ readings: [one(1, evening, 1), one(2, evening + 1, 2)], quarantine: [] });
    let arrived = 2;
    const goOn = () => {
      if (arrived < 20) tracker.begin((arrived += 1), tracker.rolledTo);
      return true;
    };
    expect(await rollUp(db, tracker, { step: 1, goOn })).toBe(2);
    expect([arrived, tracker.rolledTo]).toEqual([4, 2]);
  });
});
