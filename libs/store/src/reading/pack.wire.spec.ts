import { afterAll, beforeAll, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { Database } from '../sql/database.js';
import { migrate } from '../sql/migrate.js';
import { packReadings } from './pack.js';
import { ensurePartitions } from '../sql/partitions.js';

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

/** As devices send: all series side by side, one sample after the other. */
async function write(from: number, to: number): Promise<void> {
  for (let round = from; round < to; round += 1)
    await db.run(
      `insert into ingest.reading_row (time, value, seq, series, received_after)
       select $1::timestamptz + $2 * interval '1 minute', random(), $2 * 1000 + s, s, 300 from generate_series(1, $3) s`,
      [new Date(monday), round, series],
    );
}

const bytes = async (): Promise<number> => {
  const [row] = await db.query<{ bytes: number }>(
    `select sum(pg_total_relation_size(inhrelid))::float8 / (select count(*) from ingest.reading_row) as bytes from pg_inherits
     where inhparent = 'ingest.reading_row'::regclass and pg_relation_size(inhrelid) > 0`,
  );
  return row?.bytes ?? NaN;
};

it('the running week takes at most 100 bytes a reading, raw and index, when it is packed daily; twice is once', async () => {
  await write(1, rounds);
  const loose = await bytes();
  expect(await packReadings(db)).toHaveLength(1);
  expect(await bytes()).toBeLessThan(loose - 8);
  expect(await bytes()).toBeLessThanOrEqual(100);
  expect(await packReadings(db)).toEqual([]);
  // The next day: it grows, and is packed again.
  await write(rounds, 2 * rounds);
  expect(await packReadings(db)).toHaveLength(1);
  expect(await bytes()).toBeLessThanOrEqual(100);
});
