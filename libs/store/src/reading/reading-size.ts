import { Database } from '../sql/database.js';

/** Bytes on disk, all partitions together, as PostgreSQL counts them (free space in pages included). */
export interface ReadingSizes {
  readings: number;
  tableBytes: number;
  indexBytes: number;
  /** Rows and bytes (table and indexes) of each rollup. */
  rollups: { name: string; rows: number; bytes: number }[];
  timescale: boolean;
}

const sizeOf = `
select coalesce(sum(pg_table_size(part.relid)), 0) as tables, coalesce(sum(pg_indexes_size(part.relid)), 0) as indexes
from (select $1::regclass as relid union select inhrelid from pg_inherits where inhparent = $1::regclass) part`;

/** What readings and rollups take on disk. Counts every row: for benches, minutes on years of readings. */
export async function readingSizes(url: string): Promise<ReadingSizes> {
  const db = new Database({ url, max: 1, statementTimeoutMs: 0 });
  try {
    const [size] = await db.query<{ tables: string; indexes: string }>(sizeOf, ['ingest.reading_row']);
    const [extension] = await db.query<{ there: boolean }>('select store.has_timescale() as there');
    const tables = await db.query<{ name: string }>(
      `select c.relname as name from pg_class c where c.relnamespace = 'ingest'::regnamespace and c.relkind in ('r', 'p')
         and c.relname ~ '^rollup_(1m|1h|1d|minute|hour|day)$' order by c.relname`,
    );
    const rollups: ReadingSizes['rollups'] = [];
    for (const { name } of tables) {
      const [rollup] = await db.query<{ tables: string; indexes: string }>(sizeOf, [`ingest.${name}`]);
      rollups.push({ name, rows: await count(db, name), bytes: Number(rollup?.tables) + Number(rollup?.indexes) });
    }
    return {
      readings: await count(db, 'reading_row'),
      tableBytes: Number(size?.tables),
      indexBytes: Number(size?.indexes),
      rollups,
      timescale: extension?.there ?? false,
    };
  } finally {
    await db.close();
  }
}

async function count(db: Database, table: string): Promise<number> {
  const [row] = await db.query<{ rows: number }>(`select count(*) as rows from ingest.${table}`);
  return row?.rows ?? 0;
}
