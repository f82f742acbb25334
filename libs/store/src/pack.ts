import { DAY } from '#libs/contracts';
import { at, type Database } from './database.js';
import { hasTimescale } from './partitions.js';

/**
 * Bytes of primary key a reading above which a part is packed. A packed entry takes 28, one in a page that was split in the
 * middle 56; lower packs again for a little late data, higher leaves a third of the disk unused.
 */
const LOOSE_BYTES = 36;
/** A week is left alone until it has been over for so long: packed earlier, data that are only a little late would split its pages again. */
const SETTLED = 2 * DAY;

/** Weeks that ended before $2, by what the database calls them. The DEFAULT partition has no end. */
const plainWeeks = `
  select c.oid from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'ingest.reading_row'::regclass
    and (regexp_match(pg_get_expr(c.relpartbound, c.oid), $$TO [(]'([^']+)'[)]$$))[1]::timestamptz <= $2`;
const chunks = `
  select to_regclass(format('%I.%I', chunk_schema, chunk_name))::oid as oid from timescaledb_information.chunks
  where hypertable_schema = 'ingest' and hypertable_name = 'reading_row' and range_end <= $2`;

/**
 * Packs the primary keys of weeks that are over. Series grow side by side, so each page of the key is split in the middle
 * while it grows and stays half empty; rebuilt, it is full. Concurrently: commits and reads go on meanwhile.
 * @param db without a limit of statement time: a week of a province takes minutes
 * @returns names of the indexes that were packed
 */
export async function packReadings(db: Database, now: number): Promise<string[]> {
  const parts = await db.query<{ index: string }>(
    `select k.indexrelid::regclass::text as index
     from (${(await hasTimescale(db)) ? chunks : plainWeeks}) part join pg_class c on c.oid = part.oid
     join pg_index k on k.indrelid = part.oid and k.indisprimary
     left join pg_stat_all_tables used on used.relid = part.oid
     where pg_relation_size(k.indexrelid) > $1 * greatest(case when c.reltuples > 0 then c.reltuples else used.n_live_tup end, 1000) order by part.oid`,
    [LOOSE_BYTES, at(now - SETTLED)],
  );
  for (const { index } of parts) await db.run(`reindex index concurrently ${index}`);
  return parts.map(({ index }) => index);
}
