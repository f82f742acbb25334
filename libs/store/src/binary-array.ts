import { DataRefused } from './errors.js';

/**
 * Arrays as PostgreSQL takes them in binary (array_recv): what a commit of thousands of readings would otherwise spend on printing numbers
 * here and reading them there. The driver sends a Buffer as a binary parameter; the statement casts it to the type meant.
 */

const oid = { int8: 20, int4: 23, float8: 701, timestamptz: 1184 } as const;
const HEADER = 20;
/** 2000-01-01 UTC, where PostgreSQL's microseconds begin. */
const EPOCH = 946_684_800_000;
const TWO_32 = 2 ** 32;

type Put = (bytes: Buffer, value: number, at: number) => void;

/** @param items one element each; `of` answers null for SQL null */
function array<T>(type: number, size: number, items: readonly T[], of: (item: T, index: number) => number | null, put: Put): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER + items.length * (4 + size));
  let at = HEADER;
  let nulls = 0;
  for (let index = 0; index < items.length; index += 1) {
    const value = of(items[index] as T, index);
    if (value === null) {
      nulls = 1;
      bytes.writeInt32BE(-1, at);
      at += 4;
    } else {
      bytes.writeInt32BE(size, at);
      put(bytes, value, at + 4);
      at += 4 + size;
    }
  }
  // One dimension that begins at 1.
  bytes.writeInt32BE(items.length === 0 ? 0 : 1, 0);
  bytes.writeInt32BE(nulls, 4);
  bytes.writeInt32BE(type, 8);
  if (items.length === 0) return bytes.subarray(0, 12);
  bytes.writeInt32BE(items.length, 12);
  bytes.writeInt32BE(1, 16);
  return bytes.subarray(0, at);
}

const putInt8: Put = (bytes, value, at) => {
  const high = Math.floor(value / TWO_32);
  bytes.writeInt32BE(high, at);
  bytes.writeUInt32BE(value - high * TWO_32, at + 4);
};

/** ms × 1000 does not fit a double's 53 bits for times far away, so the two halves are multiplied apart. */
const putTime: Put = (bytes, ms, at) => {
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

type Of<T> = (item: T, index: number) => number;
type OfOrNull<T> = (item: T, index: number) => number | null;

/** `bigint[]` of whole numbers up to 2^53. */
export const int8Array = <T>(items: readonly T[], of: Of<T>): Buffer => array(oid.int8, 8, items, of, putInt8);
/** `integer[]`. @throws RangeError outside 32 bits */
export const int4Array = <T>(items: readonly T[], of: OfOrNull<T>): Buffer =>
  array(oid.int4, 4, items, of, (bytes, value, at) => void bytes.writeInt32BE(value, at));
/** `float8[]`. −0 becomes 0, as it does in a text. */
export const float8Array = <T>(items: readonly T[], of: Of<T>): Buffer =>
  array(oid.float8, 8, items, of, (bytes, value, at) => void bytes.writeDoubleBE(value + 0, at));
/** `timestamptz[]` of whole epoch milliseconds. @throws DataRefused for anything else */
export const timeArray = <T>(items: readonly T[], of: OfOrNull<T>): Buffer => array(oid.timestamptz, 8, items, of, putTime);
