import { DAY } from '#libs/contracts';
import { at, type Database, type Sql } from './database.js';

/** Partitions kept ready: shorter and a database that is away over a long holiday runs out of them; longer only makes empty tables. */
const AHEAD = 35 * DAY;
/** Late data of an ordinary outage finds its partition; what is older goes to the DEFAULT one. */
const BEHIND = 14 * DAY;

/** Makes the partitions of the coming weeks. Called at start and daily; @returns how many were new. */
export async function ensurePartitions(db: Database, now: number): Promise<number> {
  const [row] = await db.query<{ made: number }>('select ingest.ensure_partitions($1, $2) as made', [at(now - BEHIND), at(now + AHEAD)]);
  return row?.made ?? 0;
}

/** Does this database keep readings in a hypertable? Asked of the database, not of a setting: it can't change after the first start. */
export async function hasTimescale(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ has: boolean }>('select store.has_timescale() as has');
  return row?.has ?? false;
}
