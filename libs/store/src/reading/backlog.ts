import type { StoredReading } from '#libs/contracts';
import type { PointFrom } from '#libs/stream';
import type { Database } from '../sql/database.js';
import { readingColumns, readingOf, type ReadingRow } from './reading-row.js';

/** Readings handed on at a time. Fewer: round trips; more: their judging holds up the event loop. */
const PORTION = 1_000;
/**
 * Readings before the end of the rollups that are looked through from end to end. Fewer: after a crash of a busy station what is older is looked for day by
 * day, in the key of every series. More: one point that has been silent for a year makes every start look through all of them.
 */
const TAIL = 1_000_000;

/**
 * Readings of points $1 with seq above $2 of each. The newest are found by their seq, in one look for all points: a point by itself costs as much. What lies before
 * that, of points that have long been silent, by the days whose highest seq is after the mark; there is nearly never any.
 */
const readingsOfMany = `
with asked as materialized (
  select p.key, p.unified_code, ps.series, a.after
  from unnest($1::text[], $2::bigint[]) a (unified_code, after)
  join ingest.point p using (unified_code) join ingest.point_series ps on ps.point = p.key
), found as (
  select r.series, r.time, a.key, a.unified_code
  from ingest.reading_row r join asked a on a.series = r.series and r.seq > a.after
  where r.seq > $3
  union
  select r.series, r.time, a.key, a.unified_code
  from asked a
  join ingest.rollup_1d d on d.series = a.series and d.last_seq > a.after
  join ingest.reading_row r on r.series = d.series and r.time >= d.bucket and r.time < d.bucket + interval '1 day' and r.seq > a.after
  where a.after < $3 and r.seq <= $3
)
select ${readingColumns.replace('p.unified_code', 'f.unified_code')}
from found f
join ingest.reading r on r.series = f.series and r.time = f.time and r.point = f.key
join ingest.series s on s.key = r.series
order by r.seq`;

/** What is stored of points after their marks, in seq order, as of one moment. @throws StoreAway */
export function takeBacklog(
  db: Database,
  from: readonly PointFrom[],
  take: (readings: StoredReading[]) => Promise<void>,
  { portion = PORTION, tail: reach = TAIL } = {},
): Promise<void> {
  if (from.length === 0) return Promise.resolve();
  return db.tx(async (sql) => {
    const [mark] = await sql.query<{ rolled_to: number }>('select rolled_to from ingest.rollup_mark');
    const oldest = from.reduce((least, { after }) => Math.min(least, after), Number.POSITIVE_INFINITY);
    const tail = Math.max(oldest, (mark?.rolled_to ?? 0) - reach);
    // Marks of nearly all points are in the tail: it must not be looked for by their series.
    await sql.run('set local enable_mergejoin = off');
    await sql.query(`declare backlog no scroll cursor for ${readingsOfMany}`, [
      from.map(({ hazardPoint }) => hazardPoint),
      from.map(({ after }) => after),
      tail,
    ]);
    for (;;) {
      const rows = await sql.query<ReadingRow>(`fetch ${portion} from backlog`);
      if (rows.length > 0) await take(rows.map(readingOf));
      if (rows.length < portion) return;
    }
  });
}
