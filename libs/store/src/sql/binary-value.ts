import { DataRefused } from './errors.js';

/** Values as PostgreSQL takes them in binary, in arrays and in COPY: big-endian, of fixed size. Text would be printed here and read there. */

/** 2000-01-01 UTC, where PostgreSQL's microseconds begin. */
const EPOCH = 946_684_800_000;
const TWO_32 = 2 ** 32;

/** Writes a value of fixed size at a place. */
export type Put = (bytes: Buffer, value: number, at: number) => void;

/** `bigint`, a whole number up to 2^53. */
export const putInt8: Put = (bytes, value, at) => {
  const high = Math.floor(value / TWO_32);
  bytes.writeInt32BE(high, at);
  bytes.writeUInt32BE(value - high * TWO_32, at + 4);
};

/** `integer`. @throws RangeError outside 32 bits */
export const putInt4: Put = (bytes, value, at) => void bytes.writeInt32BE(value, at);

/** `float8`. −0 becomes 0, as it does in a text. */
export const putFloat8: Put = (bytes, value, at) => void bytes.writeDoubleBE(value + 0, at);

/**
 * `timestamptz` of whole epoch milliseconds; ms × 1000 does not fit a double's 53 bits for times far away, so the two halves are multiplied apart.
 * @throws DataRefused for anything else
 */
export const putTime: Put = (bytes, ms, at) => {
  if (!Number.isSafeInteger(ms)) throw noTime(ms);
  const since = ms - EPOCH;
  const high = Math.floor(since / TWO_32);
  const low = (since - high * TWO_32) * 1000;
  const carry = Math.floor(low / TWO_32);
  bytes.writeInt32BE(high * 1000 + carry, at);
  bytes.writeUInt32BE(low - carry * TWO_32, at + 4);
};

/** Where a text would be refused by the database: with its codes, so that whoever searches for the poisoned reading finds it the same way. */
const noTime = (ms: number): DataRefused =>
  Number.isInteger(ms)
    ? new DataRefused(`time ${ms} is out of range`, '22003', undefined)
    : new DataRefused(`time ${ms} is no whole number of milliseconds`, '22P02', undefined);
