import { DAY } from '#libs/contracts';
import { at, type Database, type Sql } from './database.js';

/** Partitions kept ready: shorter and a database that is away over a long holiday runs out of them; longer only makes empty tables. */
const AHEAD = 35 * DAY;
/** Late data of an ordinary outage finds its partition; what is older goes to the DEFAULT one. */
const BEHIND = 14 * DAY;

/** Makes the partitions of the coming weeks, of readings and rollups. Called at start and daily; @returns how many of readings were new. */
export async function ensurePartitions(db: Database, now: number): Promise<number> {
  const span = [at(now - BEHIND), at(now + AHEAD)];
  const [row] = await db.query<{ made: number }>('select ingest.ensure_partitions($1, $2) as made', span);
  await db.query('select ingest.ensure_rollup_partitions($1, $2)', span);
  return row?.made ?? 0;
}

/** One part of a partitioned table or hypertable, as SQL names it; it holds [since, until), epoch ms. */
export interface Part {
  name: string;
  since: number;
  until: number;
}

/** Parts that end at or before `until`, oldest first. The DEFAULT partition has no end. */
export const partsUntil = (sql: Sql, parent: string, until: number): Promise<Part[]> =>
  sql.query<Part>(
    'select part::text as name, since, until from ingest.parts_of($1::text::regclass) where until <= $2::timestamptz order by since',
    [parent, at(until)],
  );

/** Does this database keep readings in a hypertable? Asked of the database, not of a setting: it can't change after the first start. */
export async function hasTimescale(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ has: boolean }>('select store.has_timescale() as has');
  return row?.has ?? false;
}
