import { crc16 } from './crc.js';
import { hexOf } from './bcd.js';

/** Symbols around the body of a frame (SL 651-2014 table 10; docs/sources.md). */
export const symbol = { STX: 0x02, ETX: 0x03, EOT: 0x04, ENQ: 0x05, ACK: 0x06, NAK: 0x15, SYN: 0x16, ETB: 0x17, ESC: 0x1b } as const;

/** Function codes this station understands. */
export const afn = {
  heartbeat: 0x2f, test: 0x30, uniform: 0x31, timed: 0x32, extra: 0x33, hourly: 0x34, manual: 0x35, picture: 0x36,
  current: 0x37, history: 0x38, elements: 0x3a, clock: 0x4a,
} as const; // prettier-ignore

export interface Sl651Frame {
  /** Address of the station: ten hex digits. */
  station: string;
  centre: number;
  /** Four hex digits. */
  password: string;
  afn: number;
  up: boolean;
  /** One of several frames of one message. */
  part?: { total: number; number: number };
  /** Between the start symbol (and the part numbers) and the end symbol. */
  body: Uint8Array;
  end: number;
}

/** 7E7E, centre, address, password, AFN, direction and length, start symbol. */
export const HEAD_BYTES = 14;
const TAIL_BYTES = 3;
const PART_BYTES = 3;

/** `more`: the frame goes on beyond these bytes. `bad`: no frame begins here. */
export type Parsed = { frame: Sl651Frame; size: number } | 'more' | 'bad';

/** Reads the frame that begins at the first byte. Total. */
export function parseFrame(bytes: Uint8Array): Parsed {
  const byte = (at: number): number => bytes[at] ?? 0;
  for (let at = 0; at < Math.min(2, bytes.length); at += 1) if (byte(at) !== 0x7e) return 'bad';
  if (bytes.length < HEAD_BYTES) return 'more';
  const start = byte(13);
  const direction = byte(11) >> 4;
  if ((start !== symbol.STX && start !== symbol.SYN) || (direction !== 0 && direction !== 8)) return 'bad';
  const length = ((byte(11) & 0x0f) << 8) | byte(12);
  const size = HEAD_BYTES + length + TAIL_BYTES;
  if (bytes.length < size) return 'more';
  const end = byte(size - TAIL_BYTES);
  if (!endings.has(end) || ((byte(size - 2) << 8) | byte(size - 1)) !== crc16(bytes.subarray(0, size - 2))) return 'bad';
  const up = direction === 0;
  const address = up ? bytes.subarray(3, 8) : bytes.subarray(2, 7);
  const frame: Sl651Frame = {
    station: hexOf(address),
    centre: up ? byte(2) : byte(7),
    password: hexOf(bytes.subarray(8, 10)),
    afn: byte(10),
    up,
    body: bytes.subarray(HEAD_BYTES, HEAD_BYTES + length),
    end,
  };
  if (start === symbol.STX) return { frame, size };
  if (length < PART_BYTES) return 'bad';
  const part = { total: (byte(14) << 4) | (byte(15) >> 4), number: ((byte(15) & 0x0f) << 8) | byte(16) };
  if (part.number < 1 || part.number > part.total) return 'bad';
  return { frame: { ...frame, part, body: frame.body.subarray(PART_BYTES) }, size };
}

const endings: ReadonlySet<number> = new Set([symbol.ETX, symbol.ETB, symbol.ENQ, symbol.EOT, symbol.ACK, symbol.NAK, symbol.ESC]);

/** Every frame of a payload that holds only whole frames, one behind the other; undefined when it does not. */
export function framesOf(payload: Uint8Array): Sl651Frame[] | undefined {
  const frames: Sl651Frame[] = [];
  for (let at = 0; at < payload.length;) {
    const parsed = parseFrame(payload.subarray(at));
    if (typeof parsed === 'string') return undefined;
    frames.push(parsed.frame);
    at += parsed.size;
  }
  return frames.length > 0 ? frames : undefined;
}

/** Place of the password in a frame of a station, as in one of a centre. */
const PASSWORD_AT = 8;
const PASSWORD_BYTES = 2;

/**
 * The same whole frame with zeros for its password and the check sum that goes with them: what is put aside is read by many, and every
 * message of the station has the same password.
 */
export function withoutPassword(bytes: Uint8Array): Uint8Array {
  const masked = bytes.slice();
  masked.fill(0, PASSWORD_AT, PASSWORD_AT + PASSWORD_BYTES);
  const crc = crc16(masked.subarray(0, masked.length - 2));
  masked.set([crc >> 8, crc & 0xff], masked.length - 2);
  return masked;
}
