import type { QuarantinedPayload, StoredReading } from '#libs/contracts';
import type { CommitOutcome, ReadingBatch, ReadingStore } from '#libs/ingest';
import type { Database } from '../sql/database.js';
import { DataRefused, StoreAway } from '../sql/errors.js';
import { insertQuarantine, quarantineColumns, refusedReading } from './quarantine.js';
import { conflictingReading, selectFirst } from './reading-conflict.js';
import { lastStoredSeq } from '../sql/last-seq.js';
import { ReadingKeyCache, type ReadingKeys } from './reading-keys.js';
import { StoreTimes } from './reading-store-time.js';
import { UncertainSeqs } from './reading-uncertain.js';
import { ReadingWriter } from './reading-write.js';
import { CommitTracker } from '../rollup/commit-tracker.js';

/** What a commit did, for metrics and the log. */
export interface ReadingObserver {
  committed?(readings: number, seconds: number): void;
  refused?(reading: StoredReading, error: DataRefused): void;
  /** So many came with another value than the one stored for their time. */
  conflicted?(readings: number): void;
}

export const pgReadings = (db: Database, observer: ReadingObserver = {}, tracker = new CommitTracker()): ReadingStore =>
  new PgReadings(db, observer, tracker);

class PgReadings implements ReadingStore {
  readonly #keys = new ReadingKeyCache();
  readonly #uncertain = new UncertainSeqs();
  readonly #storeTimes = new StoreTimes();
  readonly #writer: ReadingWriter;

  constructor(
    private readonly db: Database,
    private readonly observer: ReadingObserver,
    private readonly tracker: CommitTracker,
  ) {
    this.#writer = new ReadingWriter(db);
  }

  lastSeq(): Promise<number> {
    return lastStoredSeq(this.db);
  }

  async commit(batch: ReadingBatch): Promise<CommitOutcome> {
    const began = performance.now();
    const storedSeqs = new Set<number>();
    const refused: StoredReading[] = [];
    try {
      await this.tracker.during(this.db, batch.readings, () => this.#store(batch.readings, batch.quarantine, storedSeqs, refused));
    } catch (error) {
      if (error instanceof StoreAway) {
        this.#keys.forget();
        // Parts of a split batch may be committed even when the last part certainly was not.
        if (error.outcomeUnknown) this.#uncertain.add(batch.readings);
        else this.#uncertain.add(batch.readings.filter(({ seq }) => storedSeqs.has(seq)));
      }
      throw error;
    }
    this.#uncertain.settle(batch.readings);
    this.observer.committed?.(batch.readings.length, (performance.now() - began) / 1000);
    return { storedSeqs, refused };
  }

  /** Splits what the database refuses until the offending readings stand alone; they go to quarantine, the rest commits. */
  async #store(
    readings: readonly StoredReading[],
    quarantine: readonly QuarantinedPayload[],
    storedSeqs: Set<number>,
    refused: StoredReading[],
  ): Promise<void> {
    try {
      await this.#insert(readings, quarantine, storedSeqs);
    } catch (error) {
      const [only] = readings;
      if (!(error instanceof DataRefused) || only === undefined) throw error;
      if (readings.length === 1) {
        await this.#insert([], [...quarantine, refusedReading(only, error)], storedSeqs);
        refused.push(only);
        this.observer.refused?.(only, error);
        return;
      }
      const middle = readings.length >> 1;
      await this.#store(readings.slice(0, middle), quarantine, storedSeqs, refused);
      await this.#store(readings.slice(middle), [], storedSeqs, refused);
    }
  }

  async #insert(readings: readonly StoredReading[], quarantine: readonly QuarantinedPayload[], storedSeqs: Set<number>): Promise<void> {
    if (readings.length === 0 && quarantine.length === 0) return;
    const keys = await this.#keys.keysOf(this.db, readings);
    const stored = await this.#writer.write(readings, keys, quarantine);
    // Until it is known which were not new, each may have been stored: what breaks off now is of unknown outcome.
    for (const { seq } of readings) storedSeqs.add(seq);
    if (stored < readings.length) await this.#resolve(readings, keys, storedSeqs);
    await this.#storeTimes.note(this.db, readings);
  }

  /**
   * Why some were not new. A resend of what an earlier commit did store though its answer was lost: nobody has been told of
   * it yet. Another value at the same time: the first one stands, the other is put where people see it.
   */
  async #resolve(readings: readonly StoredReading[], keys: readonly ReadingKeys[], storedSeqs: Set<number>): Promise<void> {
    const conflicts: QuarantinedPayload[] = [];
    for (const { reading, seq, value } of await selectFirst(this.db, readings, keys)) {
      if (seq === reading.seq) continue;
      if (!this.#uncertain.take(seq)) storedSeqs.delete(reading.seq);
      if (!Object.is(value + 0, reading.value + 0)) conflicts.push(conflictingReading(reading, value));
    }
    if (conflicts.length === 0) return;
    await this.db.run(insertQuarantine(1), quarantineColumns(conflicts));
    this.observer.conflicted?.(conflicts.length);
  }
}
