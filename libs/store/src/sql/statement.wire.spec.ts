import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { Database } from './database.js';
import type { Statement } from './statement.js';

const insert = (a: number): Statement => ({ name: 'insert', text: 'insert into thing values ($1) returning a', values: [a] });

describe('statements that leave together', () => {
  let home: TestDatabase;
  let db: Database;
  let watcher: Database;
  beforeAll(async () => {
    home = await testDatabase('together');
    db = new Database({ url: home.url, max: 1 });
    watcher = new Database({ url: home.url, max: 1 });
    await db.run('create table thing (a int primary key)');
  });
  afterAll(async () => {
    await watcher.close();
    await db.close();
    await home.drop();
  });
  const things = async () => (await watcher.query<{ a: number }>('select a from thing order by a')).map(({ a }) => a);

  it('are one transaction, and each has its answer', async () => {
    const times: Statement = { name: 'times', text: 'select now() as at, count(*) as n from thing', values: [] };
    const [, second, looked] = await db.together([insert(1), insert(2), times]);
    expect(second).toEqual({ rowCount: 1, rows: [{ a: 2 }] });
    expect(looked?.rows).toEqual([{ at: expect.any(Number) as number, n: 2 }]);
    expect(await things()).toEqual([1, 2]);
    expect(await db.together([])).toEqual([]);
  });

  it('are not written at all when one is refused, whose error it is, and the connection serves on', async () => {
    const [me] = await db.query<{ pid: number }>('select pg_backend_pid() as pid');
    await expect(db.together([insert(3), insert(1), insert(4)])).rejects.toMatchObject({ name: 'DataRefused', sqlState: '23505' });
    const meant = { ...insert(1), meaning: () => new Error('it is there already') };
    await expect(db.together([insert(3), meant, insert(4)])).rejects.toThrow('it is there already');
    expect(await things()).toEqual([1, 2]);
    await db.together([insert(5)]);
    expect(await things()).toEqual([1, 2, 5]);
    expect(await db.query('select pg_backend_pid() as pid')).toEqual([me]);
  });

  it('are not written when one can’t be sent, nor by who comes next, and a refusal before anything was prepared does no harm', async () => {
    const itself: Record<string, unknown> = {};
    itself['itself'] = itself;
    await expect(db.together([insert(3), { ...insert(4), values: [itself] }, insert(5)])).rejects.toThrow('circular');
    const fresh = new Database({ url: home.url, max: 1 });
    await expect(fresh.together([insert(3), insert(1)])).rejects.toMatchObject({ sqlState: '23505' });
    expect(await fresh.together([insert(21)])).toEqual([{ rowCount: 1, rows: [{ a: 21 }] }]);
    await fresh.close();
    await db.together([insert(22)]);
    expect(await things()).toEqual([1, 2, 5, 21, 22]);
    await watcher.run('delete from thing where a > 20');
  });

  it('leave open what became of them when the server process is killed, and it connects anew', async () => {
    const [me] = await db.query<{ pid: number }>('select pg_backend_pid() as pid');
    let cut: Promise<unknown> = Promise.resolve();
    await watcher.tx(async (sql) => {
      await sql.run('insert into thing values (6)');
      cut = db.together([insert(7), insert(6), insert(8)]).catch((error: unknown) => error);
      await expect
        .poll(() => sql.query(`select 1 from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'`, [me?.pid]))
        .toHaveLength(1);
      await sql.run('select pg_terminate_backend($1)', [me?.pid]);
      expect(await cut).toMatchObject({ name: 'StoreAway', outcomeUnknown: true });
    });
    expect(await things()).toEqual([1, 2, 5, 6]);
    await db.together([insert(7)]);
    expect(await things()).toEqual([1, 2, 5, 6, 7]);
  });

  it('leave in one write, before anything is answered', async () => {
    const client = await db.pool.connect();
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    client.release();
    const gathered = vi.spyOn(stream as Required<Socket>, '_writev');
    const single = vi.spyOn(stream, '_write');
    await db.together([insert(11), insert(12), insert(13)]);
    expect([gathered.mock.calls.length, single.mock.calls.length]).toEqual([1, 0]);
  });
});
