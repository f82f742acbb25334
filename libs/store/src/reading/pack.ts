import type { Database } from '../sql/database.js';

/**
 * Bytes of primary key a reading above which a part is packed. A packed entry takes 28 (TimescaleDB leaves a tenth of a page free: 32), one in
 * a page that was split in the middle 47 to 56. Lower packs again and again for nothing; from 40 on the running week is above 100 bytes.
 */
const LOOSE_BYTES = 33;
/** Bytes of a row, by which rows are told from the size of their table: what the planner believes of a growing one is days old. */
const ROW_BYTES = 60;

/**
 * Packs the primary keys of weeks, the running one included. Series grow side by side, so each page of the key is split in the middle
 * while it grows and stays half empty; rebuilt, it is full, and what comes after splits the last page of each series only. Concurrently:
 * commits and reads go on meanwhile. The DEFAULT partition is left alone: what is in it is late and few.
 * @param db without a limit of statement time: a week of a province takes minutes
 * @returns names of the indexes that were packed
 */
export async function packReadings(db: Database): Promise<string[]> {
  const parts = await db.query<{ index: string }>(
    `select k.indexrelid::regclass::text as index
     from ingest.parts_of('ingest.reading_row') p join pg_class c on c.oid = p.part
     join pg_index k on k.indrelid = c.oid and k.indisprimary
     where pg_relation_size(k.indexrelid) > $1 * greatest(pg_relation_size(c.oid) / $2, 1000) order by p.since`,
    [LOOSE_BYTES, ROW_BYTES],
  );
  for (const { index } of parts) await db.run(`reindex index concurrently ${index}`);
  return parts.map(({ index }) => index);
}
