import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseError } from 'pg';
import { at, type Database, type Sql } from '../sql/database.js';
import { StoreAway } from '../sql/errors.js';
import type { Part } from '../sql/partitions.js';
import type { Resolution } from './floors.js';

/**
 * Longest wait for a part's lock, ms. While it waits every commit waits behind it, so longer holds PUBACKs back for a slow export; shorter
 * never comes through on a busy disk.
 */
const LOCK_MS = 500;
/** Tries for one lock and the time between them, ms; after the last one the part has another day. */
const ATTEMPTS = 10;
const BETWEEN_MS = 3_000;

export interface DropOptions {
  attempts?: number;
  betweenMs?: number;
}

/** Why a part was not dropped. */
export type Obstacle = 'busy' | 'in use';

/**
 * Drops one part, raises its resolution's floor to the part's end and notes it for the audit log, all or nothing.
 * @param inUse asked with the part's lock held: what came in while the lock was waited for
 * @returns undefined when it is gone
 */
export async function dropPart(
  db: Database,
  { table, resolution }: { table: string; resolution: Resolution },
  part: Part,
  inUse: (sql: Sql) => Promise<boolean>,
  { attempts = ATTEMPTS, betweenMs = BETWEEN_MS }: DropOptions = {},
): Promise<Obstacle | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.tx(async (sql) => {
        // In the order of everybody else, so that nobody waits in a circle: rollups take the floor first, commits the table, then its part.
        await sql.query('select from ingest.retention for update');
        await sql.run(`set local lock_timeout = ${LOCK_MS}`);
        await sql.run(`lock table only ${table} in access exclusive mode`);
        await sql.run(`lock table ${part.name} in access exclusive mode`);
        if (await inUse(sql)) return 'in use';
        await sql.query('select ingest.drop_part($1::text::regclass, $2::text::regclass)', [table, part.name]);
        await sql.run(`update ingest.retention set ${resolution} = greatest(${resolution}, $1::timestamptz)`, [at(part.until)]);
        await sql.run('insert into ingest.retention_dropped (class, since, until) values ($1, $2, $3)', [
          resolution,
          at(part.since),
          at(part.until),
        ]);
        return undefined;
      });
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      if (attempt >= attempts) return 'busy';
      await pause(betweenMs);
    }
  }
}

/** 55P03: somebody else had the lock for too long. */
const isLockTimeout = (error: unknown): boolean =>
  error instanceof StoreAway && error.cause instanceof DatabaseError && error.cause.code === '55P03';
