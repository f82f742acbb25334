/**
 * Numbers and times straight from the bytes of a file. A history of ten years has tens of millions of them, and making a text of each costs
 * more than judging it.
 */
const zero = 48;
const nine = 57;
const dot = 46;
const minus = 45;
const plus = 43;
const colon = 58;

/** Powers of ten a double holds exactly. */
const tens = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
/** Digits whose number is exact in a double. */
const exactDigits = 15;

/**
 * The decimal number in `bytes[from, to)`; NaN when there is none. Up to 15 digits it is worked out here, which is exact (an integer below
 * 2^53 divided by a power of ten a double holds is rounded once); everything else is left to `Number`.
 */
export function numberAt(bytes: Buffer, from: number, to: number): number {
  let at = from;
  const first = bytes[at];
  if (first === minus || first === plus) at += 1;
  let mantissa = 0;
  let digits = 0;
  let point = -1;
  for (; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte >= zero && byte <= nine) {
      mantissa = mantissa * 10 + (byte - zero);
      digits += 1;
    } else if (byte === dot && point < 0) point = at;
    else return slowNumber(bytes, from, to);
  }
  if (digits === 0 || digits > exactDigits) return slowNumber(bytes, from, to);
  const value = point < 0 ? mantissa : mantissa / (tens[to - point - 1] as number);
  return first === minus ? -value : value;
}

function slowNumber(bytes: Buffer, from: number, to: number): number {
  const text = bytes.toString('latin1', from, to).trim();
  // Number reads '' as 0 and 0x10 as 16; neither is a measurement.
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

const two = (bytes: Buffer, at: number): number => {
  const high = (bytes[at] as number) - zero;
  const low = (bytes[at + 1] as number) - zero;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : Number.NaN;
};

/** Reads times; remembers the day it last saw, because the next row is nearly always of the same one. */
export class TimeReader {
  #day = -1;
  #dayStart = Number.NaN;

  /**
   * The time in `bytes[from, to)` as epoch ms: ISO 8601 with its offset (`2026-07-01T06:00:00+08:00`, `…Z`; seconds and their fraction may be
   * missing), or epoch ms. NaN for anything else: a time without offset would be eight hours wrong for half of its readers.
   */
  at(bytes: Buffer, from: number, to: number): number {
    if (to - from < 16 || bytes[from + 4] !== minus) return wholeNumber(bytes, from, to);
    const day = this.#dayAt(bytes, from);
    const separator = bytes[from + 10];
    if ((separator !== 84 && separator !== 116 && separator !== 32) || bytes[from + 13] !== colon) return Number.NaN;
    const hour = two(bytes, from + 11);
    const minute = two(bytes, from + 14);
    let at = from + 16;
    let seconds = 0;
    if (bytes[at] === colon) {
      seconds = two(bytes, at + 1);
      at += 3;
      if (bytes[at] === dot) {
        const start = (at += 1);
        while (at < to && (bytes[at] as number) >= zero && (bytes[at] as number) <= nine) at += 1;
        seconds += at > start ? numberAt(bytes, start, Math.min(at, start + 9)) / (tens[Math.min(at - start, 9)] as number) : Number.NaN;
      }
    }
    // A leap second (:60) is left to who wrote the file: a day has 86,400 of ours.
    if (!(hour <= 23 && minute <= 59 && seconds < 60)) return Number.NaN;
    return day + (hour * 60 + minute) * 60_000 + Math.round(seconds * 1000) - offsetAt(bytes, at, to);
  }

  #dayAt(bytes: Buffer, from: number): number {
    const year = two(bytes, from) * 100 + two(bytes, from + 2);
    const month = two(bytes, from + 5);
    const date = two(bytes, from + 8);
    const day = (year * 100 + month) * 100 + date;
    if (day === this.#day) return this.#dayStart;
    const start = Date.UTC(year, month - 1, date);
    const made = new Date(start);
    const real = bytes[from + 7] === minus && made.getUTCMonth() === month - 1 && made.getUTCDate() === date && year >= 100;
    this.#day = day;
    this.#dayStart = real ? start : Number.NaN;
    return this.#dayStart;
  }
}

/** ms east of UTC; NaN without an offset. */
function offsetAt(bytes: Buffer, at: number, to: number): number {
  const sign = bytes[at];
  if ((sign === 90 || sign === 122) && to === at + 1) return 0;
  if (sign !== plus && sign !== minus) return Number.NaN;
  const minutesAt = bytes[at + 3] === colon ? at + 4 : at + 3;
  const minutes = to === at + 3 ? 0 : to === minutesAt + 2 ? two(bytes, minutesAt) : Number.NaN;
  const ms = (two(bytes, at + 1) * 60 + minutes) * 60_000;
  return sign === plus ? ms : -ms;
}

function wholeNumber(bytes: Buffer, from: number, to: number): number {
  const value = numberAt(bytes, from, to);
  return Number.isSafeInteger(value) ? value : Number.NaN;
}
