import { crc16, int, uint } from './bytes.js';

/**
 * The packed alarm: what a device still says when only the satellite is left. One short message holds 78 bytes and may be sent
 * once a minute, so there are numbers in it and nothing else:
 * device number 4 · time 4 (epoch seconds, UTC) · sensor 1 · values 2 or 4 each · battery 1 (%, 255 = unknown) · CRC 2.
 * All big-endian. The layout is ours: the dictionary of DZ/T 0450 App F is not published.
 */
export interface PackedAlarm {
  /** Device id; a number, as burnt in by the vendor. */
  device: number;
  /** Epoch ms, whole seconds. */
  time: number;
  /** Sensor code with its number, e.g. `L1_LF_1`. */
  code: string;
  /** By field; absent: not measured. */
  values: Readonly<Record<string, number>>;
  /** Percent. */
  battery?: number;
}

/** A value is sent as a whole number of 1/`per` of its unit. */
interface PackedField {
  name: string;
  bytes: 2 | 4;
  per: number;
}
const short = (name: string, per: number): PackedField => ({ name, bytes: 2, per });
const long = (name: string, per: number): PackedField => ({ name, bytes: 4, per });

/** Sensor types by their number on the wire. Numbers are for ever: a new type goes to the end. */
const types: readonly { code: string; fields: readonly PackedField[] }[] = [
  { code: 'L1_LF', fields: [long('value', 100)] },
  { code: 'L1_GP', fields: [long('gpsTotalX', 10), long('gpsTotalY', 10), long('gpsTotalZ', 10)] },
  { code: 'L1_QJ', fields: [short('X', 100), short('Y', 100), short('Z', 100), short('angle', 100), short('AZI', 100)] },
  { code: 'L1_JS', fields: [short('gX', 100), short('gY', 100), short('gZ', 100)] },
  { code: 'L3_YL', fields: [short('value', 10), long('totalValue', 10)] },
  { code: 'L3_HS', fields: [short('value', 10)] },
  { code: 'L3_SY', fields: [short('temp', 10), long('value', 1000)] },
  { code: 'L1_SW', fields: [long('dispsX', 100), long('dispsY', 100)] },
  { code: 'L4_NW', fields: [long('value', 1000)] },
  { code: 'L3_DB', fields: [short('temp', 10), long('value', 1000)] },
  { code: 'L3_DX', fields: [short('temp', 10), long('value', 1000)] },
  { code: 'L2_DS', fields: [short('OSP', 10), short('VSP', 1000), short('freq', 1)] },
  { code: 'L3_TW', fields: [short('value', 10)] },
  { code: 'L3_ST', fields: [long('value', 1000)] },
];

/** Bytes one Beidou-2 short message of the civil class holds. */
export const SHORT_MESSAGE = 78;
/** Device, time, sensor; battery and CRC. */
const HEAD = 9;
const TAIL = 3;
const UNKNOWN_BATTERY = 255;
/** Sensors of one type in the byte beside the type: three bits. */
const NUMBERS = 8;

/** What a whole number of so many bytes can't be, because it means "not measured". */
const absent = (bytes: 2 | 4): number => -(2 ** (bytes * 8 - 1));

/** @throws RangeError for a sensor or a value that has no place in it */
export function encodeAlarm({ device, time, code, values, battery }: PackedAlarm): Uint8Array {
  const end = code.lastIndexOf('_');
  const type = types.findIndex((each) => each.code === code.slice(0, end));
  const number = Number(code.slice(end + 1));
  const packed = types[type];
  if (!packed || !(Number.isInteger(number) && number >= 1 && number <= NUMBERS))
    throw new RangeError(`${code} has no number in a packed alarm`);
  const size = HEAD + packed.fields.reduce((sum, { bytes }) => sum + bytes, 0) + TAIL;
  const view = new DataView(new ArrayBuffer(size));
  for (const part of [device, time / 1000])
    if (!(Number.isInteger(part) && part >= 0 && part <= 0xffff_ffff)) throw new RangeError(`${part} is no whole number of 32 bits`);
  view.setUint32(0, device);
  view.setUint32(4, time / 1000);
  view.setUint8(8, type * NUMBERS + number - 1);
  let at = HEAD;
  for (const { name, bytes, per } of packed.fields) {
    const value = values[name];
    const whole = value === undefined ? absent(bytes) : Math.round(value * per);
    if (value !== undefined && !(Math.abs(whole) < -absent(bytes)))
      throw new RangeError(`${code}.${name} = ${value} has no place in ${bytes} bytes`);
    if (bytes === 2) view.setInt16(at, whole);
    else view.setInt32(at, whole);
    at += bytes;
  }
  view.setUint8(at, battery === undefined ? UNKNOWN_BATTERY : Math.round(Math.min(100, Math.max(0, battery))));
  const bytes = new Uint8Array(view.buffer);
  view.setUint16(at + 1, crc16(bytes.subarray(0, at + 1)));
  return bytes;
}

/** Reads a packed alarm; padding zeros behind it are allowed, as terminals fill the last word. Never throws. */
export function decodeAlarm(bytes: Uint8Array): PackedAlarm | { fault: string } {
  const sensor = bytes[8] ?? 0xff;
  const packed = types[Math.floor(sensor / NUMBERS)];
  if (bytes.length < HEAD + TAIL || !packed) return { fault: `${bytes.length} bytes that are no packed alarm` };
  const size = HEAD + packed.fields.reduce((sum, each) => sum + each.bytes, 0) + TAIL;
  if (bytes.length < size) return { fault: `a packed alarm of ${packed.code} has ${size} bytes, these are ${bytes.length}` };
  if (bytes.subarray(size).some((byte) => byte !== 0)) return { fault: `${bytes.length - size} bytes behind a packed alarm` };
  if (crc16(bytes.subarray(0, size - 2)) !== uint(bytes, size - 2, 2)) return { fault: 'the CRC of a packed alarm is wrong' };
  const values: Record<string, number> = {};
  let at = HEAD;
  for (const { name, bytes: width, per } of packed.fields) {
    const whole = int(bytes, at, width);
    if (whole !== absent(width)) values[name] = whole / per;
    at += width;
  }
  const battery = bytes[at] ?? UNKNOWN_BATTERY;
  return {
    device: uint(bytes, 0, 4),
    time: uint(bytes, 4, 4) * 1000,
    code: `${packed.code}_${(sensor % NUMBERS) + 1}`,
    values,
    ...(battery <= 100 ? { battery } : {}),
  };
}
