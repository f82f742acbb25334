import type { Database } from '../sql/database.js';

/** Pages of 8 KiB looked through in one transaction: 35,000 readings at most. More holds row locks longer, fewer takes a large table all night. */
const PAGES = 256;

export interface OldRows {
  /** Name in the audit log. */
  name: string;
  /** A plain table. */
  table: string;
  /** Which rows of `r` are old; $1 and $2 are the pages, $3 the name, `params` from $4 on. */
  where: string;
  params: readonly unknown[];
  /** CTEs that `where` speaks of. */
  with?: string;
}

/**
 * Deletes old rows page by page, each step a transaction that also notes for the audit log how many there were. What is written meanwhile is
 * new and needs no second look.
 * @returns rows deleted
 */
export async function deleteRows(db: Database, old: OldRows): Promise<number> {
  const [size] = await db.query<{ pages: number }>(
    `select pg_relation_size($1::text::regclass) / current_setting('block_size')::bigint as pages`,
    [old.table],
  );
  const statement = `
    with ${old.with === undefined ? '' : `${old.with},`} gone as (
      delete from ${old.table} r where r.ctid >= $1::text::tid and r.ctid < $2::text::tid and ${old.where} returning 1
    ), noted as (
      insert into ingest.retention_dropped (class, rows) select $3::text, count(*) from gone having count(*) > 0
    )
    select count(*) as gone from gone`;
  let total = 0;
  for (let page = 0; page < (size?.pages ?? 0); page += PAGES) {
    const [row] = await db.query<{ gone: number }>(statement, [`(${page},0)`, `(${page + PAGES},0)`, old.name, ...old.params]);
    total += row?.gone ?? 0;
  }
  return total;
}
