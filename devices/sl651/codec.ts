import type { Codec, CodecContext, QualityFlag } from '#libs/contracts';
import { Decoding } from '../decoding.js';
import { parseDeviceTime } from '../time.js';
import { bcdValue, stampText, type BcdValue } from './bcd.js';
import { bodyItems, type BodyItem } from './body.js';
import { stateOf, statusBits, targetOf } from './elements.js';
import { afn, framesOf, type Sl651Frame } from './frame.js';

/** Serial number and time of sending before the elements. */
export const OPENING_BYTES = 8;

/** SL 651-2014: one message, in one frame or several, with everything it measured. */
export const sl651Codec: Codec = (payload, context) => {
  const into = new Decoding(context);
  const frames = framesOf(payload);
  const body = frames && bodyOf(frames);
  if (typeof body === 'string') into.fault('unreadable-frame', body);
  else if (!frames || !body) into.fault('unreadable-frame', 'no whole SL 651 frame');
  else readMessage(frames[0]?.afn ?? 0, body, into);
  return into.result();
};

/** The body of a message: of its one frame, or of its parts in their order. A text says what is missing. */
export function bodyOf(frames: readonly Sl651Frame[]): Uint8Array | string {
  const [first] = frames;
  if (!first) return 'no frame';
  if (!first.part) return frames.length === 1 ? first.body : 'several messages in one payload';
  const parts = new Map(frames.map((frame) => [frame.part?.number ?? 0, frame.body]));
  const missing = Array.from({ length: first.part.total }, (_, at) => at + 1).filter((number) => !parts.has(number));
  if (missing.length > 0) return `${missing.length} of ${first.part.total} parts are missing, the first is ${missing[0]}`;
  const ordered = [...parts].toSorted(([a], [b]) => a - b).map(([, body]) => body);
  const whole = new Uint8Array(ordered.reduce((sum, body) => sum + body.length, 0));
  let at = 0;
  for (const body of ordered) {
    whole.set(body, at);
    at += body.length;
  }
  return whole;
}

/** What a message is about while it is read: whose values, and when they were measured. */
interface About {
  deviceId: string;
  time: string | undefined;
  /** When the message was sent, by the station's clock. */
  sent: string | undefined;
  quality: readonly QualityFlag[];
}

function readMessage(code: number, body: Uint8Array, into: Decoding): void {
  if (body.length < OPENING_BYTES) {
    into.fault('unreadable-frame', `a message of ${body.length} bytes has no serial number and time`);
    return;
  }
  // A test report is what a technician pours into the gauge: kept, and marked so that no rule takes it for rain.
  const about: About = {
    deviceId: into.context.deviceId,
    time: undefined,
    sent: stampText(body.subarray(2, OPENING_BYTES)),
    quality: code === afn.test ? ['maintenance'] : [],
  };
  const items = bodyItems(body.subarray(OPENING_BYTES));
  for (const item of items) readItem(item, about, into);
  if (!items.some(({ is }) => is === 'value' || is === 'stream' || is === 'fault'))
    into.fact(about.deviceId, 'sl651', `AFN ${code.toString(16)}`);
}

function readItem(item: BodyItem, about: About, into: Decoding): void {
  if (item.is === 'fault') into.fault('unreadable-frame', item.detail);
  else if (item.is === 'time') about.time = item.text;
  else if (item.is === 'station') about.deviceId = deviceOf(item.address, into.context);
  else if (item.is === 'stream')
    into.fault('file-frame', `${item.bytes.length} bytes of ${item.id === 'F3' ? 'picture' : 'an observer’s words'}`);
  else readValue(item, about, into);
}

/**
 * A station's device ids: its address; without the two zeros in front of an eight-digit station number (table 13); or a division code with
 * the number of the station in six decimal digits, which the address has in hex (table 14).
 */
export const idsOf = (address: string): readonly string[] => [
  address,
  address.startsWith('00') ? address.slice(2) : address.slice(0, 6) + String(Number.parseInt(address.slice(6), 16)).padStart(6, '0'),
];

/** A message may tell of another station (a relay): it is taken if that one is registered as a child of the sender. */
function deviceOf(address: string, context: CodecContext): string {
  const ids = idsOf(address);
  if (ids.includes(context.deviceId)) return context.deviceId;
  return ids.find((id) => 'profile' in context.source(id)) ?? address;
}

function readValue(item: BodyItem & { is: 'value' }, about: About, into: Decoding): void {
  const profile = into.profile(about.deviceId);
  if (!profile) return;
  const base = parseDeviceTime(about.time, profile.time);
  if (base === undefined) {
    into.fault('bad-time', `element ${item.id}: observation time ${about.time ?? 'missing'}`);
    return;
  }
  const time = base + item.minutes * 60_000 - (item.hourly && endsAt(base, parseDeviceTime(about.sent, profile.time)) ? HOUR_SPAN_MS : 0);
  if (item.id === '45') readStatus(item.bytes, { deviceId: about.deviceId, time }, into);
  else {
    const target = targetOf(item.id);
    const reader = target && profile.reader(target.sensor);
    const field = target && reader?.field(target.field);
    const read = item.binary ? binaryValue(item.bytes, item.decimals) : bcdValue(item.bytes, item.decimals);
    if (!field) into.fault('unknown-code', `element ${item.id} is nothing profile ${profile.id} measures`);
    else if (read === 'absent') into.fact(about.deviceId, `sl651.${item.id}`, 'no value');
    else if (read === 'bad') into.fault('bad-value', `element ${item.id} holds no digits`);
    else if (stateOf(item.id, read.value) !== undefined) into.fact(about.deviceId, `sl651.${item.id}`, stateOf(item.id, read.value) ?? '');
    else if (about.quality.length === 0) into.take(about.deviceId, field, time, read.value);
    else into.computed(about.deviceId, field.channel, field.field, time, read.value * field.factor + field.offset, about.quality);
  }
}

/** From the first to the last of twelve values five minutes apart. */
const HOUR_SPAN_MS = 55 * 60_000;
/** A station's clock may run this far between taking the time of a report and sending it. */
const SENDING_MS = 5 * 60_000;

/**
 * The time of an hourly report is that of the first of its twelve values (§6.6.4.7), 01:05 for the hour to 02:00. Many stations give the end
 * instead: the full hour, or the minute they send at. True for those; taken for the first, their rain would lie in the future.
 */
const endsAt = (base: number, sent: number | undefined): boolean =>
  base % 3_600_000 === 0 || (sent !== undefined && base + HOUR_SPAN_MS > sent + SENDING_MS);

function binaryValue(bytes: Uint8Array, decimals: number): BcdValue {
  if (bytes.every((byte) => byte === 0xff)) return 'absent';
  const whole = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return { value: Number(`${whole}e-${decimals}`) };
}

/** Element 45: bits as states of the sensors and of the box, 0 = normal. */
function readStatus(bytes: Uint8Array, about: { deviceId: string; time: number }, into: Decoding): void {
  const field = into.profile(about.deviceId)?.reader('S1_ZT_1')?.field('sensor_state');
  if (!field) {
    into.fault('unknown-code', 'element 45: the profile has no status');
    return;
  }
  if (bytes.every((byte) => byte === 0xff)) return into.fact(about.deviceId, 'sl651.45', 'no value');
  for (const { bit, name } of statusBits) {
    const byte = bytes[bytes.length - 1 - (bit >> 3)] ?? 0;
    into.take(about.deviceId, field, about.time, (byte >> (bit & 7)) & 1, name);
  }
}
