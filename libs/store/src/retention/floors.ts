import { at, type Sql } from '../sql/database.js';

/** What is kept in parts by time, finest first, with its table; columns of ingest.retention. */
export const resolutions = ['readings', 'minutes', 'hours', 'days'] as const;
export type Resolution = (typeof resolutions)[number];
export const tables: Readonly<Record<Resolution, string>> = {
  readings: 'ingest.reading_row',
  minutes: 'ingest.rollup_1m',
  hours: 'ingest.rollup_1h',
  days: 'ingest.rollup_1d',
};

/** Before which time each resolution is not complete any more; -Infinity: nothing has been dropped. */
export type Floors = Record<Resolution, number>;

export interface RetentionState extends Floors {
  /** What it was carried out for last; null before the first run. */
  as_of: number | null;
  ran_at: number | null;
}

export async function retentionState(sql: Sql): Promise<RetentionState> {
  const [row] = await sql.query<RetentionState>('select readings, minutes, hours, days, as_of, ran_at from ingest.retention');
  if (!row) throw new Error('ingest.retention has lost its row: insert into ingest.retention default values');
  return row;
}

/** Raises a floor where no part ends: from here on single rows below it may go. It never falls. */
export async function raiseFloor(sql: Sql, resolution: Resolution, floor: number): Promise<void> {
  await sql.run(
    `update ingest.retention set ${resolution} = greatest(${resolution}, $1::timestamptz) where ${resolution} < $1::timestamptz`,
    [at(floor)],
  );
}

/** Beginning of the oldest part; Infinity when there is none. */
export async function oldestPart(sql: Sql, resolution: Resolution): Promise<number> {
  const [row] = await sql.query<{ since: number | null }>('select min(since) as since from ingest.parts_of($1::text::regclass)', [
    tables[resolution],
  ]);
  return row?.since ?? Infinity;
}
