import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, sha256 } from '#libs/platform';
import type { Database, Sql } from './database.js';

/** The database and this program don't belong together; nothing was changed. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface Migration {
  number: number;
  name: string;
  sql: string;
  checksum: string;
  /**
   * First line `-- repeated`: the statement moves data in steps, each in a transaction of its own, until its one row
   * answers `left` = 0. Broken off, it goes on where it was.
   */
  repeated?: boolean;
}

/** Read from the package's root: SQL files are not compiled, so the sources and `dist` share them. */
const migrationsDirectory = (): string => join(packageRoot(), 'libs', 'store', 'migrations');

/** @throws MigrationError if two files have one number or a name is not `0001_words.sql` */
export function readMigrations(directory: string): Migration[] {
  const seen = new Map<number, string>();
  return readdirSync(directory)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
    .map((name) => {
      const number = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1] ?? NaN);
      if (Number.isNaN(number)) throw new MigrationError(`migration ${name}: the name must be like 0001_words.sql`);
      const other = seen.get(number);
      if (other !== undefined) throw new MigrationError(`migrations ${other} and ${name} have the same number`);
      seen.set(number, name);
      const sql = readFileSync(join(directory, name), 'utf8');
      return { number, name, sql, checksum: sha256(sql), repeated: sql.startsWith('-- repeated\n') };
    });
}

/**
 * Brings the database up to date: each file in a transaction of its own, under one lock, recorded with its checksum. Two
 * stations starting at once wait for each other.
 * @returns names of the migrations that ran
 * @throws MigrationError if a file that ran before has changed, or the database is newer than this program
 */
export async function migrate(db: Database, migrations = readMigrations(migrationsDirectory())): Promise<string[]> {
  await db.tx(async (sql) => {
    await lock(sql);
    await sql.run('create schema if not exists store');
    await sql.run(`create table if not exists store.migration (
      number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`);
  });
  await refuseStranger(db, migrations);
  const ran: string[] = [];
  for (const migration of migrations) {
    let step = await run(db, migration);
    while (step === 'goes on') step = await run(db, migration);
    if (step === 'done') ran.push(migration.name);
  }
  return ran;
}

/** One transaction of one migration. */
function run(db: Database, migration: Migration): Promise<'done' | 'goes on' | 'ran before'> {
  return db.tx(async (sql) => {
    await lock(sql);
    const [before] = await sql.query<{ checksum: string }>('select checksum from store.migration where number = $1', [migration.number]);
    if (before) {
      if (before.checksum === migration.checksum) return 'ran before';
      throw new MigrationError(`migration ${migration.name} was changed after it ran on this database: restore the file, add a new one`);
    }
    if (await unfinished(sql, migration)) return 'goes on';
    const { number, name, checksum } = migration;
    await sql.run('insert into store.migration (number, name, checksum) values ($1, $2, $3)', [number, name, checksum]);
    return 'done';
  });
}

/** Runs the migration's statements, or one step of a repeated one; true while there is more to do. */
async function unfinished(sql: Sql, { sql: text, repeated, name }: Migration): Promise<boolean> {
  if (!repeated) {
    await sql.run(text);
    return false;
  }
  const [row] = await sql.query<{ left?: unknown }>(text);
  if (typeof row?.left !== 'number') throw new MigrationError(`migration ${name} is repeated but does not answer how much is left`);
  return row.left > 0;
}

const lock = (sql: Sql): Promise<unknown> => sql.run(`select pg_advisory_xact_lock(hashtext('store.migration'))`);

async function refuseStranger(db: Database, migrations: readonly Migration[]): Promise<void> {
  const known = new Set(migrations.map(({ number }) => number));
  const applied = await db.query<{ number: number; name: string }>('select number, name from store.migration order by number');
  const strange = applied.filter(({ number }) => !known.has(number)).map(({ name }) => name);
  if (strange.length > 0)
    throw new MigrationError(`the database is newer than this program (it has ${strange.join(', ')}): start the release that wrote it`);
}
