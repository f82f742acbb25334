import { bcdValue, hexOf, stampText } from './bcd.js';

/** One thing a body says (SL 651-2014 §6.6 and appendix C; docs/sources.md). */
export type BodyItem =
  | { is: 'station'; address: string }
  /** Time of the values that follow, `20yy-MM-dd HH:mm`; undefined: no digits. */
  | { is: 'time'; text: string | undefined }
  /**
   * One value. `id`: `26`, `FF38`. `minutes` after the time above, 0 for a value measured at it. `hourly`: one of the twelve of an hourly
   * report, whose time may be that of the first or of the last of them.
   */
  | { is: 'value'; id: string; bytes: Uint8Array; decimals: number; minutes: number; binary: boolean; hourly: boolean }
  /** Picture (F3) or words of an observer (F2): the rest of the body. */
  | { is: 'stream'; id: 'F2' | 'F3'; bytes: Uint8Array }
  | { is: 'fault'; detail: string };

/** Of the combined series of an hour (DRP, DRZ): values of one byte or two, binary. */
const SERIES_STEP = 5;

/** Splits what follows serial number and time of sending. Total; a fault ends it, because nothing after it can be placed. */
export function bodyItems(body: Uint8Array): BodyItem[] {
  const items: BodyItem[] = [];
  const cursor = { at: 0 };
  let stepMinutes: number | undefined;
  while (cursor.at < body.length) {
    const id = body[cursor.at] ?? 0;
    const next = body[cursor.at + 1];
    if (id === 0xf0 && next === 0xf0) items.push({ is: 'time', text: stampText(take(body, cursor, 2, 5)) });
    else if (id === 0xf1 && next === 0xf1) items.push(station(body, cursor));
    else if ((id === 0xf2 || id === 0xf3) && next === id) {
      items.push({ is: 'stream', id: id === 0xf2 ? 'F2' : 'F3', bytes: take(body, cursor, 2, body.length) });
    } else if (id === 0x04 && next === 0x18) stepMinutes = stepOf(take(body, cursor, 2, 3));
    else {
      const head = elementHead(body, cursor.at);
      if (!head) {
        items.push({ is: 'fault', detail: `element ${hexOf(body.subarray(cursor.at, cursor.at + 3))} is cut short` });
        return items;
      }
      cursor.at = head.data;
      if (isHourSeries(head.id)) hourSeries(body, cursor, head, stepMinutes !== undefined, items);
      else if (stepMinutes) {
        if (!stepSeries(body, cursor, head, stepMinutes, items)) return items;
      } else
        items.push({
          is: 'value',
          id: head.id,
          bytes: take(body, cursor, 0, head.size),
          decimals: head.decimals,
          minutes: 0,
          binary: false,
          hourly: false,
        });
    }
  }
  return items;
}

function take(body: Uint8Array, cursor: { at: number }, skip: number, size: number): Uint8Array {
  const bytes = body.subarray(cursor.at + skip, cursor.at + skip + size);
  cursor.at = Math.min(body.length, cursor.at + skip + size);
  return bytes;
}

/** Address, and the class of the station where more follows (an answer to AFN 4A ends with the address). */
function station(body: Uint8Array, cursor: { at: number }): BodyItem {
  const address = hexOf(take(body, cursor, 2, 5));
  if (cursor.at < body.length) cursor.at += 1;
  return { is: 'station', address };
}

interface Head {
  id: string;
  size: number;
  decimals: number;
  data: number;
}

/** Identifier and descriptor: high five bits bytes, low three bits decimals. Undefined when the data does not follow. */
function elementHead(body: Uint8Array, at: number): Head | undefined {
  const extended = body[at] === 0xff;
  const data = at + (extended ? 3 : 2);
  const descriptor = body[data - 1];
  if (descriptor === undefined) return undefined;
  const size = descriptor >> 3;
  if (size === 0 || data + size > body.length) return undefined;
  return { id: hexOf(body.subarray(at, data - 1)), size, decimals: descriptor & 7, data };
}

/** F4: rain of each five minutes, one byte; F5–FC: water level of each, two bytes. */
const isHourSeries = (id: string): boolean => /^F[4-9A-C]$/.test(id);

/**
 * Five minutes apart, binary, all FF = none: twelve in an hourly report. After a step of nothing (04 18 00 00 00, table C.3) the hours follow one
 * another to the end of the body; read as elements their bytes would be invented readings.
 */
function hourSeries(body: Uint8Array, cursor: { at: number }, { id, size }: Head, toTheEnd: boolean, items: BodyItem[]): void {
  const width = id === 'F4' ? 1 : 2;
  const all = take(body, cursor, 0, toTheEnd ? body.length : size);
  for (let index = 0; (index + 1) * width <= all.length; index += 1) {
    items.push({
      is: 'value',
      id,
      bytes: all.subarray(index * width, (index + 1) * width),
      decimals: id === 'F4' ? 1 : 2,
      minutes: index * SERIES_STEP,
      binary: true,
      hourly: !toTheEnd,
    });
  }
}

/** After a step (04) one element follows with as many values as there are (§6.6.4.4). */
function stepSeries(body: Uint8Array, cursor: { at: number }, head: Head, step: number, items: BodyItem[]): boolean {
  const all = take(body, cursor, 0, body.length);
  const groups = groupsOf(all, head);
  if (!groups) {
    items.push({ is: 'fault', detail: `the series of ${head.id} is cut short` });
    return false;
  }
  for (const [index, bytes] of groups.entries())
    items.push({ is: 'value', id: head.id, bytes, decimals: head.decimals, minutes: index * step, binary: false, hourly: false });
  return true;
}

/**
 * Values of one length, sign included: so the standard. RTUs in service leave the sign out of the length and send a negative value a byte
 * longer; that is taken where the bytes make sense in no other way. Undefined: in neither.
 */
function groupsOf(all: Uint8Array, head: Head): Uint8Array[] | undefined {
  const even = all.length % head.size === 0 ? grouped(all, () => head.size) : undefined;
  const isGood = (groups: readonly Uint8Array[]): boolean => groups.every((bytes) => bcdValue(bytes, head.decimals) !== 'bad');
  if (even && isGood(even)) return even;
  const signed = grouped(all, (at) => {
    const plain = all.subarray(at, at + head.size);
    return head.size + (plain[0] === 0xff && plain.some((byte) => byte !== 0xff) ? 1 : 0);
  });
  return signed.every(({ length }) => length >= head.size) && isGood(signed) ? signed : even;
}

function grouped(all: Uint8Array, sizeAt: (at: number) => number): Uint8Array[] {
  const groups: Uint8Array[] = [];
  for (let at = 0; at < all.length;) {
    const size = sizeAt(at);
    groups.push(all.subarray(at, at + size));
    at += size;
  }
  return groups;
}

/** Days, hours, minutes in BCD; 0 announces the combined series of whole hours. Undefined: no digits. */
function stepOf(bytes: Uint8Array): number | undefined {
  const digits = hexOf(bytes);
  if (!/^\d{6}$/.test(digits)) return undefined;
  return Number(digits.slice(0, 2)) * 1440 + Number(digits.slice(2, 4)) * 60 + Number(digits.slice(4));
}
