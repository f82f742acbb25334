import { SECOND } from '#libs/contracts';
import { wallClock } from '#libs/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outboxConformance } from '../../../notify/src/outbox.conformance.js';
import { Database } from '../sql/database.js';
import { pgDeliveries } from './delivery.js';
import { aWarning, anIntent, dataKey, recordsDatabase, silent, type RecordsDatabase } from '../fakes/records.js';
import { pgLedger } from '../ledger/ledger.js';
import { pgOutbox } from './outbox.js';

outboxConformance('PostgreSQL', async () => {
  const home = await recordsDatabase('outbox conformance');
  const ledger = pgLedger(home.db, { bus: home.bus, dataKey, logger: silent });
  return {
    outbox: pgOutbox(home.db, dataKey, wallClock),
    add: async (deliveries) => void (await ledger.write({ deliveries })),
    supersede: async (warningId, beforeVersion) =>
      void (await ledger.write({ supersede: [{ warningId, scope: 'public', beforeVersion }] })),
    close: home.close,
  };
});

describe('the outbox on PostgreSQL', () => {
  let home: RecordsDatabase;
  beforeAll(async () => {
    home = await recordsDatabase('outbox on PostgreSQL');
  });
  afterAll(() => home.close());

  it('keeps address and text encrypted, and gives them back to people', async () => {
    const ledger = pgLedger(home.db, { bus: home.bus, dataKey, logger: silent });
    await ledger.write({ warnings: [aWarning()], deliveries: [anIntent('d1')] });
    const [row] = await home.db.query<{ raw: string; bytes: string }>(
      `select d::text as raw, encode(convert_to(d::text, 'UTF8'), 'hex') as bytes from notify.delivery d`,
    );
    for (const secret of ['13912345678', '石碑村三组', '立即撤离']) {
      expect(row?.raw).not.toContain(secret);
      expect(row?.bytes).not.toContain(Buffer.from(secret).toString('hex'));
    }
    expect(await pgDeliveries(home.db, dataKey).deliveries('w1')).toMatchObject([
      { id: 'd1', address: '13912345678', text: '石碑村三组红色预警，请立即撤离', status: 'pending', attempts: 0 },
    ]);
  });

  it('finds the deliveries of a number by its keyed hash', async () => {
    const found = await home.db.query('select id from notify.delivery where address_hash = $1', [dataKey.lookupHash('13912345678')]);
    expect(found).toEqual([{ id: 'd1' }]);
  });

  it('belongs to the division of its warning', async () => {
    expect(await home.db.query('select division_code from notify.delivery')).toEqual([{ division_code: '513221' }]);
  });

  it('keeps every step and who caused it, with no number in an error', async () => {
    const outbox = pgOutbox(home.db, dataKey, wallClock);
    await outbox.claim('w1', 10, 5_000);
    await outbox.settle('d1', 'w1', {
      status: 'unknown',
      provider: 'alicloud',
      delayMs: 0,
      error: { class: 'UNKNOWN', code: 'ECONNRESET', message: 'POST /?PhoneNumbers=13912345678' },
    });
    await outbox.claimUnknown('w2', 10, 5_000);
    await outbox.settle('d1', 'w2', { status: 'accepted', provider: 'alicloud', providerId: 'biz' });
    await outbox.receive({ provider: 'alicloud', providerId: 'biz', status: 'delivered', code: 'DELIVERED', at: Date.now() });
    const events = await home.db.query<{ step: string; source: string; raw: unknown }>(
      `select concat(from_status, '>', to_status) as step, source, raw from notify.delivery_event where delivery_id = 'd1' order by ordinal`,
    );
    expect(events.map(({ step, source }) => `${step} ${source}`)).toEqual([
      '>pending station',
      'pending>sending worker',
      'sending>unknown worker',
      'unknown>recon worker',
      'recon>accepted poller',
      'accepted>delivered callback',
    ]);
    expect(JSON.stringify(events)).not.toContain('13912345678');
    await expect(home.db.run(`delete from notify.delivery_event where delivery_id = 'd1'`)).rejects.toThrow(/append-only/);
  });

  it('never hands one delivery to workers of two processes', async () => {
    const other = new Database({ url: home.url });
    const ledger = pgLedger(home.db, { bus: home.bus, dataKey, logger: silent });
    await ledger.write({ deliveries: Array.from({ length: 500 }, (_, n) => anIntent(`many-${n}`, { outId: `m${n}` })) });
    const drain = async (db: Database, owner: string): Promise<string[]> => {
      const mine: string[] = [];
      for (let batch; (batch = await pgOutbox(db, dataKey, wallClock).claim(owner, 20, 60_000)).length > 0;)
        mine.push(...batch.map(({ id }) => id));
      return mine;
    };
    const taken = await Promise.all([drain(home.db, 'a'), drain(other, 'b'), drain(home.db, 'c'), drain(other, 'd')]);
    await other.close();
    const all = taken.flat();
    expect(all).toHaveLength(500);
    expect(new Set(all).size).toBe(500);
  });
});

it('judges what is due and what is over by the clock that said so, whatever the database thinks the time is', async () => {
  const home = await recordsDatabase('outbox and two clocks');
  const ledger = pgLedger(home.db, { bus: home.bus, dataKey, logger: silent });
  for (const off of [3_600_000, -3_600_000]) {
    const now = Date.now() + off;
    const outbox = pgOutbox(home.db, dataKey, { now: () => now });
    const times = { notBefore: now, deadline: now + 60_000, createdAt: now };
    await ledger.write({ deliveries: [anIntent(`now ${off}`, times), anIntent(`later ${off}`, { ...times, notBefore: now + 1 })] });
    expect(await outbox.reap()).toMatchObject({ expired: 0 });
    expect((await outbox.claim('w', 10, 60_000)).map(({ id }) => id)).toEqual([`now ${off}`]);
    await outbox.settle(`now ${off}`, 'w', { status: 'pending', delayMs: 0 });
    expect((await outbox.claim('w', 10, 60_000)).map(({ id }) => id)).toEqual([`now ${off}`]);
    await home.db.run(`update notify.delivery set status = 'cancelled'`);
  }
  await home.close();
});

/** As the vendor's, 1 a minute, 5 an hour, 20 a day (notify.md §3.2), each with its two seconds. */
const windows = [
  { ms: 62 * SECOND, most: 1 },
  { ms: 3_602 * SECOND, most: 5 },
  { ms: 86_402 * SECOND, most: 20 },
];
/** Longer than any pause of the machine: what asks so early must be refused. */
const EARLY_MS = 30 * SECOND;

it('T13 two workers that would call one number all day never call it oftener than a minute, an hour or a day allows', async () => {
  const home = await recordsDatabase('a day of calls');
  const outbox = pgOutbox(home.db, dataKey, wallClock);
  const called: number[] = [];
  let passed = 0;
  // Time passes by making what was earlier older: the turns go by the clock of the database.
  const wait = async (ms: number) => {
    passed += ms;
    await home.db.run(`update notify.call_turn set at = at - $1 * interval '1 millisecond'`, [ms]);
  };
  while (called.length < 24) {
    const ask = (worker: string) => outbox.takeTurns([{ id: `${worker}${called.length}`, address: '13900000001' }], windows);
    const waits = (await Promise.all([ask('a'), ask('b')])).flat();
    expect(waits.filter((ms) => ms === 0).length, 'two at the same moment').toBeLessThan(2);
    if (waits.includes(0)) {
      const [newest] = await home.db.query<{ at: number }>('select max(at) as at from notify.call_turn');
      called.push((newest?.at ?? 0) + passed);
    }
    // As soon as there is room again; asked earlier it is refused.
    await wait(Math.max(...waits) - EARLY_MS);
    expect(await ask('early')).not.toEqual([0]);
    await wait(EARLY_MS);
  }
  for (const { ms, most } of windows)
    for (const [n, at] of called.entries())
      expect((called[n + most] ?? Infinity) - at, `${most} in ${ms} ms`).toBeGreaterThanOrEqual(ms - 1);
  expect(passed).toBeGreaterThan(86_400 * SECOND);
  await home.close();
});
