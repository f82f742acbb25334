import { wallClock } from '#libs/platform';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LedgerEntry } from '#libs/alert';
import type { StageEvents } from '#libs/contracts';
import { pgAudit } from './audit.js';
import { pgEvents } from './event.js';
import {
  aConsultation,
  anEvent,
  anIntent,
  aTimelineEntry,
  aWarning,
  dataKey,
  recordsDatabase,
  silent,
  type RecordsDatabase,
} from '../fakes/records.js';
import { pgLedger } from './ledger.js';
import { pgOutbox } from '../outbox/outbox.js';
import { pgWarnings } from './warning.js';

const audit = (id: string) => ({ id, at: 1, actor: 'system', action: 'warning.open', object: 'w1', detail: {} });

const entry = (over: Partial<LedgerEntry> = {}): LedgerEntry => ({
  judgement: { hazardPoint: '5132210001', judgedTo: 7, state: { holds: [] } },
  warnings: [aWarning()],
  timeline: [aTimelineEntry('t1'), aTimelineEntry('t2')],
  deliveries: [anIntent('d1'), anIntent('d2')],
  consultations: [aConsultation()],
  events: [anEvent('e1'), anEvent('e2')],
  audit: [audit('a1'), audit('a2')],
  ...over,
});

/** How many rows each record table holds. */
const counts = async ({ db }: RecordsDatabase): Promise<number[]> => {
  const tables = [
    'evaluate.mark',
    'alert.warning',
    'alert.timeline',
    'notify.delivery',
    'consult.consultation',
    'wall.event',
    'command.audit',
  ];
  const found = await Promise.all(tables.map((table) => db.query<{ n: number }>(`select count(*) as n from ${table}`)));
  return found.map(([row]) => row?.n ?? -1);
};

describe('the ledger on PostgreSQL', () => {
  let home: RecordsDatabase;
  let published: StageEvents['ledger.written'][];
  const open = () => pgLedger(home.db, { bus: home.bus, dataKey, logger: silent });
  beforeAll(async () => {
    home = await recordsDatabase('ledger');
    home.bus.listen('spec', 'ledger.written', (payload) => void published.push(payload));
    published = [];
  });
  afterAll(() => home.close());

  it('writes an entry whole, numbers its events and tells of it', async () => {
    const ledger = open();
    const events = await ledger.write(entry());
    expect(events.map(({ id, seq }) => [id, seq])).toEqual([
      ['e1', 1],
      ['e2', 2],
    ]);
    await ledger.settled();
    expect(published).toEqual([{ events, deliveries: 2 }]);
    expect(await counts(home)).toEqual([1, 1, 2, 2, 1, 2, 2]);
    expect((await pgWarnings(home.db).timeline('w1')).map(({ id }) => id)).toEqual(['t1', 't2']);
    expect(await pgWarnings(home.db).find('w1')).toEqual(aWarning());
  });

  it('written twice, also by a restarted station, changes nothing and yields no second event', async () => {
    const before = await home.db.query('select * from notify.delivery order by id');
    for (const ledger of [open(), open()]) {
      expect(await ledger.write(entry())).toEqual([]);
      await ledger.settled();
    }
    expect(await counts(home)).toEqual([1, 1, 2, 2, 1, 2, 2]);
    expect(await home.db.query('select * from notify.delivery order by id')).toEqual(before);
    expect(published.slice(1)).toEqual([
      { events: [], deliveries: 0 },
      { events: [], deliveries: 0 },
    ]);
  });

  it('writes nothing of an entry one part of which is refused', async () => {
    const before = await counts(home);
    const ledger = open();
    const stranger = { ...aTimelineEntry('t9'), warningId: 'nobody' };
    await expect(ledger.write(entry({ events: [anEvent('e9')], audit: [audit('a9')], timeline: [stranger] }))).rejects.toThrow();
    expect(await counts(home)).toEqual(before);
    expect((await ledger.write({ events: [anEvent('e3')] })).map(({ seq }) => seq)).toEqual([3]);
  });

  it('never lets an older version overwrite a newer one, nor a mark go back', async () => {
    const ledger = open();
    await ledger.write({
      warnings: [aWarning({ version: 3, level: 'orange' })],
      judgement: { hazardPoint: '5132210001', judgedTo: 9, state: 'new' },
    });
    await ledger.write({ warnings: [aWarning({ version: 2 })], judgement: { hazardPoint: '5132210001', judgedTo: 8, state: 'old' } });
    expect(await pgWarnings(home.db).find('w1')).toMatchObject({ version: 3, level: 'orange' });
    expect(await home.db.query('select judged_to, state from evaluate.mark')).toEqual([{ judged_to: 9, state: 'new' }]);
  });

  it('numbers events in the order of writing without a gap, however many write at once', async () => {
    const ledger = open();
    published = [];
    const written = await Promise.all(
      Array.from({ length: 40 }, (_, n) => ledger.write({ events: [anEvent(`p${n}a`), anEvent(`p${n}b`)] })),
    );
    await ledger.settled();
    expect(written.flat().map(({ seq }) => seq)).toEqual(Array.from({ length: 80 }, (_, n) => n + 4));
    expect(published.flatMap(({ events }) => events.map(({ seq }) => seq))).toEqual(written.flat().map(({ seq }) => seq));
  });

  it('tells later of events whose commit succeeded without an answer', async () => {
    const ledger = open();
    await ledger.write({ events: [anEvent('known')] });
    await ledger.settled();
    const together = home.db.together.bind(home.db);
    const lost = vi.spyOn(home.db, 'together').mockImplementationOnce(async (statements) => {
      await together(statements);
      throw new Error('connection lost at commit');
    });
    published = [];
    await expect(ledger.write({ events: [anEvent('unheard')] })).rejects.toThrow('connection lost');
    lost.mockRestore();
    await ledger.write({ events: [anEvent('unheard'), anEvent('after')] });
    await ledger.settled();
    expect(published.flatMap(({ events }) => events.map(({ id }) => id))).toEqual(['unheard', 'after']);
  });

  it('lets a listener write to it, and outlives one that fails', async () => {
    const ledger = open();
    home.bus.listen('loop', 'ledger.written', async ({ events }) => {
      if (events[0]?.id === 'outer') await ledger.write({ events: [anEvent('inner')] });
      if (events[0]?.id === 'inner') throw new Error('a listener failed');
    });
    await ledger.write({ events: [anEvent('outer')] });
    await ledger.settled();
    home.bus.leave('loop');
    expect((await pgEvents(home.db).since(0, '', 1_000)).slice(-2).map(({ id }) => id)).toEqual(['outer', 'inner']);
    expect(await ledger.write({ events: [anEvent('later')] })).toHaveLength(1);
  });

  it('supersedes only older versions of the same scope', async () => {
    const ledger = open();
    await ledger.write({
      deliveries: [
        anIntent('s1', { warningId: 'w2' }),
        anIntent('s2', { warningId: 'w2', version: 2 }),
        anIntent('s3', { warningId: 'w2', scope: 'internal' }),
      ],
    });
    await ledger.write({ supersede: [{ warningId: 'w2', scope: 'public', beforeVersion: 2 }] });
    const rows = await home.db.query(`select id, status from notify.delivery where warning_id = 'w2' order by id`);
    expect(rows).toEqual([
      { id: 's1', status: 'cancelled' },
      { id: 's2', status: 'pending' },
      { id: 's3', status: 'pending' },
    ]);
    expect((await pgOutbox(home.db, dataKey, wallClock).summary('w2')).byStatus).toEqual({ cancelled: 1, pending: 2 });
  });

  it('keeps timeline and audit as they were written', async () => {
    await expect(home.db.run(`update alert.timeline set entry = '{}'`)).rejects.toThrow(/append-only/);
    expect(await pgAudit(home.db).verify()).toEqual({ ok: true, records: 2, brokenAt: null });
  });

  it('gives what the public was told, and no warning that stayed inside', async () => {
    const warnings = pgWarnings(home.db);
    expect(await warnings.published(0, 10)).toEqual([]);
    const told = await warnings.find('w1');
    if (!told) throw new Error('no warning');
    const warning = { ...told, version: told.version + 1, releases: { ...told.releases, public: { ...told.releases.public, version: 1 } } };
    const [entry1] = await warnings.timeline('w1');
    if (!entry1) throw new Error('no history');
    const place = { name: '石碑村3组滑坡', kind: 'landslide' as const, longitude: 103.4, latitude: 31.2 };
    const message = { version: 1, kind: 'warning' as const, level: 'red' as const, expiresAt: warning.expiresAt, place };
    await open().write({ warnings: [warning], timeline: [{ ...entry1, id: 'told1', warningId: 'w1', message }] });
    expect(await warnings.published(0, 10)).toEqual([{ warning, messages: [{ ...entry1, id: 'told1', message }] }]);
    expect(await warnings.published(Date.parse(warning.updatedAt), 10)).toEqual([]);
  });
});

describe('events for a wall', () => {
  let home: RecordsDatabase;
  beforeAll(async () => {
    home = await recordsDatabase('events for a wall');
  });
  afterAll(() => home.close());

  it('come after the offset, within the scope, oldest first, at most as many as asked', async () => {
    const ledger = pgLedger(home.db, { bus: home.bus, dataKey, logger: silent });
    const divisions = ['513221', '', '513222', '51', '513221001'];
    await ledger.write({ events: divisions.map((divisionCode, n) => anEvent(`x${n}`, { divisionCode })) });
    const events = pgEvents(home.db);
    expect(await events.lastSeq()).toBe(5);
    expect((await events.since(0, '513221', 10)).map(({ seq }) => seq)).toEqual([1, 2, 5]);
    expect((await events.since(1, '', 2)).map(({ seq }) => seq)).toEqual([2, 3]);
    expect(await events.since(0, '513221', 1)).toEqual([{ ...anEvent('x0'), seq: 1 }]);
  });
});
