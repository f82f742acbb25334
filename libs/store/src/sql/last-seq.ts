import type { Sql } from './database.js';

/** Highest seq in the store, 0 on an empty one. Does not look at readings but for the few nobody has noted yet: a store of years answers at once. */
export async function lastStoredSeq(sql: Sql): Promise<number> {
  // Retention may have dropped what the marks have judged.
  const [known] = await sql.query<{ seq: number }>(
    `select greatest((select max(last_seq) from ingest.store_time), (select max(judged_to) from evaluate.mark), 0) as seq`,
  );
  const from = known?.seq ?? 0;
  const [row] = await sql.query<{ seq: number | null }>('select max(seq) as seq from ingest.reading_row where seq > $1', [from]);
  return row?.seq ?? from;
}
