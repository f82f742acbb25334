import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '#libs/platform';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { Database } from '../sql/database.js';
import { pgJudgements } from '../judgement/judgement.js';
import { migrate, readMigrations } from '../sql/migrate.js';
import { pgReadings } from './reading.js';

const directory = join(packageRoot(), 'libs', 'store', 'migrations');

let home: TestDatabase;
let db: Database;
beforeAll(async () => {
  home = await testDatabase('readings of the old layout');
  db = new Database({ url: home.url });
});
afterAll(async () => {
  await db.close();
  await home.drop();
});

it('readings of the old layout move to the new one: every field, weeks and DEFAULT, step by step, once', async () => {
  const before = readMigrations(directory).filter(({ number }) => number < 20);
  await migrate(db, before);
  await db.query(`select ingest.ensure_partitions('2026-11-01', '2026-11-20')`);
  await db.run(`insert into ingest.point (unified_code) values ('A'), ('B')`);
  await db.run(`insert into ingest.series (device_id, channel) values ('D1', 'x'), ('D2', 'x'), ('D3', 'never heard')`);
  await db.run('insert into ingest.point_series select p.key, s.key from ingest.point p, ingest.series s where s.channel = $1', ['x']);
  // A minute a row: three weeks, and recordings of 2012 in DEFAULT; some moved, some flagged, some received years later.
  await db.run(`insert into ingest.reading (time, seq, value, received_at, series, point, quality)
    select case when g % 100 = 0 then timestamptz '2012-05-15' else timestamptz '2026-11-01 00:00:00.123+00' end + g * interval '1 minute',
           g, g / 3.0, timestamptz '2026-11-01 00:00:01+00' + g * interval '1 minute', 1 + g % 2, 1 + (g % 10) / 9, (g % 7) / 6 * 33
    from generate_series(1, 25000) g`);
  const fields = `select r.time, r.seq, r.value, r.received_at, s.device_id, p.unified_code, r.quality
    from ingest.reading r join ingest.series s on s.key = r.series join ingest.point p on p.key = r.point order by r.seq`;
  const old = await db.query(fields);
  expect(old).toHaveLength(25_000);

  // Small steps, and a start that is broken off after the third one.
  const after = readMigrations(directory).map((each) =>
    each.name === '0021_reading_move.sql' ? { ...each, sql: each.sql.replace('(2000)', '(50)') } : each,
  );
  await migrate(
    db,
    after.filter(({ number }) => number <= 20),
  );
  for (let step = 0; step < 3; step += 1) await db.query('select ingest.move_old_readings(50)');
  const [halfway] = await db.query<{ n: number }>('select count(*) as n from ingest.reading_row');
  expect(halfway?.n).toBeGreaterThan(0);
  expect(halfway?.n).toBeLessThan(25_000);
  await migrate(db, after);

  expect(await db.query(fields)).toEqual(old);
  expect(await db.query(`select to_regclass('ingest.reading_old') as gone`)).toEqual([{ gone: null }]);
  expect(await pgReadings(db).lastSeq()).toBe(25_000);
  expect(await pgJudgements(db).after('A', 24_996, 10)).toHaveLength(3);
  // What is there stays the identity: a resend of an old reading is a duplicate.
  const outcome = await pgReadings(db).commit({
    readings: [
      {
        deviceId: 'D2',
        channel: 'x',
        hazardPoint: 'A',
        time: Date.parse('2026-11-01T00:01:00.123Z'),
        value: 1 / 3,
        quality: [],
        receivedAt: 0,
        seq: 30_000,
      },
    ],
    quarantine: [],
  });
  expect(outcome.storedSeqs.size).toBe(0);
});
