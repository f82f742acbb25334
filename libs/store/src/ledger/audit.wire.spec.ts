import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditWriter, pgAudit } from './audit.js';
import { Database } from '../sql/database.js';
import { recordsDatabase, type RecordsDatabase } from '../fakes/records.js';

const record = (n: number) => ({
  id: `a${n}`,
  at: 1_700_000_000_000 + n,
  actor: '值班员',
  action: 'warning.sign',
  object: 'w1',
  detail: { n },
});
const ten = Array.from({ length: 10 }, (_, n) => record(n + 1));

describe('the audit log', () => {
  let home: RecordsDatabase;
  let round = 0;
  // Keeps the server between tests.
  let keeper: RecordsDatabase;
  beforeAll(async () => {
    keeper = await recordsDatabase('audit log');
  });
  afterAll(() => keeper.close());
  beforeEach(async () => {
    home = await recordsDatabase(`audit log ${(round += 1)}`);
    await pgAudit(home.db).append(ten);
  });
  afterEach(() => home.close());

  /** Changes the table as somebody with every right would: triggers off. */
  const tamper = (sql: string): Promise<void> =>
    home.db.tx(async (tx) => {
      await tx.run('set local session_replication_role = replica');
      await tx.run(sql);
    });

  it('is chained over the exact text and verifies', async () => {
    const audit = pgAudit(home.db);
    const items = await audit.list(0, 100);
    expect(items.map(({ seq, id }) => [seq, id])).toEqual(ten.map(({ id }, n) => [n + 1, id]));
    expect(items[0]).toMatchObject({ previous: '', actor: '值班员', detail: { n: 1 }, at: '2023-11-14T22:13:20.001Z' });
    items.slice(1).forEach((item, n) => expect(item.previous).toBe(items[n]?.hash));
    expect(await audit.list(8, 1)).toMatchObject([{ seq: 9 }]);
    expect(await audit.verify()).toEqual({ ok: true, records: 10, brokenAt: null });
  });

  it('knows a record written twice as one', async () => {
    const audit = pgAudit(home.db);
    await audit.append([record(10), record(11), record(11)]);
    expect(await audit.verify()).toEqual({ ok: true, records: 11, brokenAt: null });
  });

  it('stays one chain when many write at once', async () => {
    // A fresh writer, which still has to find out about its role: more transactions than the pool has connections.
    const audit = pgAudit(home.db);
    await Promise.all(Array.from({ length: 30 }, (_, n) => audit.append([record(100 + n)])));
    expect(await audit.verify()).toEqual({ ok: true, records: 40, brokenAt: null });
  });

  it.each([
    ['a changed text', `update command.audit set payload = replace(payload, '"n":4', '"n":5') where seq = 4`, 4],
    ['a text that is no JSON any more', `update command.audit set payload = 'gone' where seq = 7`, 7],
    [
      'a changed text with its hash made to fit',
      `update command.audit set payload = 'x', hash = encode(sha256(convert_to(previous || 'x', 'UTF8')), 'hex') where seq = 3`,
      3,
    ],
    ['a removed record', 'delete from command.audit where seq = 5', 6],
    ['the newest records cut off', 'delete from command.audit where seq > 8', 9],
    ['everything cut off', 'truncate command.audit', 1],
    [
      'two records exchanged',
      `update command.audit a set payload = b.payload, id = b.id || '!' from command.audit b where a.seq = 2 and b.seq = 9`,
      2,
    ],
  ])('names the first record broken by %s', async (_what, sql, brokenAt) => {
    await tamper(sql);
    expect(await pgAudit(home.db).verify()).toMatchObject({ ok: false, brokenAt });
  });

  it('refuses every change by statement', async () => {
    for (const sql of [`update command.audit set payload = ''`, 'delete from command.audit', 'truncate command.audit'])
      await expect(home.db.run(sql)).rejects.toThrow(/append-only/);
  });

  it('is written by a role that can only insert', async () => {
    expect(await pgAudit(home.db).protection()).toEqual({ ok: true, detail: 'insert-only role' });
    for (const sql of [
      'select * from command.audit',
      `update command.audit set payload = ''`,
      'delete from command.audit',
      'select * from command.audit_head',
      'select * from command.user_account',
    ])
      await expect(
        home.db.tx(async (tx) => {
          await tx.run('set local role wangshan_audit');
          await tx.run(sql);
        }),
      ).rejects.toThrow(/permission denied/);
  });

  it('leaves the role behind with the transaction', async () => {
    const [row] = await home.db.query<{ me: string }>('select current_user as me');
    expect(row?.me).not.toBe('wangshan_audit');
  });

  it('is written without the role where the database user may not use it, and says so', async () => {
    const user = `plain_${round}`;
    await home.db.run(`create role ${user} login password 'plain'`);
    await home.db.run(`grant usage on schema command to ${user}`);
    await home.db.run(`grant select, insert on command.audit, command.audit_head to ${user}`);
    const url = new URL(home.url);
    url.username = user;
    url.password = 'plain';
    const plain = new Database({ url: url.href, max: 2 });
    try {
      const audit = pgAudit(plain, auditWriter(plain));
      await audit.append([record(11)]);
      expect(await audit.protection()).toMatchObject({ ok: false, detail: expect.stringContaining('permission denied') as string });
      expect(await audit.verify()).toMatchObject({ ok: true, records: 11 });
    } finally {
      await plain.close();
      await home.db.run(`drop owned by ${user}`);
      await home.db.run(`drop role ${user}`);
    }
  });
});
