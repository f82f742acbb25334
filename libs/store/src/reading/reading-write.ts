import type { QuarantinedPayload, StoredReading } from '#libs/contracts';
import { float8Array, int4Array, int8Array, timeArray } from '../sql/binary-array.js';
import type { Database } from '../sql/database.js';
import { DataRefused } from '../sql/errors.js';
import { insertQuarantine, quarantineColumns } from './quarantine.js';
import type { ReadingKeys } from './reading-keys.js';
import { otherPoint, qualityOrNull, readingRowColumns, readingTuples, receivedAfter, receivedAt } from './reading-tuples.js';

const copyReadings = `copy ingest.reading_row (${readingRowColumns}) from stdin (format binary)`;

/**
 * Duplicates, also two in one batch, fall away here. It answers how many were new, not which: nearly always all of them, and thousands
 * of numbers on their way back cost more than they tell.
 */
const insertReadings = `
insert into ingest.reading_row (${readingRowColumns})
select * from unnest($1::timestamptz[], $2::bigint[], $3::float8[], $4::int[], $5::timestamptz[], $6::int[], $7::int[], $8::int[])
on conflict (series, time) do nothing`;

const insertBoth = `with put_aside as (${insertQuarantine(9)}) ${insertReadings}`;

/**
 * After a duplicate the statement that lets it fall away is used for so long, ms. Shorter: devices that send things twice make one commit
 * after another be written, thrown away (its dead rows stay until vacuum) and written again. Longer: one duplicate now and then makes
 * every commit cost half as much again.
 */
const CAREFUL_MS = 10_000;
const UNIQUE_VIOLATION = '23505';

/**
 * How readings get into their table: always one statement, so one round trip and one flush to disk. COPY costs the database two thirds of
 * an insert that asks for conflicts (docs/adr/0026), and fails as a whole when it meets a duplicate: then nothing of it is stored, and the insert follows.
 */
export class ReadingWriter {
  #carefulUntil = -Infinity;

  constructor(private readonly db: Database) {}

  /**
   * Stores what is new of the readings, and the quarantine with them: both or neither.
   * @returns how many readings were new
   * @throws as `Database.run`
   */
  async write(
    readings: readonly StoredReading[],
    keys: readonly ReadingKeys[],
    quarantine: readonly QuarantinedPayload[],
  ): Promise<number> {
    if (quarantine.length === 0 && performance.now() >= this.#carefulUntil && (await this.#copied(readings, keys))) return readings.length;
    const stored = await this.#insert(readings, keys, quarantine);
    if (stored < readings.length) this.#carefulUntil = performance.now() + CAREFUL_MS;
    return stored;
  }

  /** @returns false if one of them is a duplicate, and none is stored */
  async #copied(readings: readonly StoredReading[], keys: readonly ReadingKeys[]): Promise<boolean> {
    try {
      await this.db.copyIn(copyReadings, readingTuples(readings, keys));
      return true;
    } catch (error) {
      if (error instanceof DataRefused && error.sqlState === UNIQUE_VIOLATION) return false;
      throw error;
    }
  }

  #insert(readings: readonly StoredReading[], keys: readonly ReadingKeys[], quarantine: readonly QuarantinedPayload[]): Promise<number> {
    const columns = readingArrays(readings, keys);
    return quarantine.length === 0
      ? this.db.run(insertReadings, columns, 'insert-readings')
      : this.db.run(insertBoth, [...columns, ...quarantineColumns(quarantine)], 'insert-readings-and-quarantine');
  }
}

/** In the order of `readingRowColumns`. */
function readingArrays(readings: readonly StoredReading[], keys: readonly ReadingKeys[]): Buffer[] {
  return [
    timeArray(readings, ({ time }) => time),
    int8Array(readings, ({ seq }) => seq),
    float8Array(readings, ({ value }) => value),
    int4Array(readings, receivedAfter),
    timeArray(readings, receivedAt),
    int4Array(keys, ({ series }) => series),
    int4Array(keys, otherPoint),
    int4Array(readings, qualityOrNull),
  ];
}
