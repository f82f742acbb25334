import { DAY } from '#libs/contracts';
import type { Sql } from '../sql/database.js';

/**
 * Device time before an open warning began that is kept for its case file, whatever the settings say. Its curves show a day; whoever is
 * asked whether to clear the houses looks at the weeks before. Longer: one long warning holds the disk of every point.
 */
const CASE_FILE = 30 * DAY;

/** Readings from this device time on may still be asked for by an open warning; Infinity when none is open. */
export async function neededByWarnings(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ since: number | null }>(
    `select min(least(opened_at, (record ->> 'eventOpenedAt')::timestamptz)) as since
     from alert.warning where state in ('candidate', 'confirmed')`,
  );
  return row?.since === null || row === undefined ? Infinity : row.since - CASE_FILE;
}

/** Points that are judged, with how far. A point that is closed is judged no more, so its readings wait for nobody. */
export const judged = `
judged as materialized (
  select p.key, p.unified_code, coalesce(m.judged_to, 0) as judged_to
  from ingest.point p join command.hazard_point h using (unified_code) left join evaluate.mark m on m.hazard_point = p.unified_code
  where not h.closed
)`;

/** Reading `r` is still to be judged, with `judged` in reach. */
export const waits = `exists (
  select from judged join ingest.series s on s.key = r.series
  where judged.key = coalesce(r.point, s.point) and r.seq > judged.judged_to)`;

/**
 * A point for which something in this part of the readings is still to be judged, or undefined. Reads the part from end to end when most
 * of it is newer than the oldest mark: minutes for a week of a province, without a lock that anybody waits for.
 */
export async function unjudgedPoint(sql: Sql, part: string): Promise<string | undefined> {
  const [row] = await sql.query<{ unified_code: string }>(
    `with ${judged}
     select judged.unified_code from ${part} r join ingest.series s on s.key = r.series join judged on judged.key = coalesce(r.point, s.point)
     where r.seq > judged.judged_to and r.seq > (select min(judged_to) from judged) limit 1`,
  );
  return row?.unified_code;
}

/** Up to which number everything is in the rollups. */
export async function rolledTo(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ rolled_to: number }>('select rolled_to from ingest.rollup_mark');
  return row?.rolled_to ?? 0;
}

/**
 * Is there something in this part of the readings that is not in the rollups, or that was not when they ended at `rolled`? So it also finds
 * what has come since somebody looked. Through the summaries of seq: quick.
 */
export async function unrolled(sql: Sql, part: string, rolled: number): Promise<boolean> {
  const [row] = await sql.query<{ there: boolean }>(
    `select exists (select from ${part} where seq > least($1::bigint, (select rolled_to from ingest.rollup_mark))) as there`,
    [rolled],
  );
  return row?.there ?? true;
}
