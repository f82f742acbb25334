import { putFloat8, putInt4, putInt8, putTime, type Put } from './binary-value.js';

/**
 * Arrays as PostgreSQL takes them in binary (array_recv): what a commit of thousands of readings would otherwise spend on printing numbers
 * here and reading them there. The driver sends a Buffer as a binary parameter; the statement casts it to the type meant.
 */

const oid = { int8: 20, int4: 23, float8: 701, timestamptz: 1184 } as const;
const HEADER = 20;

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

type Of<T> = (item: T, index: number) => number;
type OfOrNull<T> = (item: T, index: number) => number | null;

/** `bigint[]` of whole numbers up to 2^53. */
export const int8Array = <T>(items: readonly T[], of: Of<T>): Buffer => array(oid.int8, 8, items, of, putInt8);
/** `integer[]`. @throws RangeError outside 32 bits */
export const int4Array = <T>(items: readonly T[], of: OfOrNull<T>): Buffer => array(oid.int4, 4, items, of, putInt4);
/** `float8[]`. −0 becomes 0, as it does in a text. */
export const float8Array = <T>(items: readonly T[], of: Of<T>): Buffer => array(oid.float8, 8, items, of, putFloat8);
/** `timestamptz[]` of whole epoch milliseconds. @throws DataRefused for anything else */
export const timeArray = <T>(items: readonly T[], of: OfOrNull<T>): Buffer => array(oid.timestamptz, 8, items, of, putTime);
