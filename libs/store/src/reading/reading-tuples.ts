import type { StoredReading } from '#libs/contracts';
import { putFloat8, putInt4, putInt8, putTime } from '../sql/binary-value.js';
import { qualityMask } from './quality.js';
import type { ReadingKeys } from './reading-keys.js';

/** Columns of ingest.reading_row in the order of `readingTuples` and `readingArrays`. */
export const readingRowColumns = 'time, seq, value, received_after, received_at, series, point, quality';
const COLUMNS = 8;

/** A device clock may be so far from ours that the difference no longer fits four bytes: then the whole time is kept. */
const isNear = ({ time, receivedAt }: StoredReading): boolean => Math.abs(receivedAt - time) < 2 ** 31;
/** What `readingRowColumns` hold, null where a column says nothing new (docs/adr/0019). */
export const receivedAfter = (reading: StoredReading): number | null => (isNear(reading) ? reading.receivedAt - reading.time : null);
export const receivedAt = (reading: StoredReading): number | null => (isNear(reading) ? null : reading.receivedAt);
export const otherPoint = ({ point, home }: ReadingKeys): number | null => (home ? null : point);
export const qualityOrNull = ({ quality }: StoredReading): number | null => (quality.length === 0 ? null : qualityMask(quality));

/** Signature, no flags, no extension (PostgreSQL manual, COPY, "Binary Format"). */
const HEADER = Buffer.from('PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** A row without nulls: the number of its columns, then of each its length and its bytes. */
const ROW = 2 + COLUMNS * 4 + (8 + 8 + 8 + 4 + 8 + 4 + 4 + 4);

/**
 * Rows as `copy … from stdin (format binary)` takes them.
 * @throws DataRefused for a time that is no whole number of milliseconds, or far beyond the calendar
 */
export function readingTuples(readings: readonly StoredReading[], keys: readonly ReadingKeys[]): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER.length + readings.length * ROW + 2);
  let at = HEADER.copy(bytes);
  const four = (value: number | null): void => {
    bytes.writeInt32BE(value === null ? -1 : 4, at);
    at += 4;
    if (value === null) return;
    putInt4(bytes, value, at);
    at += 4;
  };
  const time = (value: number): void => {
    bytes.writeInt32BE(8, at);
    putTime(bytes, value, at + 4);
    at += 12;
  };
  for (let i = 0; i < readings.length; i += 1) {
    const reading = readings[i] as StoredReading;
    const key = keys[i] as ReadingKeys;
    bytes.writeInt16BE(COLUMNS, at);
    at += 2;
    time(reading.time);
    bytes.writeInt32BE(8, at);
    putInt8(bytes, reading.seq, at + 4);
    bytes.writeInt32BE(8, at + 12);
    putFloat8(bytes, reading.value, at + 16);
    at += 24;
    four(receivedAfter(reading));
    const far = receivedAt(reading);
    if (far === null) four(null);
    else time(far);
    four(key.series);
    four(otherPoint(key));
    four(qualityOrNull(reading));
  }
  bytes.writeInt16BE(-1, at);
  return bytes.subarray(0, at + 2);
}
