import { hj212Crc } from './crc.js';

/** One packet: `##`, four digits of length, data, four hex digits of CRC, CR LF (HJ 212-2017 §6.3). */
export interface Hj212Packet {
  /** Request number, `yyyyMMddHHmmsszzz`: the same for every part of a message. */
  qn: string;
  st: string;
  cn: string;
  password: string;
  /** Number of the logger (设备唯一标识). */
  mn: string;
  wantsAnswer: boolean;
  part?: { total: number; number: number };
  /** Between `CP=&&` and `&&`. */
  cp: string;
}

/** `more`: it goes on beyond these bytes. `bad`: no packet begins here. */
export type Parsed = { packet: Hj212Packet; size: number } | 'more' | 'bad';

const HEAD_BYTES = 6;
const TAIL_BYTES = 6;
const HASH = 0x23;
const STAR = 0x2a;

/** Reads the packet that begins at the first byte. Total. */
export function parsePacket(bytes: Uint8Array): Parsed {
  for (let at = 0; at < Math.min(HEAD_BYTES, bytes.length); at += 1) {
    const byte = bytes[at] ?? 0;
    if (at < 2 ? byte !== HASH : byte < 0x30 || byte > 0x39) return 'bad';
  }
  if (bytes.length < HEAD_BYTES) return 'more';
  const length = Number(ascii(bytes.subarray(2, HEAD_BYTES)));
  const size = HEAD_BYTES + length + TAIL_BYTES;
  if (bytes.length < size) return 'more';
  const data = bytes.subarray(HEAD_BYTES, HEAD_BYTES + length);
  const tail = ascii(bytes.subarray(HEAD_BYTES + length, size));
  if (!tail.endsWith('\r\n') || tail.slice(0, 4).toUpperCase() !== hj212Crc(data)) return 'bad';
  const packet = packetOf(ascii(data));
  return packet ? { packet, size } : 'bad';
}

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

function packetOf(data: string): Hj212Packet | undefined {
  const start = data.indexOf('CP=&&');
  const end = data.lastIndexOf('&&');
  if (start < 0 || end < start + 5) return undefined;
  const fields = new Map<string, string>();
  for (const item of data.slice(0, start).split(';')) {
    const equal = item.indexOf('=');
    if (equal > 0) fields.set(item.slice(0, equal).trim(), item.slice(equal + 1).trim());
  }
  const text = (name: string): string => fields.get(name) ?? '';
  const flag = Number(text('Flag') || '0');
  const packet: Hj212Packet = {
    qn: text('QN'),
    st: text('ST'),
    cn: text('CN'),
    password: text('PW'),
    mn: text('MN'),
    wantsAnswer: (flag & 1) === 1,
    cp: data.slice(start + 5, end),
  };
  const [total, number] = [Number(text('PNUM') || '0'), Number(text('PNO') || '0')];
  if ((flag & 2) === 0 || total === 0) return packet;
  return Number.isInteger(total) && Number.isInteger(number) && number >= 1 && number <= total
    ? { ...packet, part: { total, number } }
    : undefined;
}

/** Every packet of a payload that holds only whole packets; undefined when it does not. */
export function packetsOf(payload: Uint8Array): Hj212Packet[] | undefined {
  const packets: Hj212Packet[] = [];
  for (let at = 0; at < payload.length;) {
    const parsed = parsePacket(payload.subarray(at));
    if (typeof parsed === 'string') return undefined;
    packets.push(parsed.packet);
    at += parsed.size;
  }
  return packets.length > 0 ? packets : undefined;
}

/**
 * The same whole packet with stars for its password, and the check sum that goes with them: what is put aside is read by many, and every message
 * of the logger has the same password.
 */
export function withoutPassword(bytes: Uint8Array): Uint8Array {
  const masked = bytes.slice();
  const data = masked.subarray(HEAD_BYTES, bytes.length - TAIL_BYTES);
  const text = ascii(data);
  for (const { index, 0: field, groups } of text.slice(0, text.indexOf('CP=&&')).matchAll(/(?:^|;)\s*PW\s*=(?<password>[^;]*)/g)) {
    const end = index + field.length;
    data.fill(STAR, end - (groups?.['password'] ?? '').length, end);
  }
  masked.set(new TextEncoder().encode(hj212Crc(data)), bytes.length - TAIL_BYTES);
  return masked;
}

/** Builds a packet around a data segment. @throws RangeError when it is longer than four digits can say */
export function buildPacket(data: string): Uint8Array {
  const bytes = new TextEncoder().encode(data);
  if (bytes.length > 9999) throw new RangeError(`an HJ 212 packet holds at most 9999 bytes, this is ${bytes.length}`);
  return new TextEncoder().encode(`##${String(bytes.length).padStart(4, '0')}${data}${hj212Crc(bytes)}\r\n`);
}

/** 9014 数据应答: "it is stored". ST 91 is the system itself; Flag 4 is the version of 2017 that wants no answer. */
export const acknowledge = ({ qn, password, mn }: Hj212Packet): Uint8Array =>
  buildPacket(`QN=${qn};ST=91;CN=9014;PW=${password};MN=${mn};Flag=4;CP=&&&&`);
