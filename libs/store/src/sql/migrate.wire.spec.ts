import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '#libs/platform';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { Database } from './database.js';
import { migrate, MigrationError, readMigrations, type Migration } from './migrate.js';
import { ensurePartitions, hasTimescale } from './partitions.js';

const migration = (number: number, sql: string): Migration => ({ number, name: `${number}.sql`, sql, checksum: sha256(sql) });

describe('migrations', () => {
  let home: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    home = await testDatabase('migrations of our own');
    db = new Database({ url: home.url });
  });
  afterAll(async () => {
    await db.close();
    await home.drop();
  });

  it('run in order, once, each whole or not at all', async () => {
    const first = migration(1, 'create table one (a int); create table two (b int)');
    expect(await migrate(db, [first])).toEqual(['1.sql']);
    const broken = migration(2, 'create table three (c int); insert into nowhere values (1)');
    await expect(migrate(db, [first, broken])).rejects.toThrow(/nowhere/);
    expect(await db.query(`select to_regclass('three') as three`)).toEqual([{ three: null }]);
    expect(await migrate(db, [first, migration(2, 'create table three (c int)')])).toEqual(['2.sql']);
    expect(await migrate(db, [first, migration(2, 'create table three (c int)')])).toEqual([]);
  });

  it('refuse a file that changed after it ran, and a database that is newer, by name', async () => {
    const changed = [migration(1, 'select 1'), migration(2, 'create table three (c int)')];
    await expect(migrate(db, changed)).rejects.toThrow(/1\.sql was changed/);
    const older = [migration(1, 'create table one (a int); create table two (b int)')];
    await expect(migrate(db, older)).rejects.toThrow(/newer than this program.*2\.sql/);
  });

  it('wait for each other when two stations start at once', async () => {
    const other = new Database({ url: home.url });
    const all = [
      migration(1, 'create table one (a int); create table two (b int)'),
      migration(2, 'create table three (c int)'),
      migration(3, 'create table four (d int); select pg_sleep(0.3)'),
    ];
    const ran = await Promise.all([migrate(db, all), migrate(other, all)]);
    expect(ran.flat()).toEqual(['3.sql']);
    await other.close();
  });

  it('that are repeated run step by step, go on where they broke off, and are recorded when nothing is left', async () => {
    const before = [
      migration(1, 'create table one (a int); create table two (b int)'),
      migration(2, 'create table three (c int)'),
      migration(3, 'create table four (d int); select pg_sleep(0.3)'),
      migration(
        4,
        `create table old as select generate_series(1, 10) as a; create table new (a int, step xid8 default pg_current_xact_id());
         create function move_some() returns bigint language plpgsql as $$ begin
           with taken as (delete from old where a in (select a from old order by a limit 4) returning a) insert into new select a from taken;
           return (select count(*) from old);
         end $$`,
      ),
    ];
    const silent = { ...migration(5, 'select 1 as one'), repeated: true };
    await expect(migrate(db, [...before, silent])).rejects.toThrow(/5\.sql is repeated but does not answer/);
    const moves = { ...migration(5, 'select move_some() as left'), repeated: true };
    expect(await migrate(db, [...before, moves])).toEqual(['5.sql']);
    expect(await db.query('select count(*) as moved, count(distinct step) as steps from new')).toEqual([{ moved: 10, steps: 3 }]);
    expect(await migrate(db, [...before, moves])).toEqual([]);
  });

  it('have numbers of their own and names that sort', () => {
    const dir = mkdtempSync(join(tmpdir(), 'migrations-'));
    writeFileSync(join(dir, '0002_b.sql'), 'select 2');
    writeFileSync(join(dir, '0001_a.sql'), 'select 1');
    expect(readMigrations(dir).map(({ number }) => number)).toEqual([1, 2]);
    writeFileSync(join(dir, '0002_c.sql'), 'select 2');
    expect(() => readMigrations(dir)).toThrow(MigrationError);
    rmSync(join(dir, '0002_c.sql'));
    writeFileSync(join(dir, '3_c.sql'), 'select 2');
    expect(() => readMigrations(dir)).toThrow(/3_c\.sql/);
    rmSync(dir, { recursive: true });
  });

  describe('the migrations that ship', () => {
    it('run for a plain user who may create neither roles nor extensions', async () => {
      const own = await testDatabase('a plain database user');
      const root = new Database({ url: own.url });
      await root.run(`create role plain_user login password 'plain' nosuperuser nocreaterole nocreatedb`);
      await root.run(`alter database ${own.name} owner to plain_user`);
      const url = Object.assign(new URL(own.url), { username: 'plain_user', password: 'plain' }).toString();
      const plain = new Database({ url });
      const ran = await migrate(plain);
      expect(ran[0]).toBe('0001_store.sql');
      expect((await ensurePartitions(plain, Date.parse('2026-11-20'))) > 0).toBe(!(await hasTimescale(plain)));
      await plain.close();
      await root.run('drop owned by plain_user cascade');
      await root.run(`alter database ${own.name} owner to current_user`);
      await root.run('drop role plain_user');
      await root.close();
      await own.drop();
    });

    it('hold times as timestamptz only', async () => {
      const own = await testDatabase('types of time');
      const fresh = new Database({ url: own.url });
      await migrate(fresh);
      const naive = await fresh.query(
        `select table_schema || '.' || table_name || '.' || column_name as found from information_schema.columns
       where data_type in ('timestamp without time zone', 'time without time zone', 'date')
         -- a civil day is no moment
         and not (data_type = 'date' and column_name = 'day')
         and table_schema not in ('pg_catalog', 'information_schema')`,
      );
      expect(naive).toEqual([]);
      await fresh.close();
      await own.drop();
    });
  });
});
