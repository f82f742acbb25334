import { it } from 'vitest';
import { DAY, HOUR } from '#libs/contracts';
import { PATIENCE_MS, until } from '#libs/testing';
import { Database } from '../sql/database.js';
import { recordsDatabase, silent } from '../fakes/records.js';
import { startUpkeep } from './upkeep.js';

it('packs soon after a start, makes partitions day by day, and a stop breaks off what is under way', async () => {
  const home = await recordsDatabase('upkeep');
  let packed = 0;
  const withDatabase = async (work: (db: Database) => Promise<void>): Promise<void> => {
    const db = new Database({ url: home.url, max: 1 });
    try {
      await work(db);
      packed += 1;
    } finally {
      await db.close();
    }
  };
  const parts = async () => (await home.db.query(`select * from ingest.parts_of('ingest.reading_row')`)).length;
  const options = { db: home.db, withDatabase, clock: { now: () => Date.now() + 364 * DAY }, logger: silent };

  const young = startUpkeep(options, HOUR, 5);
  await until('the first packing', PATIENCE_MS, () => packed === 1);
  await young.stop();

  const before = await parts();
  const daily = startUpkeep(options, 20, HOUR);
  await until(
    'partitions, or hypertables that need none',
    PATIENCE_MS,
    async () => packed > 2 && ((await parts()) > before || before === 0),
  );
  await daily.stop();

  // A packing that would never end: it is not waited for.
  const stuck = startUpkeep(
    {
      ...options,
      withDatabase: (work) =>
        withDatabase(async (db) => {
          await work(db);
          await db.query('select pg_sleep(60)');
        }),
    },
    HOUR,
    5,
  );
  await until(
    'it to be stuck',
    PATIENCE_MS,
    async () => (await home.db.query(`select 1 from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'`)).length > 0,
  );
  await stuck.stop();
  await home.close();
});
