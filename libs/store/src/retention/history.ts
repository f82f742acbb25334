import type { Database } from '../sql/database.js';
import { hasTimescale, partsUntil, type Part } from '../sql/partitions.js';
import type { Cutoffs } from './cutoffs.js';
import { deleteRows } from './delete-rows.js';
import { dropPart, type DropOptions, type Obstacle } from './drop-parts.js';
import { oldestPart, raiseFloor, resolutions, retentionState, tables, type Resolution } from './floors.js';
import { judged, neededByWarnings, rolledTo, unjudgedPoint, unrolled, waits } from './needed.js';

/** A part that was due but is still there: everything newer of its resolution, and every coarser one, stays with it. */
export interface HeldPart {
  part: string;
  why: Obstacle | 'not judged yet';
  /** The point that is not judged yet. */
  hazardPoint?: string;
}

/**
 * Readings and rollups older than they are kept: whole parts, then the rows of the DEFAULT partition. Oldest first and finest first, so that
 * what is left of a resolution begins at one time, and never before a finer one's.
 * @param db without a limit of statement time
 * @returns what was due and stays
 */
export async function dropHistory(db: Database, old: Cutoffs, options?: DropOptions): Promise<HeldPart[]> {
  const held: HeldPart[] = [];
  const inDefault = !(await hasTimescale(db));
  let until = Math.min(old.readings, await neededByWarnings(db));
  for (const resolution of resolutions) {
    until = Math.min(until, old[resolution]);
    if (until === -Infinity) break;
    const stays = await dropParts(db, resolution, until, options);
    if (stays) held.push(stays);
    await raiseFloor(db, resolution, Math.min(until, await oldestPart(db, resolution)));
    until = Math.min(until, (await retentionState(db))[resolution]);
    if (inDefault) await deleteDefault(db, resolution, until);
  }
  await deleteRows(db, {
    name: 'storeTimes',
    table: 'ingest.store_time',
    // The newest one says where numbering goes on.
    where: `r.stored_at < $4::timestamptz and r.last_seq < (select max(last_seq) from ingest.store_time)`,
    params: [(await db.query<{ floor: string }>('select readings::text as floor from ingest.retention'))[0]?.floor],
  });
  return held;
}

async function dropParts(db: Database, resolution: Resolution, until: number, options?: DropOptions): Promise<HeldPart | undefined> {
  for (const part of await partsUntil(db, tables[resolution], until)) {
    const stays = resolution === 'readings' ? await dropReadings(db, part, options) : await dropRollup(db, resolution, part, options);
    if (stays) return stays;
  }
  return undefined;
}

async function dropReadings(db: Database, part: Part, options?: DropOptions): Promise<HeldPart | undefined> {
  // Looked up first: whatever comes after it has a higher number and is found with the lock held.
  const rolled = await rolledTo(db);
  const hazardPoint = await unjudgedPoint(db, part.name);
  if (hazardPoint !== undefined) return { part: part.name, why: 'not judged yet', hazardPoint };
  const why = await dropPart(
    db,
    { table: tables.readings, resolution: 'readings' },
    part,
    (sql) => unrolled(sql, part.name, rolled),
    options,
  );
  return why && { part: part.name, why };
}

/** Rollups are written with those made of them in one transaction, so nobody waits for them. */
async function dropRollup(db: Database, resolution: Resolution, part: Part, options?: DropOptions): Promise<HeldPart | undefined> {
  const why = await dropPart(db, { table: tables[resolution], resolution }, part, () => Promise.resolve(false), options);
  return why && { part: part.name, why };
}

/** Late data that found no part of theirs. */
function deleteDefault(db: Database, resolution: Resolution, until: number): Promise<number> {
  const table = `${tables[resolution]}_default`;
  const before = `r.${resolution === 'readings' ? 'time' : 'bucket'} < timestamptz 'epoch' + $4::bigint * interval '1 millisecond'`;
  if (resolution !== 'readings') return deleteRows(db, { name: resolution, table, where: before, params: [until] });
  const where = `${before} and r.seq <= (select rolled_to from ingest.rollup_mark) and not ${waits}`;
  return deleteRows(db, { name: resolution, table, with: judged, where, params: [until] });
}
