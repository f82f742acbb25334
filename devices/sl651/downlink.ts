import { bytesOf, stampOf } from './bcd.js';
import { crc16 } from './crc.js';
import { afn as codes, symbol, type Sl651Frame } from './frame.js';

/** To whom a downlink frame goes: the addresses of the frame it answers. */
export type Sl651Party = Pick<Sl651Frame, 'station' | 'centre' | 'password'>;

interface Content {
  afn: number;
  end: number;
  part?: { total: number; number: number };
  body: Uint8Array;
}

/** A frame from the centre: station before centre, direction 8. */
export function buildDownlink(to: Sl651Party, { afn, end, part, body }: Content): Uint8Array {
  const numbers = part ? [part.total >> 4, ((part.total & 0x0f) << 4) | (part.number >> 8), part.number & 0xff] : [];
  return sealed([0x7e, 0x7e, ...bytesOf(to.station), to.centre, ...bytesOf(to.password), afn], 8, numbers, body, end);
}

/** A frame as a station sends it: for the simulators and the tests. @throws RangeError when the body is longer than the length field can say */
export function buildUplink(from: Sl651Party, { afn, end, part, body }: Content): Uint8Array {
  const numbers = part ? [part.total >> 4, ((part.total & 0x0f) << 4) | (part.number >> 8), part.number & 0xff] : [];
  return sealed([0x7e, 0x7e, from.centre, ...bytesOf(from.station), ...bytesOf(from.password), afn], 0, numbers, body, end);
}

function sealed(head: readonly number[], direction: number, numbers: readonly number[], body: Uint8Array, end: number): Uint8Array {
  const length = numbers.length + body.length;
  if (length > 0xfff) throw new RangeError(`an SL 651 frame holds at most 4095 bytes, this is ${length}`);
  const start = numbers.length > 0 ? symbol.SYN : symbol.STX;
  const bytes = Uint8Array.from([...head, (direction << 4) | (length >> 8), length & 0xff, start, ...numbers, ...body, end]);
  const crc = crc16(bytes);
  return Uint8Array.from([...bytes, crc >> 8, crc & 0xff]);
}

/** Serial number and time of sending, with which every body begins. */
export const opening = (serial: number, now: number): Uint8Array =>
  Uint8Array.from([(serial >> 8) & 0xff, serial & 0xff, ...bytesOf(stampOf(now))]);

/**
 * "It is stored." ACK where the station says that it goes on (ETB); else EOT, it may sleep, or ESC with `stay`, because something follows.
 * A message of several parts is answered once, with the number of its last part (table 23).
 */
export function acknowledge(frame: Sl651Frame, serial: number, now: number, stay: boolean): Uint8Array {
  const { part } = frame;
  const goesOn = !part && frame.end === symbol.ETB;
  const end = goesOn ? symbol.ACK : stay ? symbol.ESC : symbol.EOT;
  return buildDownlink(frame, {
    afn: frame.afn,
    end,
    ...(part ? { part: { total: part.total, number: part.total } } : {}),
    body: opening(serial, now),
  });
}

/** "Part `number` did not come; send it again." */
export function askForPart(frame: Sl651Frame, number: number, serial: number, now: number): Uint8Array {
  const part = { total: frame.part?.total ?? number, number };
  return buildDownlink(frame, { afn: frame.afn, end: symbol.NAK, part, body: opening(serial, now) });
}

/** Serial number of what the centre says of its own accord (§6.6.2.4). */
const CENTRE = 0;

export interface HistoryQuery {
  /** Epoch ms; the station counts in whole hours: from the one `from` lies in to the one that ends with or after `to`. */
  from: number;
  to: number;
  stepMinutes: number;
  element: { id: number; descriptor: number };
}

const HOUR_MS = 3_600_000;

/** AFN 38: the values of one element between two hours, one every `stepMinutes`. */
export function queryHistory(to: Sl651Party, query: HistoryQuery, now: number): Uint8Array {
  const hour = (time: number): Uint8Array => bytesOf(stampOf(time).slice(0, 8));
  const two = (value: number): string => String(value).padStart(2, '0');
  const { stepMinutes: step } = query;
  const stepText = two(Math.floor(step / 1440)) + two(Math.floor((step % 1440) / 60)) + two(step % 60);
  const body = Uint8Array.from([
    ...opening(CENTRE, now),
    ...hour(query.from),
    ...hour(Math.ceil(query.to / HOUR_MS) * HOUR_MS),
    0x04,
    0x18,
    ...bytesOf(stepText),
    query.element.id,
    query.element.descriptor,
  ]);
  return buildDownlink(to, { afn: codes.history, end: symbol.ENQ, body });
}

/** AFN 4A: sets the station's clock to the time of sending. */
export const setClock = (to: Sl651Party, now: number): Uint8Array =>
  buildDownlink(to, { afn: codes.clock, end: symbol.ENQ, body: opening(CENTRE, now) });
