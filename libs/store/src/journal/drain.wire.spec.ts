import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Journal, wallClock } from '#libs/platform';
import { pgAudit } from '../ledger/audit.js';
import { pgEvents } from '../ledger/event.js';
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
import { pgLedger } from '../ledger/ledger.js';
import { pgOutbox } from '../outbox/outbox.js';
import { drainLedger, type DrainTarget } from './drain.js';
import { journalLedger } from './ledger.js';
import { journalOutbox } from './outbox.js';
import { countRefused, dropRefused, refusedRecords } from './refused.js';
import { JournalRecords } from './records.js';

const audit = (id: string) => ({ id, at: 1, actor: 'system', action: 'warning.open', object: 'w1', detail: {} });

describe('draining the journal', () => {
  let home: RecordsDatabase;
  let directory: string;
  let journal: Journal;
  let target: DrainTarget;
  beforeAll(async () => {
    home = await recordsDatabase('draining the journal');
    directory = await mkdtemp(join(tmpdir(), 'wangshan-drain-'));
    journal = await Journal.open(directory);
    const ledger = pgLedger(home.db, { bus: home.bus, dataKey, logger: silent });
    target = { db: home.db, ledger, outbox: pgOutbox(home.db, dataKey, wallClock), dataKey, logger: silent };
  });
  afterAll(async () => {
    await journal.close();
    await rm(directory, { recursive: true, force: true });
    await home.close();
  });

  const snapshot = async () => ({
    warnings: await home.db.query('select id, version from alert.warning order by id'),
    timeline: await home.db.query('select id from alert.timeline order by ordinal'),
    deliveries: await home.db.query('select id, status, attempts, provider_id, lease_owner, superseded from notify.delivery order by id'),
    steps: await home.db.query(`select delivery_id, to_status, source from notify.delivery_event order by delivery_id, ordinal`),
    events: (await pgEvents(home.db).since(0, '', 100)).map(({ id, seq }) => `${seq} ${id}`),
    audit: await pgAudit(home.db).verify(),
    mark: await home.db.query('select judged_to from evaluate.mark'),
  });

  it('brings everything into the database as it happened, and leaves the journal empty', async () => {
    await target.ledger.write({
      warnings: [aWarning({ id: 'w0' })],
      events: [anEvent('before')],
      deliveries: [anIntent('early', { warningId: 'w0', notBefore: Date.now() + 60_000 })],
    });

    // The database is away from here …
    const records = await JournalRecords.open(journal, dataKey, 1);
    const ledger = journalLedger(records, { bus: home.bus, logger: silent });
    const outbox = journalOutbox(records, wallClock);
    const opening = {
      judgement: { hazardPoint: '5132210001', judgedTo: 12, state: {} },
      warnings: [aWarning()],
      timeline: [aTimelineEntry('t1')],
      deliveries: [anIntent('sent'), anIntent('lost'), anIntent('retry'), anIntent('stale'), anIntent('yellow', { priority: 2 })],
      consultations: [aConsultation()],
      events: [anEvent('e1'), anEvent('e2')],
      audit: [audit('a1')],
    };
    await ledger.write(opening);
    await ledger.write(opening);
    await outbox.claim('w', 10, 40);
    await outbox.settle('sent', 'w', { status: 'accepted', provider: 'alicloud', providerId: 'biz' });
    await outbox.settle('retry', 'w', { status: 'pending', delayMs: 60_000, error: { class: 'TRANSIENT', code: '503', message: '' } });
    await outbox.receive({ provider: 'alicloud', providerId: 'biz', status: 'delivered', code: 'DELIVERED', at: Date.now() });
    await ledger.write({
      warnings: [aWarning({ version: 2 })],
      timeline: [aTimelineEntry('t2')],
      events: [anEvent('e3')],
      audit: [audit('a2')],
    });
    await ledger.write({ supersede: [{ warningId: 'w0', scope: 'public', beforeVersion: 2 }] });

    // … to here.
    const drained = await drainLedger(journal, target);
    expect(drained).toBe(8);
    const found = await snapshot();
    expect(found.deliveries).toEqual([
      { id: 'early', status: 'cancelled', attempts: 0, provider_id: null, lease_owner: null, superseded: true },
      { id: 'lost', status: 'sending', attempts: 1, provider_id: null, lease_owner: 'w', superseded: false },
      { id: 'retry', status: 'pending', attempts: 1, provider_id: null, lease_owner: null, superseded: false },
      { id: 'sent', status: 'delivered', attempts: 1, provider_id: 'biz', lease_owner: null, superseded: false },
      { id: 'stale', status: 'sending', attempts: 1, provider_id: null, lease_owner: 'w', superseded: false },
      { id: 'yellow', status: 'pending', attempts: 0, provider_id: null, lease_owner: null, superseded: false },
    ]);
    expect(found).toMatchObject({
      warnings: [
        { id: 'w0', version: 1 },
        { id: 'w1', version: 2 },
      ],
      timeline: [{ id: 't1' }, { id: 't2' }],
      events: ['1 before', '2 e1', '3 e2', '4 e3'],
      audit: { ok: true, records: 2 },
      mark: [{ judged_to: 12 }],
    });
    const rest: unknown[] = [];
    for await (const record of journal.read('records')) rest.push(record);
    expect(rest).toEqual([]);
    // What was being sent when the journal ended is asked about, never sent again blindly.
    await new Promise((done) => setTimeout(done, 60));
    expect((await target.outbox.reap()).unknown).toBe(2);
  });

  it('carries on with the numbers of the journal', async () => {
    expect(await target.ledger.write({ events: [anEvent('after')] })).toMatchObject([{ seq: 5 }]);
  });

  it('broken off and begun again ends the same', async () => {
    const records = await JournalRecords.open(journal, dataKey, 5);
    const ledger = journalLedger(records, { bus: home.bus, logger: silent });
    const outbox = journalOutbox(records, wallClock);
    await ledger.write({
      warnings: [aWarning({ id: 'w3' })],
      timeline: [aTimelineEntry('t3', 'w3')],
      deliveries: [anIntent('x', { warningId: 'w3' })],
      events: [anEvent('x1')],
      audit: [audit('a3')],
    });
    await outbox.claim('w', 1, 60_000);
    await outbox.settle('x', 'w', { status: 'accepted', provider: 'alicloud', providerId: 'bx' });
    const remove = journal.remove.bind(journal);
    // Killed after each record was committed and before it was removed.
    for (const survives of [1, 2]) {
      let left = survives;
      journal.remove = async (section, upTo) => {
        left -= 1;
        if (left === 0) throw new Error('killed');
        await remove(section, upTo);
      };
      await expect(drainLedger(journal, target)).rejects.toThrow('killed');
    }
    journal.remove = remove;
    await drainLedger(journal, target);
    const found = await snapshot();
    expect(found.deliveries.filter((row) => (row as { id: string }).id === 'x')).toMatchObject([
      { status: 'accepted', attempts: 1, provider_id: 'bx' },
    ]);
    expect(found.steps.filter((row) => (row as { delivery_id: string }).delivery_id === 'x')).toEqual([
      { delivery_id: 'x', to_status: 'pending', source: 'station' },
      { delivery_id: 'x', to_status: 'sending', source: 'worker' },
      { delivery_id: 'x', to_status: 'accepted', source: 'worker' },
    ]);
    expect(found.events.slice(-2)).toEqual(['5 after', '6 x1']);
    expect(found.audit).toEqual({ ok: true, records: 3, brokenAt: null });
  });

  it('puts aside what the database refuses for good, tells of it, and goes on behind it', async () => {
    const records = await JournalRecords.open(journal, dataKey, 7);
    const ledger = journalLedger(records, { bus: home.bus, logger: silent });
    await ledger.write({ warnings: [aWarning({ id: 'w\u0000' })] });
    await ledger.write({ warnings: [aWarning({ id: 'w4' })] });
    let told = 0;
    await drainLedger(journal, { ...target, refused: () => void (told += 1) });
    expect([told, await countRefused(journal)]).toEqual([1, 1]);
    const kept = [];
    for await (const record of refusedRecords(journal, dataKey)) kept.push(record);
    expect(kept).toMatchObject([{ kind: 'entry', entry: { warnings: [{ id: 'w\u0000' }] } }]);
    expect((await snapshot()).warnings).toContainEqual(expect.objectContaining({ id: 'w4' }));
    await dropRefused(journal);
    expect(await countRefused(journal)).toBe(0);
  });

  it('puts an event whose place was taken unseen at the end', async () => {
    const records = await JournalRecords.open(journal, dataKey, 5);
    await journalLedger(records, { bus: home.bus, logger: silent }).write({ events: [anEvent('homeless')] });
    await drainLedger(journal, target);
    expect((await snapshot()).events.slice(-2)).toEqual(['6 x1', '7 homeless']);
  });
});
