import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LedgerEntry } from '#libs/alert';
import type { StageEvents } from '#libs/contracts';
import type { Outbox } from '#libs/notify';
import { Journal, wallClock } from '#libs/platform';
import { pgAudit } from '../ledger/audit.js';
import { pgEvents } from '../ledger/event.js';
import { StoreAway } from '../sql/errors.js';
import { anEvent, aTimelineEntry, aWarning, dataKey, recordsDatabase, silent, type RecordsDatabase } from '../fakes/records.js';
import { drainLedger } from '../journal/drain.js';
import { journalLedger } from '../journal/ledger.js';
import { JournalRecords } from '../journal/records.js';
import { pgLedger, type PgLedger } from '../ledger/ledger.js';
import { pgOutbox } from '../outbox/outbox.js';
import { RecordsSwitch } from './records.js';

type Adapter = 'database' | 'journal';

const entryOf = (id: string): LedgerEntry => ({
  judgement: { hazardPoint: `point ${id}`, judgedTo: 1, state: null },
  warnings: [aWarning({ id: `w${id}`, hazardPoint: `point ${id}` })],
  timeline: [aTimelineEntry(`t${id}`, `w${id}`)],
  events: [anEvent(`${id}a`), anEvent(`${id}b`)],
  audit: [{ id: `audit ${id}`, at: 1, actor: 'system', action: 'warning.open', object: `w${id}`, detail: {} }],
});

/** An entry with a part that an adapter can't keep: the history of a warning that is not there; a number JSON has no word for. */
const spoilt: Record<Adapter, (id: string) => LedgerEntry> = {
  database: (id) => ({ ...entryOf(id), timeline: [aTimelineEntry(`t${id}`, 'nobody')] }),
  journal: (id) => ({ ...entryOf(id), events: [anEvent(`${id}a`, { payload: 1n })] }),
};

describe('entries that share a write', () => {
  let home: RecordsDatabase;
  let directory: string;
  let journal: Journal;
  let book: JournalRecords;
  let database: PgLedger;
  let records: RecordsSwitch;
  let told: number[];
  let mirrored: string[];
  /** Newest number anybody was given. */
  let last: number;
  let together: RecordsDatabase['db']['together'];
  /** What earlier tests left. */
  let before: Awaited<ReturnType<typeof kept>>;
  /** A look at the database says that it is there. */
  let answers: boolean;

  beforeAll(async () => {
    home = await recordsDatabase('entries that share');
    together = home.db.together;
  });
  afterAll(() => home.close());
  beforeEach(async () => {
    home.db.together = together;
    directory = await mkdtemp(join(tmpdir(), 'wangshan-together-'));
    journal = await Journal.open(directory);
    before = await kept();
    last = before.events.length;
    book = await JournalRecords.open(journal, dataKey, last);
    told = [];
    mirrored = [];
    answers = true;
    home.bus.listen(
      'spec',
      'ledger.written',
      ({ events }: StageEvents['ledger.written']) => void told.push(...events.map(({ seq }) => seq)),
    );
    database = pgLedger(home.db, { bus: home.bus, dataKey, logger: silent });
    const nobody = {} as Outbox;
    records = new RecordsSwitch({
      presence: {
        run: (work) => work(),
        confirm: () => {
          if (answers) return Promise.resolve(true);
          book.begin(last);
          records.divert(Promise.resolve());
          return Promise.resolve(false);
        },
      },
      ledger: { database, journal: journalLedger(book, { bus: home.bus, logger: silent }) },
      outbox: { database: nobody, journal: nobody },
      downlink: { database: () => Promise.resolve(), journal: () => Promise.resolve() },
      committed: () => undefined,
      written: (entry, events) => {
        mirrored.push(entry.events?.[0]?.id ?? '');
        last = Math.max(last, ...events.map(({ seq }) => seq));
      },
      follow: (outbox) => outbox,
    });
  });
  afterEach(async () => {
    await journal.close();
    await rm(directory, { recursive: true, force: true });
    home.bus.leave('spec');
  });

  const bringIn = async (): Promise<void> => {
    // As the store does before it drains: the journal has told of its own.
    if (records.onJournal) database.announced(book.lastSeq);
    await drainLedger(journal, { db: home.db, ledger: database, outbox: pgOutbox(home.db, dataKey, wallClock), dataKey, logger: silent });
    await database.settled();
  };
  /** Ids of the events in the database in their order, and how much there is of the rest. */
  const kept = async () => {
    const [rows] = await home.db.query<{ warnings: number; timeline: number; marks: number }>(
      `select (select count(*) from alert.warning) as warnings, (select count(*) from alert.timeline) as timeline,
         (select count(*) from evaluate.mark) as marks`,
    );
    return { events: (await pgEvents(home.db).since(0, '', 10_000)).map(({ id }) => id), ...rows, audit: await pgAudit(home.db).verify() };
  };
  /** Everything of these entries was kept, mirrored and told, once and in their order. */
  const expectWhole = async (ids: readonly string[]): Promise<void> => {
    const records = before.events.length / 2 + ids.length;
    expect(await kept()).toEqual({
      events: [...before.events, ...ids.flatMap((id) => [`${id}a`, `${id}b`])],
      warnings: records,
      timeline: records,
      marks: records,
      audit: { ok: true, records, brokenAt: null },
    });
    expect(mirrored, 'what is worked from without the database has all of them').toEqual(ids.map((id) => `${id}a`));
    expect(told, 'told once each').toEqual(Array.from({ length: 2 * ids.length }, (_, n) => before.events.length + n + 1));
  };

  it.each<Adapter>(['database', 'journal'])('are refused alone and keep their order and their chain: %s', async (adapter) => {
    if (adapter === 'journal') records.divert(Promise.resolve());
    let round = 0;
    const expected: string[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 45 }), async (planned) => {
        round += 1;
        const ids = planned.map((_, n) => `${adapter}-${round}-${n}`);
        const written = await Promise.allSettled(ids.map((id, n) => records.ledger.write((planned[n] ? entryOf : spoilt[adapter])(id))));
        expect(written.map(({ status }) => status)).toEqual(planned.map((good) => (good ? 'fulfilled' : 'rejected')));
        expected.push(...ids.filter((_, n) => planned[n]));
      }),
      { numRuns: 6, endOnFailure: true },
    );
    await bringIn();
    await expectWhole(expected);
  });

  it.each<[where: 'before' | 'after', goesOn: Adapter]>([
    ['before', 'database'],
    ['before', 'journal'],
    ['after', 'database'],
    ['after', 'journal'],
  ])('are written once when the database goes away %s the commit they share, and it goes on with the %s', async (where, goesOn) => {
    answers = goesOn === 'database';
    let transactions = 0;
    home.db.together = async (statements) => {
      transactions += 1;
      if (transactions !== 2) return together(statements);
      if (where === 'after') await together(statements);
      throw new StoreAway('connection lost', true);
    };
    const ids = Array.from({ length: 40 }, (_, n) => `${where}-${goesOn}-${n}`);
    await Promise.all(ids.map((id) => records.ledger.write(entryOf(id))));
    expect(records.onJournal).toBe(goesOn === 'journal');
    await bringIn();
    await expectWhole(ids);
  });
});
