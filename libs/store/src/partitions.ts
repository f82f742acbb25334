import { DAY } from '#libs/contracts';
import { at, type Database } from './database.js';

/** Partitions kept ready: shorter and a database that is away over a long holiday runs out of them; longer only makes empty tables. */
const AHEAD = 35 * DAY;
/** Late data of an ordinary outage finds its partition; what is older goes to the DEFAULT one. */
const BEHIND = 14 * DAY;

/** Makes the partitions of the coming weeks. Called at start and daily; @returns how many were new. */
export async function ensurePartitions(db: Database, now: number): Promise<number> {
  const [row] = await db.query<{ made: number }>('select ingest.ensure_partitions($1, $2) as made', [at(now - BEHIND), at(now + AHEAD)]);
  return row?.made ?? 0;
}
