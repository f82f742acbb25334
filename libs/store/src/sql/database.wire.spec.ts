import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { at, Database, literal } from './database.js';
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

  it('is not done with a transaction in which an error was kept from it', async () => {
    const swallowed = db.tx(async (sql) => {
      await sql.run('insert into thing values (4)');
      await sql.run('insert into thing values (1)').catch(() => undefined);
    });
    await expect(swallowed).rejects.toThrow('failed unheard');
    expect(await things()).toEqual([1]);
    expect(await db.ping()).toBe(true);
  });

  /** Rows of one integer in the binary format of COPY. */
  const tuples = (...values: number[]): Buffer => {
    const rows = values.map((value) => {
      const row = Buffer.from([0, 1, 0, 0, 0, 4, 0, 0, 0, 0]);
      row.writeInt32BE(value, 6);
      return row;
    });
    return Buffer.concat([Buffer.from('PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0', 'latin1'), ...rows, Buffer.from([255, 255])]);
  };
  const copyThings = 'copy copied (a) from stdin (format binary)';

  it('copies rows in, all or none, and the connection serves on after the server said no', async () => {
    const one = new Database({ url: home.url, max: 1 });
    const me = async () => (await one.query<{ pid: number }>('select pg_backend_pid() as pid'))[0]?.pid;
    await one.run('create table copied (a int primary key, constraint small check (a < 100))');
    const pid = await me();
    const many = Array.from({ length: 50_000 }, (_, i) => -i);
    await one.copyIn(copyThings, tuples(...many));
    await expect(one.copyIn(copyThings, tuples(1, 2, 0))).rejects.toMatchObject({ name: 'DataRefused', sqlState: '23505' });
    await expect(one.copyIn(copyThings, tuples(1, 2, 100))).rejects.toMatchObject({ sqlState: '23514', constraint: 'small' });
    await expect(one.copyIn(copyThings, Buffer.from('no tuples'))).rejects.toMatchObject({ name: 'DataRefused' });
    // Refused before it asked for data, which is under way all the same: thrown away, not taken for the next statement.
    const ours = one.copyIn('copy no_such_table from stdin (format binary)', tuples(...many));
    await expect(ours).rejects.toMatchObject({ code: '42P01' });
    await Promise.all([one.copyIn(copyThings, tuples(1)), one.run('insert into copied values (2)'), one.copyIn(copyThings, tuples(3))]);
    expect(await one.query('select count(*) as rows, max(a) as most from copied')).toEqual([{ rows: 50_003, most: 3 }]);
    expect(await me()).toBe(pid);
    await one.close();
  });

  it('copies rows out byte for byte, none too, and the connection serves on after the server said no', async () => {
    const one = new Database({ url: home.url, max: 1 });
    const bytes = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, n) => n % 251));
    await one.run('create table large (name text, state bytea)');
    await one.run(`insert into large values ('a', $1), ('b', null), ('c', '')`, [bytes]);
    const out = (where: string) =>
      one.copyOut(`copy (select name, state from large where ${where} order by name) to stdout (format binary)`);
    expect(await out('true')).toEqual([
      [Buffer.from('a'), bytes],
      [Buffer.from('b'), null],
      [Buffer.from('c'), Buffer.alloc(0)],
    ]);
    expect(await out(`name = ${literal(`no'such\\ one`)}`)).toEqual([]);
    await expect(one.copyOut('copy no_such_table to stdout (format binary)')).rejects.toMatchObject({ code: '42P01' });
    expect(await Promise.all([out(`name = 'c'`), one.query('select 1 as one')])).toEqual([
      [[Buffer.from('c'), Buffer.alloc(0)]],
      [{ one: 1 }],
    ]);
    await one.close();
  });

  it('leaves open what became of rows copied in when its server process is killed, not when they waited too long, and connects anew', async () => {
    const one = new Database({ url: home.url, max: 1 });
    const hasty = new Database({ url: home.url, max: 1, statementTimeoutMs: 200 });
    await one.run('create table held (a int primary key)');
    const [me] = await one.query<{ pid: number }>('select pg_backend_pid() as pid');
    let cut: Promise<unknown> = Promise.resolve();
    await db.tx(async (sql) => {
      // Its COPY waits for this transaction.
      await sql.run('insert into held values (1)');
      cut = one.copyIn('copy held (a) from stdin (format binary)', tuples(1)).catch((error: unknown) => error);
      await expect
        .poll(() => db.query(`select 1 from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'`, [me?.pid]))
        .toHaveLength(1);
      await sql.run('select pg_terminate_backend($1)', [me?.pid]);
      expect(await cut).toMatchObject({ name: 'StoreAway', outcomeUnknown: true });
      const late = await hasty.copyIn('copy held (a) from stdin (format binary)', tuples(1)).catch((error: unknown) => error);
      expect(late).toMatchObject({ name: 'StoreAway', outcomeUnknown: false, message: expect.stringContaining('copy held') as string });
    });
    await one.copyIn('copy held (a) from stdin (format binary)', tuples(2));
    expect(await one.query('select a from held order by a')).toEqual([{ a: 1 }, { a: 2 }]);
    const nowhere = new Database({ url: 'postgres://nobody@127.0.0.1:9/nothing' });
    await expect(nowhere.copyIn(copyThings, tuples(1))).rejects.toMatchObject({ name: 'StoreAway', outcomeUnknown: false });
    await nowhere.close();
    await hasty.close();
    await one.close();
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
