import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '#libs/alert';
import type { DeliveryIntent } from '#libs/contracts';
import { StoreAway } from '../sql/errors.js';
import { anEvent, anIntent } from '../fakes/records.js';
import { EntryQueue, MOST_MESSAGES, MOST_TOGETHER } from './entry-queue.js';

const entry = (id: string, over: Partial<LedgerEntry> = {}): LedgerEntry => ({ events: [anEvent(id)], ...over });
const idOf = ({ events }: LedgerEntry): string => events?.[0]?.id ?? '';
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const manyMessages = (): DeliveryIntent[] => Array.from({ length: MOST_MESSAGES + 1 }, (_, n) => anIntent(`d${n}`));

/** A database of one transaction at a time; it refuses entries whose id begins with `bad`. */
class FakeLedger {
  readonly groups: string[][] = [];
  readonly written: string[] = [];
  away = 0;
  /** How many turns each transaction takes. */
  constructor(private readonly turns: () => number = () => 1) {}

  readonly queue = new EntryQueue({
    write: async (entries) => {
      this.groups.push(entries.map(idOf));
      for (let left = this.turns(); left > 0; left -= 1) await turn();
      if (this.away > 0) {
        this.away -= 1;
        throw new StoreAway('gone', true);
      }
      if (entries.some((one) => idOf(one).startsWith('bad'))) throw new Error(`one of ${entries.length} is refused`);
      return entries.map((one) => {
        this.written.push(idOf(one));
        return { status: 'fulfilled', value: [{ ...anEvent(idOf(one)), seq: this.written.length }] };
      });
    },
  });
}

describe('entries that wait', () => {
  it('begin at once, and go together behind the one under way', async () => {
    const ledger = new FakeLedger();
    const all = ['a', 'b', 'c'].map((id) => ledger.queue.write(entry(id)));
    expect(ledger.groups, 'no timer and no turn is waited for').toEqual([['a']]);
    await Promise.all(all);
    expect(ledger.groups).toEqual([['a'], ['b', 'c']]);
    expect(await Promise.all(all)).toMatchObject([[{ id: 'a', seq: 1 }], [{ id: 'b', seq: 2 }], [{ id: 'c', seq: 3 }]]);
  });

  it('are not more than a transaction should hold, and a release to many goes alone', async () => {
    const ledger = new FakeLedger();
    const large = { deliveries: manyMessages() };
    const ids = Array.from({ length: MOST_TOGETHER + 2 }, (_, n) => `e${n}`);
    await Promise.all([
      ledger.queue.write(entry('first')),
      ...ids.map((id) => ledger.queue.write(entry(id))),
      ledger.queue.write(entry('large', large)),
      ledger.queue.write(entry('last')),
    ]);
    expect(ledger.groups).toEqual([['first'], ids.slice(0, MOST_TOGETHER), ids.slice(MOST_TOGETHER), ['large'], ['last']]);
  });

  it('all fail when the database is away, and those that come later begin anew', async () => {
    const ledger = new FakeLedger();
    ledger.away = 2;
    const failed = await Promise.allSettled(['a', 'b', 'c'].map((id) => ledger.queue.write(entry(id))));
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(ledger.groups, 'nothing is taken apart for it').toEqual([['a'], ['b', 'c']]);
    await ledger.queue.write(entry('d'));
    expect(ledger.written).toEqual(['d']);
  });

  it('are written once each and in their order, but for those that are refused, whoever they share with', async () => {
    const arrivals = fc.array(fc.record({ bad: fc.boolean(), large: fc.boolean(), pause: fc.boolean(), turns: fc.nat(3) }), {
      maxLength: 80,
    });
    await fc.assert(
      fc.asyncProperty(arrivals, async (planned) => {
        let at = 0;
        const ledger = new FakeLedger(() => planned[(at += 1) % planned.length]?.turns ?? 1);
        const under: Promise<unknown>[] = [];
        for (const [n, { bad, large, pause }] of planned.entries()) {
          if (pause) await turn();
          const written = ledger.queue.write(entry(`${bad ? 'bad' : 'good'}${n}`, large ? { deliveries: manyMessages() } : {}));
          under.push(written.then(([event]) => event?.id).catch(() => 'refused'));
        }
        const good = planned.flatMap(({ bad }, n) => (bad ? [] : [`good${n}`]));
        expect(await Promise.all(under)).toEqual(planned.map(({ bad }, n) => (bad ? 'refused' : `good${n}`)));
        expect(ledger.written).toEqual(good);
      }),
      { numRuns: 60 },
    );
  });
});
