import { randomUUID } from 'node:crypto';
import { toIso, type Retention } from '#libs/contracts';
import type { AuditWriter } from '../ledger/audit.js';
import { at, type Database, type Sql } from '../sql/database.js';
import { believable, cutoffs } from './cutoffs.js';
import type { DropOptions } from './drop-parts.js';
import { retentionState } from './floors.js';
import { dropHistory, type HeldPart } from './history.js';
import { deleteRecords } from './records.js';

/** What one run dropped of a class: rows one by one, and whole parts from one time to another. */
interface Dropped {
  rows: number;
  parts: number;
  since?: string;
  until?: string;
}

export interface RetentionReport {
  /** The time it was carried out for. */
  asOf: string;
  /** The clock is so far ahead of the last run that it is not believed. */
  clockAhead: boolean;
  /** By class; what a run that was broken off had dropped is told by the next one. */
  dropped: Record<string, Dropped>;
  held: HeldPart[];
}

export interface RetentionWork {
  kept: Retention;
  now: number;
  audit: AuditWriter;
  options?: DropOptions;
}

/**
 * Drops what is older than it is kept, and writes one audit record that says what. Broken off at any place, the next run goes on.
 * @param db without a limit of statement time
 * @throws StoreAway
 */
export async function runRetention(db: Database, { kept, now, audit, options }: RetentionWork): Promise<RetentionReport> {
  const asOf = believable(now, await lastKnown(db));
  const old = cutoffs(kept, asOf);
  const held = await dropHistory(db, old, options);
  await deleteRecords(db, old);
  return db.tx(async (sql) => {
    await sql.run('update ingest.retention set as_of = $1, ran_at = $2', [at(asOf), at(now)]);
    const report = { asOf: toIso(asOf), clockAhead: asOf < now, dropped: await takeDropped(sql), held };
    await audit.append(sql, [
      { id: randomUUID(), at: now, actor: 'station', action: 'retention.run', object: 'history', detail: { ...report, kept } },
    ]);
    return report;
  });
}

/** What the last run was for; before the first one when the newest reading was stored. */
async function lastKnown(sql: Sql): Promise<number | undefined> {
  const { as_of } = await retentionState(sql);
  if (as_of !== null) return as_of;
  const [row] = await sql.query<{ newest: number | null }>('select max(stored_at) as newest from ingest.store_time');
  return row?.newest ?? undefined;
}

async function takeDropped(sql: Sql): Promise<Record<string, Dropped>> {
  const rows = await sql.query<{ class: string; rows: number; parts: number; since: number | null; until: number | null }>(
    `with taken as (delete from ingest.retention_dropped returning *)
     select class, sum(rows)::bigint as rows, count(until) as parts, min(since) as since, max(until) as until from taken group by class order by class`,
  );
  const entries = rows.map(({ class: name, rows: gone, parts, since, until }): [string, Dropped] => [
    name,
    { rows: gone, parts, ...(since === null || until === null ? {} : { since: toIso(since), until: toIso(until) }) },
  ]);
  return Object.fromEntries(entries);
}
