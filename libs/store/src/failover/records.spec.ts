import { beforeEach, expect, it } from 'vitest';
import type { LedgerEntry } from '#libs/alert';
import type { Outbox } from '#libs/notify';
import { StoreAway } from '../sql/errors.js';
import type { PgLedger } from '../ledger/ledger.js';
import { RecordsSwitch } from './records.js';

const entry: LedgerEntry = { audit: [] };
let told: string[];
let away: boolean;
let fails: number;
/** What a write waits for. */
let wait: () => Promise<void>;
let records: RecordsSwitch;

beforeEach(() => {
  told = [];
  away = false;
  fails = 0;
  wait = () => Promise.resolve();
  const side = (name: string) => {
    const does =
      <T>(what: string, answer: T) =>
      async (): Promise<T> => {
        if (name === 'database' && fails > 0) {
          fails -= 1;
          throw new StoreAway('gone', true);
        }
        told.push(`${name} ${what}`);
        if (what === 'write') await wait();
        return answer;
      };
    const ledger = { write: does('write', []), writeTogether: does('write', [[]]) } as unknown as PgLedger;
    const outbox = { claim: does('claim', []), reap: does('reap', { unknown: 0, expired: 0 }) } as unknown as Outbox;
    return { ledger, outbox, downlink: does('downlink', undefined) };
  };
  const [database, journal] = [side('database'), side('journal')];
  records = new RecordsSwitch({
    presence: {
      run: (work) => (away ? Promise.reject(new StoreAway('away', false)) : work()),
      confirm: () => Promise.resolve(!away),
    },
    ledger: { database: database.ledger, journal: journal.ledger },
    outbox: { database: database.outbox, journal: journal.outbox },
    downlink: { database: database.downlink, journal: journal.downlink },
    committed: () => void told.push('committed'),
    written: () => void told.push('written'),
    follow: (outbox) => outbox,
  });
});

it('works on the database, and tries a hiccup again there', async () => {
  fails = 1;
  await records.ledger.write(entry);
  expect(told).toEqual(['database write', 'committed', 'written']);
});

it('writes on the journal what failed because the database went away, once the journal is ready', async () => {
  let ready: () => void = () => undefined;
  away = true;
  records.divert(new Promise((resolve) => (ready = resolve)));
  const writing = records.ledger.write(entry);
  const claiming = records.outbox.claim('w', 1, 1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual([]);
  ready();
  await Promise.all([writing, claiming]);
  expect(told.toSorted()).toEqual(['journal claim', 'journal write', 'written']);
});

it('notes each entry that waited as the journal has it: a wall that comes back meanwhile is shown it', async () => {
  records.divert(Promise.resolve());
  const gates: (() => void)[] = [];
  wait = () => new Promise((resolve) => gates.push(resolve));
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const writing = Promise.all([1, 2, 3].map(() => records.ledger.write(entry)));
  for (let noted = 1; noted <= 3; noted += 1) {
    await turn();
    gates.shift()?.();
    await turn();
    expect(told.filter((what) => what === 'written')).toHaveLength(noted);
  }
  await writing;
});

it('lets nobody work from either while the last records are brought in', async () => {
  records.divert(Promise.resolve());
  await records.outbox.reap();
  let finish: () => void = () => undefined;
  const restoring = records.restore(async (done) => {
    await new Promise<void>((resolve) => (finish = resolve));
    told.push('drained');
    done();
  });
  const claiming = records.outbox.claim('w', 1, 1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual(['journal reap']);
  finish();
  await Promise.all([restoring, claiming]);
  expect(told).toEqual(['journal reap', 'drained', 'database claim']);
});

it('stays on the journal when bringing in broke off', async () => {
  records.divert(Promise.resolve());
  await expect(records.restore(() => Promise.reject(new StoreAway('gone', true)))).rejects.toThrow('gone');
  await records.outbox.claim('w', 1, 1);
  expect([records.onJournal, ...told]).toEqual([true, 'journal claim']);
});
