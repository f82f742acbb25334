import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY } from '#libs/contracts';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { Database } from './database.js';
import { migrate } from './migrate.js';
import { packReadings } from './pack.js';
import { ensurePartitions } from './partitions.js';

const monday = Date.parse('2026-11-16T00:00:00Z');
const rounds = 500;
const series = 100;

let home: TestDatabase;
let db: Database;
beforeAll(async () => {
  home = await testDatabase('packing readings');
  db = new Database({ url: home.url, statementTimeoutMs: 0 });
  await migrate(db);
  await ensurePartitions(db, monday);
});
afterAll(async () => {
  await db.close();
  await home.drop();
});

it('a week that is over takes at most 100 bytes a reading, raw and index; the running one is left alone; twice is once', async () => {
  // As devices send: all series side by side, one sample after the other.
  for (let round = 1; round <= rounds; round += 1)
    await db.run(
      `insert into ingest.reading_row (time, value, seq, series, received_after)
       select $1::timestamptz + $2 * interval '1 minute', random(), $2 * 1000 + s, s, 300 from generate_series(1, $3) s`,
      [new Date(monday), round, series],
    );
  await db.run('analyze ingest.reading_row');
  const bytes = async (): Promise<number> => {
    const [row] = await db.query<{ bytes: number }>(
      `select sum(pg_total_relation_size(inhrelid))::bigint as bytes from pg_inherits
       where inhparent = 'ingest.reading_row'::regclass and pg_relation_size(inhrelid) > 0`,
    );
    return (row?.bytes ?? NaN) / (rounds * series);
  };
  const loose = await bytes();
  expect(await packReadings(db, monday + 2 * DAY)).toEqual([]);
  expect(await packReadings(db, monday + 10 * DAY)).toHaveLength(1);
  const packed = await bytes();
  expect(packed).toBeLessThan(loose - 8);
  expect(packed).toBeLessThanOrEqual(100);
  expect(await packReadings(db, monday + 10 * DAY)).toEqual([]);
});
