import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { at, Database } from './database.js';
import { StoreAway } from './errors.js';

describe('the database', () => {
  let home: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    home = await testDatabase('the database');
    db = new Database({ url: home.url, max: 4 });
    await db.run('create table thing (a int primary key)');
  });
  afterAll(async () => {
    await db.close();
    await home.drop();
  });
  const things = async (): Promise<number[]> => (await db.query<{ a: number }>('select a from thing order by a')).map(({ a }) => a);

  it('answers times as epoch milliseconds and bigints as numbers, whatever the time', async () => {
    const times = ['2026-11-20T12:00:00.123Z', '1970-01-01T00:00:00.000Z', '0044-03-15T00:00:00.000Z', '9999-12-31T23:59:59.999Z'].map(
      Date.parse,
    );
    for (const time of times) expect(await db.query('select $1::timestamptz as time', [at(time)])).toEqual([{ time }]);
    expect(await db.query('select count(*) as n, 9007199254740991::bigint as most from thing')).toEqual([
      { n: 0, most: Number.MAX_SAFE_INTEGER },
    ]);
    expect(await db.query(`select 'infinity'::timestamptz as never`)).toEqual([{ never: Infinity }]);
  });

  it('commits a transaction whole or not at all, and the connection serves on', async () => {
    await db.tx((sql) => sql.run('insert into thing values (1)'));
    const failed = db.tx(async (sql) => {
      await sql.run('insert into thing values (2)');
      await sql.run('insert into thing values (1)');
    });
    await expect(failed).rejects.toMatchObject({ name: 'DataRefused', sqlState: '23505', constraint: 'thing_pkey' });
    const ours = db.tx(async (sql) => {
      await sql.run('insert into thing values (3)');
      throw new Error('changed my mind');
    });
    await expect(ours).rejects.toThrow('changed my mind');
    expect(await things()).toEqual([1]);
  });

  it('says that it is away, not that data is bad, when its server process is killed inside a transaction', async () => {
    const killed = db.tx(async (sql) => {
      const [me] = await sql.query<{ pid: number }>('select pg_backend_pid() as pid');
      await sql.run('insert into thing values (9)');
      await db.query('select pg_terminate_backend($1)', [me?.pid]);
      await sql.run('insert into thing values (10)');
    });
    await expect(killed).rejects.toBeInstanceOf(StoreAway);
    expect(await things()).toEqual([1]);
    expect(await db.ping()).toBe(true);
  });

  it('survives idle connections being cut, and tells', async () => {
    const told: Error[] = [];
    const idle = new Database({ url: home.url, max: 1, onIdleError: (error) => told.push(error) });
    const [me] = await idle.query<{ pid: number }>('select pg_backend_pid() as pid');
    await db.query('select pg_terminate_backend($1)', [me?.pid]);
    await expect.poll(() => told.length).toBeGreaterThan(0);
    expect(await idle.ping()).toBe(true);
    await idle.close();
  });

  it('does not answer when there is none', async () => {
    const nowhere = new Database({ url: 'postgres://nobody@127.0.0.1:9/nothing' });
    expect(await nowhere.ping()).toBe(false);
    await expect(nowhere.tx((sql) => sql.run('select 1'))).rejects.toBeInstanceOf(StoreAway);
    await nowhere.close();
  });

  it('is in UTC and waits for the disk on every commit, whatever the server’s default', async () => {
    await db.run(`alter database ${home.name} set synchronous_commit = off`);
    await db.run(`alter database ${home.name} set timezone = 'Asia/Shanghai'`);
    const fresh = new Database({ url: home.url });
    expect(await fresh.query(`select current_setting('synchronous_commit') as commit, current_setting('timezone') as zone`)).toEqual([
      { commit: 'on', zone: 'UTC' },
    ]);
    await fresh.close();
  });
});
