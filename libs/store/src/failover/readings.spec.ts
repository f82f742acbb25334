import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StoredReading } from '#libs/contracts';
import type { CommitOutcome, ReadingBatch, ReadingStore } from '#libs/ingest';
import { Journal } from '#libs/platform';
import { StoreAway } from '../sql/errors.js';
import { FailoverReadings } from './readings.js';

let home: string;
let journal: Journal;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'wangshan-readings-'));
  journal = await Journal.open(home);
});
afterEach(async () => {
  await journal.close();
  await rm(home, { recursive: true, force: true });
});

const reading = (time: number, seq: number): StoredReading => ({
  deviceId: 'd',
  hazardPoint: 'p',
  channel: 'c',
  time,
  value: time,
  quality: [],
  receivedAt: 1_000 + time,
  seq,
});
const batch = (...readings: StoredReading[]): ReadingBatch => ({ readings, quarantine: [] });

/** How the next commits end: stored; refused before; stored, but the answer is lost. */
type Fate = 'stored' | 'lost-before' | 'lost-after';

/** What PostgreSQL does with readings, and when it fails. */
class Table implements ReadingStore {
  readonly rows = new Map<number, StoredReading>();
  readonly order: number[] = [];
  readonly fates: Fate[] = [];
  lastSeq = () => Promise.resolve(Math.max(0, ...[...this.rows.values()].map(({ seq }) => seq)));
  async commit({ readings }: ReadingBatch): Promise<CommitOutcome> {
    const fate = this.fates.shift() ?? 'stored';
    if (fate === 'lost-before') throw new StoreAway('gone', false);
    const storedSeqs = new Set<number>();
    for (const one of readings) {
      const known = this.rows.get(one.time);
      if (!known) {
        this.rows.set(one.time, one);
        this.order.push(one.seq);
      }
      // As PostgreSQL with the uncertain seqs: a row of this very seq was stored by a commit nobody heard of.
      if (!known || known.seq === one.seq) storedSeqs.add(one.seq);
    }
    if (fate === 'lost-after') throw new StoreAway('answer lost', true);
    return { storedSeqs, refused: [] };
  }
}

/** A presence that the test leads. */
const presenceOf = () => ({
  stillThere: () => undefined,
  /** What probes find, first to last; then: it answers. */
  probes: [] as boolean[],
  run: <T>(work: () => Promise<T>) => work(),
  confirm: async function (this: { probes: boolean[] }): Promise<boolean> {
    return this.probes.shift() ?? true;
  },
});

describe('readings on the database or the journal', () => {
  it('a commit whose answer was lost is written again with its seqs: stored once, and new once', async () => {
    const table = new Table();
    const readings = await FailoverReadings.open({ journal, database: table, presence: presenceOf() });
    table.fates.push('lost-after');
    const { storedSeqs } = await readings.commit(batch(reading(1, 1), reading(2, 2)));
    expect([...storedSeqs]).toEqual([1, 2]);
    expect(table.order).toEqual([1, 2]);
    expect(readings.backlog.records).toBe(0);
  });

  it('one that goes to the journal after its answer was lost is new there, and stored once after draining', async () => {
    const table = new Table();
    const presence = presenceOf();
    const readings = await FailoverReadings.open({ journal, database: table, presence });
    table.fates.push('lost-after');
    presence.probes.push(false);
    expect([...(await readings.commit(batch(reading(1, 1)))).storedSeqs]).toEqual([1]);
    expect([...(await readings.commit(batch(reading(1, 2), reading(2, 3)))).storedSeqs]).toEqual([3]);
    await readings.drain();
    expect(table.order).toEqual([1, 3]);
    expect(readings.backlog).toMatchObject({ records: 0, readings: 0, bytes: 0, oldestAt: undefined });
  });

  it('knows resends of what was committed just before the database went away', async () => {
    const table = new Table();
    const readings = await FailoverReadings.open({ journal, database: table, presence: presenceOf() });
    await readings.commit(batch(reading(1, 1)));
    readings.divert();
    expect([...(await readings.commit(batch(reading(1, 2)))).storedSeqs]).toEqual([]);
  });

  it('lets nothing through to the database before what the journal holds', async () => {
    const table = new Table();
    const readings = await FailoverReadings.open({ journal, database: table, presence: presenceOf() });
    readings.divert();
    await readings.commit(batch(reading(1, 1)));
    const draining = readings.drain();
    const during = [2, 3, 4, 5].map((seq) => readings.commit(batch(reading(seq, seq))));
    await Promise.all([draining, ...during]);
    await readings.drain();
    await readings.commit(batch(reading(6, 6)));
    expect(table.order).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('slows down and then refuses when the journal is full, and takes again when there is room', async () => {
    const table = new Table();
    const readings = await FailoverReadings.open({ journal, database: table, presence: presenceOf(), limitBytes: 1, patienceMs: 5 });
    readings.divert();
    await readings.commit(batch(reading(1, 1)));
    await expect(readings.commit(batch(reading(2, 2)))).rejects.toThrow('full');
    expect(readings.backlog.full).toBe(true);
    await readings.drain();
    expect(readings.backlog.full).toBe(false);
    await readings.commit(batch(reading(3, 3)));
    expect(table.order).toEqual([1, 3]);
  });

  it('drains to its end past a record the disk refused', async () => {
    const table = new Table();
    const readings = await FailoverReadings.open({ journal, database: table, presence: presenceOf() });
    readings.divert();
    await readings.commit(batch(reading(1, 1)));
    // What LevelDB can't write is a failed append, as on a full disk: its position is given and will never be there.
    await expect(journal.append('readings', undefined as unknown as Uint8Array)).rejects.toThrow("can't be written");
    await readings.drain();
    await readings.commit(batch(reading(2, 2)));
    expect(table.order).toEqual([1, 2]);
  });

  it('goes on with a database that is there while the disk of the journal refuses everything', async () => {
    const table = new Table();
    const said: unknown[] = [];
    const presence = presenceOf();
    const readings = await FailoverReadings.open({ journal, database: table, presence, refused: (error) => said.push(error) });
    readings.divert();
    await readings.commit(batch(reading(1, 1)));
    const full = new Error('no space left on device');
    vi.spyOn(journal, 'append').mockRejectedValue(full);
    vi.spyOn(journal, 'remove').mockRejectedValue(full);
    await readings.drain();
    await readings.commit(batch(reading(2, 2_000_002)));
    expect(table.order).toEqual([1, 2_000_002]);
    expect(said).toEqual([full, full]);
    vi.restoreAllMocks();
    // What could not be removed comes once more, and is a duplicate.
    await (await FailoverReadings.open({ journal, database: table, presence })).drain();
    expect(table.order).toEqual([1, 2_000_002]);
  });

  it('leaves draining at the next batch when the station stops, and what is left stays', async () => {
    const table = new Table();
    const presence = presenceOf();
    const readings = await FailoverReadings.open({ journal, database: table, presence });
    readings.divert();
    for (let n = 1; n <= 6; n += 1)
      await readings.commit(batch(...Array.from({ length: 1_500 }, (_, i) => reading(n * 1_500 + i, n * 1_500 + i))));
    let batches = 0;
    presence.stillThere = () => {
      if ((batches += 1) > 1) throw new StoreAway('stopping', false);
    };
    await expect(readings.drain()).rejects.toThrow('stopping');
    expect(table.order).toHaveLength(3_000);
    expect(readings.backlog.readings).toBe(6_000);
  });

  it('never gives a seq twice to a start that can’t ask the database', async () => {
    const first = await FailoverReadings.open({ journal, database: new Table(), presence: presenceOf() });
    await first.commit(batch(reading(1, 41)));
    const cold = await FailoverReadings.open({ journal, database: new Table(), presence: presenceOf() });
    expect(cold.reservedSeq).toBeGreaterThanOrEqual(41);
    cold.divert();
    const given = cold.reservedSeq + 1;
    await cold.commitToJournal(batch(reading(2, given)));
    const next = await FailoverReadings.open({ journal, database: new Table(), presence: presenceOf() });
    expect(await next.lastSeq()).toBe(given);
  });

  type Step = { do: 'commit'; time: number; fate: Fate; there: boolean } | { do: 'drain'; fate: Fate } | { do: 'restart' };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('commit' as const),
        time: fc.nat(15),
        fate: fc.constantFrom<Fate>('stored', 'lost-before', 'lost-after'),
        there: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('drain' as const), fate: fc.constantFrom<Fate>('stored', 'lost-before', 'lost-after') }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  );

  it('whatever fails and whenever: acknowledged is stored after draining, once, in order; and judged once without a restart', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const own = await Journal.open(join(home, `run-${(run += 1)}`));
        const table = new Table();
        const presence = presenceOf();
        const open = () => FailoverReadings.open({ journal: own, database: table, presence });
        let readings = await open();
        let seq = 0;
        const acknowledged = new Set<number>();
        const judged: number[] = [];
        const drain = () => readings.drain().catch(() => undefined);
        for (const one of steps) {
          table.fates.length = 0;
          presence.probes.length = 0;
          if (one.do === 'commit') {
            if (one.fate !== 'stored') table.fates.push(one.fate);
            presence.probes.push(one.there);
            const mine = reading(one.time, (seq += 1));
            const { storedSeqs } = await readings.commit(batch(mine));
            acknowledged.add(one.time);
            if (storedSeqs.has(mine.seq)) judged.push(one.time);
          } else if (one.do === 'drain') {
            if (one.fate !== 'stored') table.fates.push(one.fate);
            await drain();
          } else {
            readings = await open();
            await drain();
          }
        }
        table.fates.length = 0;
        await readings.drain();
        await own.close();
        expect(new Set(table.rows.keys())).toEqual(acknowledged);
        expect(table.order).toEqual(table.order.toSorted((a, b) => a - b));
        expect(new Set(judged)).toEqual(acknowledged);
        if (!steps.some((one) => one.do === 'restart')) expect(judged).toHaveLength(acknowledged.size);
      }),
      { numRuns: 60 },
    );
  });
});
