import type { QuarantinedPayload, StoredReading } from '#libs/contracts';
import type { CommitOutcome, ReadingBatch, ReadingStore } from '#libs/ingest';
import type { Database } from './database.js';
import { DataRefused, StoreAway } from './errors.js';
import { qualityMask } from './quality.js';
import { quarantineColumns, refusedReading } from './quarantine.js';
import { ReadingKeyCache, type ReadingKeys } from './reading-keys.js';
import { UncertainSeqs } from './reading-uncertain.js';

/** What a commit did, for metrics and the log. */
export interface ReadingObserver {
  committed?(readings: number, seconds: number): void;
  refused?(reading: StoredReading, error: DataRefused): void;
}

/**
 * One statement, so one round trip and one flush to disk. Duplicates, also two in one batch, fall away here.
 * Times come as epoch milliseconds: whole, so the product with the interval is exact.
 */
const insertReadings = `
insert into ingest.reading (time, seq, value, received_at, series, point, quality)
select timestamptz 'epoch' + r.time * interval '1 millisecond', r.seq, r.value,
       timestamptz 'epoch' + r.received_at * interval '1 millisecond', r.series, r.point, r.quality
from unnest($1::bigint[], $2::bigint[], $3::float8[], $4::bigint[], $5::int[], $6::int[], $7::int[])
     r (time, seq, value, received_at, series, point, quality)
on conflict (series, time) do nothing
returning seq`;

const insertQuarantine = `
insert into ingest.quarantine (id, device_id, topic, reason, detail, payload, received_at)
select q.id, q.device_id, q.topic, q.reason, q.detail, decode(q.payload, 'base64'),
       timestamptz 'epoch' + q.received_at * interval '1 millisecond'
from unnest($8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[])
     q (id, device_id, topic, reason, detail, payload, received_at)
on conflict do nothing`;

const insertBoth = `with put_aside as (${insertQuarantine}) ${insertReadings}`;

/** Readings of commits with an unknown outcome that are there after all, and under which seq. */
const selectExisting = `
select own.seq as own, r.seq as stored
from unnest($1::bigint[], $2::bigint[], $3::int[]) own (time, seq, series)
join ingest.reading r on r.series = own.series and r.time = timestamptz 'epoch' + own.time * interval '1 millisecond'`;

export const pgReadings = (db: Database, observer: ReadingObserver = {}): ReadingStore => new PgReadings(db, observer);

class PgReadings implements ReadingStore {
  readonly #keys = new ReadingKeyCache();
  readonly #uncertain = new UncertainSeqs();

  constructor(
    private readonly db: Database,
    private readonly observer: ReadingObserver,
  ) {}

  async lastSeq(): Promise<number> {
    // Newest of each point by its index. The marks too: retention may have dropped the readings a mark has judged.
    const [row] = await this.db.query<{ seq: number | null }>(
      `select greatest(
         (select max(newest.seq) from ingest.point p
          cross join lateral (select r.seq from ingest.reading r where r.point = p.key order by r.seq desc limit 1) newest),
         (select max(judged_to) from evaluate.mark)) as seq`,
    );
    return row?.seq ?? 0;
  }

  async commit(batch: ReadingBatch): Promise<CommitOutcome> {
    const began = performance.now();
    const storedSeqs = new Set<number>();
    const refused: StoredReading[] = [];
    try {
      await this.#store(batch.readings, batch.quarantine, storedSeqs, refused);
    } catch (error) {
      if (error instanceof StoreAway) {
        this.#keys.forget();
        // Parts of a split batch may be committed even when the last part certainly was not.
        if (error.outcomeUnknown) this.#uncertain.add(batch.readings);
        else this.#uncertain.add(batch.readings.filter(({ seq }) => storedSeqs.has(seq)));
      }
      throw error;
    }
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
    const columns = readingColumns(readings, keys);
    const rows =
      quarantine.length === 0
        ? await this.db.query<{ seq: number }>(insertReadings, columns)
        : await this.db.query<{ seq: number }>(insertBoth, [...columns, ...quarantineColumns(quarantine)]);
    for (const { seq } of rows) storedSeqs.add(seq);
    if (rows.length < readings.length && !this.#uncertain.empty) await this.#resolve(columns, storedSeqs);
  }

  /** A device resent readings that an earlier commit did store though its answer was lost: nobody has been told of them yet. */
  async #resolve([times, seqs, , , series]: readonly string[], storedSeqs: Set<number>): Promise<void> {
    const rows = await this.db.query<{ own: number; stored: number }>(selectExisting, [times, seqs, series]);
    for (const { own, stored } of rows) if (own !== stored && this.#uncertain.take(stored)) storedSeqs.add(own);
  }
}

/** Arrays of numbers as PostgreSQL writes them; the driver would quote each number on its own. */
const list = (numbers: readonly number[]): string => `{${numbers.join(',')}}`;

function readingColumns(readings: readonly StoredReading[], keys: readonly ReadingKeys[]): string[] {
  return [
    list(readings.map(({ time }) => time)),
    list(readings.map(({ seq }) => seq)),
    list(readings.map(({ value }) => value)),
    list(readings.map(({ receivedAt }) => receivedAt)),
    list(keys.map(({ series }) => series)),
    list(keys.map(({ point }) => point)),
    list(readings.map(({ quality }) => qualityMask(quality))),
  ];
}
