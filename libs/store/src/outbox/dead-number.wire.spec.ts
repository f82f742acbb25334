import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HouseholdCardCreate } from '#libs/contracts';
import { Journal, wallClock } from '#libs/platform';
import { pgCards } from '../registry/card.js';
import { pgNumbers } from './dead-number.js';
import { deliveriesStatement } from './delivery-write.js';
import { aPoint, aWarning, anIntent, dataKey, recordsDatabase, silent, type RecordsDatabase } from '../fakes/records.js';
import { drainLedger } from '../journal/drain.js';
import { journalLedger } from '../journal/ledger.js';
import { journalOutbox } from '../journal/outbox.js';
import { JournalRecords } from '../journal/records.js';
import { pgLedger } from '../ledger/ledger.js';
import { pgOutbox } from './outbox.js';
import { pgRegistry } from '../registry/registry.js';

const error = { class: 'RECIPIENT_PERM', code: 'MOBILE_NOT_ON_SERVICE', message: '停机' } as const;

describe('dead numbers', () => {
  let home: RecordsDatabase;
  beforeAll(async () => {
    home = await recordsDatabase('dead-number');
    await pgRegistry(home.db).insertPoint(aPoint());
  });
  afterAll(() => home?.close());

  it('are known by their receipt, asked about once, and mended when the card carries another or a message arrives', async () => {
    const numbers = pgNumbers(home.db, dataKey);
    const outbox = pgOutbox(home.db, dataKey, { now: () => Date.now() });
    const cards = pgCards(home.db, dataKey);
    const card = await cards.insertHouseholdCard(
      HouseholdCardCreate.parse({
        hazardPoint: aPoint().unifiedCode,
        householder: '王建国',
        phone: '13900000011',
        address: '新磨村2组',
        memberCount: 3,
        evacuationRoute: '2号路线',
        shelter: '村小学',
      }),
      'c1',
      '513221',
      'keeper',
    );
    const send = async (id: string, address: string, channel: 'sms' | 'broadcast' = 'sms') => {
      const { text, values } = deliveriesStatement(dataKey, [
        anIntent(id, { warningId: 'w1', recipient: `household:c1:${id}`, address, channel, notBefore: Date.now() - 1_000 }),
      ]);
      await home.db.run(text, [...values]);
      await outbox.claim('me', 10, 60_000, undefined, channel);
    };
    await send('d1', '13900000011');
    await send('horn', 'horn-1', 'broadcast');
    for (const id of ['d1', 'horn']) await outbox.settle(id, 'me', { status: 'failed_perm', provider: 'alicloud', error });

    const [dead, ...others] = await numbers.deadAmong(['13900000012', '139 0000 0011', '+8613900000011']);
    expect(dead).toMatchObject({ phone: '139 0000 0011', provider: 'alicloud', code: 'MOBILE_NOT_ON_SERVICE', delivery: 'd1' });
    expect(others.map(({ phone }) => phone)).toEqual(['+8613900000011']);
    expect(Math.abs((dead?.since ?? 0) - Date.now())).toBeLessThan(600_000);
    expect(await numbers.deadAmong([])).toEqual([]);

    const [asked, ...rest] = await numbers.toMend(10);
    expect(asked).toMatchObject({ warningId: 'w1', recipient: 'household:c1:d1', since: dead?.since });
    expect(rest).toEqual([]);
    await numbers.asked(asked?.key ?? '', 't1');
    expect(await numbers.toMend(10)).toEqual([]);
    expect(await numbers.mended(['t1', 'unknown'], [])).toEqual(['unknown']);

    await cards.update('household', { ...card, phone: '13900000099', version: 2 }, 'keeper');
    expect(await numbers.mended(['t1'], [])).toEqual(['t1']);
    expect(await numbers.mended(['t1'], ['13900000011'])).toEqual([]);

    await cards.update('household', { ...card, version: 3 }, 'keeper');
    expect(await numbers.mended(['t1'], [])).toEqual([]);
    await send('d2', '13900000011');
    await outbox.settle('d2', 'me', { status: 'accepted', provider: 'alicloud', providerId: 'p2' });
    await outbox.receive({ outId: 'od2', provider: 'alicloud', status: 'delivered', code: 'DELIVERED', at: Date.now() });
    expect(await numbers.deadAmong(['13900000011'])).toEqual([]);
    expect(await numbers.mended(['t1'], [])).toEqual(['t1']);
  });

  it('found while the database was away are known once it has the journal, and so is one that answered', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'wangshan-dead-'));
    const journal = await Journal.open(directory);
    try {
      const numbers = pgNumbers(home.db, dataKey);
      const target = {
        db: home.db,
        ledger: pgLedger(home.db, { bus: home.bus, dataKey, logger: silent }),
        outbox: pgOutbox(home.db, dataKey, wallClock),
        dataKey,
        logger: silent,
      };
      const records = await JournalRecords.open(journal, dataKey, 1);
      const outbox = journalOutbox(records, wallClock);
      const about = { warningId: 'w1', recipient: 'work:k1:monitor' };
      await journalLedger(records, { bus: home.bus, logger: silent }).write({
        warnings: [aWarning()],
        deliveries: [anIntent('away1', { ...about, address: '13900000031' }), anIntent('away2', { ...about, address: '13900000032' })],
      });
      await outbox.claim('me', 10, 60_000);
      for (const id of ['away1', 'away2']) await outbox.settle(id, 'me', { status: 'failed_perm', provider: 'alicloud', error });
      await outbox.receive({ outId: 'oaway2', provider: 'alicloud', status: 'delivered', code: 'DELIVERED', at: Date.now() });
      await drainLedger(journal, target);
      expect(await numbers.deadAmong(['13900000031', '13900000032'])).toMatchObject([{ phone: '13900000031', delivery: 'away1' }]);
    } finally {
      await journal.close();
      await rm(directory, { recursive: true, force: true });
    }
  });
});
