import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger, DataKey, InProcessBus, Journal, wallClock } from '#libs/platform';
import { outboxConformance } from '../../../notify/src/outbox.conformance.js';
import { anEvent, anIntent } from '../fakes/records.js';
import { journalLedger } from './ledger.js';
import { journalOutbox } from './outbox.js';
import { JournalRecords } from './records.js';

const key = new DataKey('a key for tests, of forty characters ....');
const logger = createLogger('silent');

const open = async (home: string, lastSeq = 0) => {
  const journal = await Journal.open(home);
  const records = await JournalRecords.open(journal, key, lastSeq);
  return {
    journal,
    records,
    ledger: journalLedger(records, { bus: new InProcessBus(), logger }),
    outbox: journalOutbox(records, wallClock),
  };
};

outboxConformance('journal', async () => {
  const home = await mkdtemp(join(tmpdir(), 'wangshan-outbox-'));
  const { journal, ledger, outbox } = await open(home);
  return {
    outbox,
    add: async (deliveries) => void (await ledger.write({ deliveries })),
    supersede: async (warningId, beforeVersion) =>
      void (await ledger.write({ supersede: [{ warningId, scope: 'public', beforeVersion }] })),
    async close() {
      await journal.close();
      await rm(home, { recursive: true, force: true });
    },
  };
});

describe('ledger and outbox on the journal', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'wangshan-ledger-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('send red and orange only', async () => {
    const { journal, ledger, outbox } = await open(home);
    await ledger.write({ deliveries: [0, 1, 2, 3].map((priority) => anIntent(`d${priority}`, { priority })) });
    expect((await outbox.claim('w', 10, 1_000)).map(({ id }) => id)).toEqual(['d0', 'd1']);
    await journal.close();
  });

  it('go on after a restart where they were', async () => {
    const before = await open(home, 41);
    await before.ledger.write({ deliveries: [anIntent('sent'), anIntent('waiting')], events: [anEvent('e1')] });
    await before.outbox.claim('w', 1, 60_000);
    const [state] = [...before.records.deliveries.values()].map((delivery) => structuredClone(delivery));
    await before.journal.close();
    const after = await open(home, 41);
    expect([...after.records.deliveries.values()][0]).toEqual(state);
    expect((await after.outbox.claim('w2', 10, 1_000)).map(({ id }) => id)).toEqual(['waiting']);
    expect(await after.ledger.write({ events: [anEvent('e1'), anEvent('e2')] })).toMatchObject([{ id: 'e2', seq: 43 }]);
    await after.journal.close();
  });

  it('leave no name, number or text readable on the disk', async () => {
    const { journal, ledger } = await open(home);
    await ledger.write({ deliveries: [anIntent('d1')] });
    const stored: string[] = [];
    for await (const { bytes } of journal.read('records')) stored.push(Buffer.from(bytes).toString('latin1'));
    await journal.close();
    for (const secret of ['13912345678', '石碑村', 'd1']) expect(stored.join()).not.toContain(Buffer.from(secret).toString('latin1'));
  });
});
