import { canonicalChannel, splitChannel, type Codec, type ResolvedProfile } from '#libs/contracts';
import { Decoding } from '../decoding.js';
import { isObject, parseJson } from '../json.js';
import { parseDeviceTime } from '../time.js';
import { readInto, readValue } from '../value.js';

/** Reads `v1/devices/me/telemetry`: `{"ts":ms,"values":{…}}`, an array of those, or `{"<channel>":number}` stamped on arrival. */
export const telemetryCodec: Codec = (payload, context) => {
  const into = new Decoding(context);
  const value = jsonOf(payload, into);
  if (value !== undefined) readTelemetry(context.deviceId, value, into);
  return into.result();
};

/** Reads `v1/devices/me/attributes`: what the device says of itself (battery, signal, firmware…), the same as sensor S1_ZT_1 on `$dp`. */
export const attributesCodec: Codec = (payload, context) => {
  const into = new Decoding(context);
  const value = jsonOf(payload, into);
  if (value !== undefined) readAttributes(context.deviceId, value, into);
  return into.result();
};

/** Text of the payload as JSON; undefined when it is none, with the fault noted. */
export function jsonOf(payload: Uint8Array, into: Decoding): unknown {
  const parsed = parseJson(payload);
  if ('fault' in parsed) {
    into.fault('unreadable-json', parsed.fault);
    return undefined;
  }
  for (const path of parsed.contradictions ?? []) into.fault('bad-value', `${path} is there twice, with different values`);
  return parsed.value;
}

export function readTelemetry(deviceId: string, value: unknown, into: Decoding): void {
  const profile = into.profile(deviceId);
  if (profile) for (const item of Array.isArray(value) ? value : [value]) readItem(deviceId, item, profile, into);
}

export function readAttributes(deviceId: string, value: unknown, into: Decoding): void {
  const profile = into.profile(deviceId);
  const reader = profile?.reader(STATUS);
  if (profile && !reader) into.fault('unknown-code', `profile ${profile.id} has no status sensor`);
  else if (reader) {
    if (isObject(value)) readValue({ deviceId, reader, time: null }, value, into);
    else into.fault('unknown-shape', 'the attributes are no object');
  }
}

const STATUS = 'S1_ZT_1';

function readItem(deviceId: string, item: unknown, profile: ResolvedProfile, into: Decoding): void {
  if (!isObject(item)) {
    into.fault('unknown-shape', 'telemetry is an object or an array of objects');
    return;
  }
  if (!Object.hasOwn(item, 'ts') && !Object.hasOwn(item, 'values')) {
    readChannels(deviceId, item, null, profile, into);
    return;
  }
  // Values beside `ts` would be stamped on arrival although the device gave a time: refused rather than guessed.
  if (!isObject(item['values'])) {
    into.fault('unknown-shape', '"ts" comes with "values": {"<channel>": number}');
    return;
  }
  const time = Object.hasOwn(item, 'ts') ? parseDeviceTime(item['ts'], profile.time) : null;
  if (time === undefined) into.fault('bad-time', `ts ${readable(item['ts'])}`);
  else readChannels(deviceId, item['values'], time, profile, into);
}

/** Channels as the device names them: a product may use other codes and names than the readings have. */
function readChannels(
  deviceId: string,
  values: Record<string, unknown>,
  time: number | null,
  profile: ResolvedProfile,
  into: Decoding,
): void {
  for (const given of Object.keys(values)) {
    const { sensor, field: name } = splitChannel(canonicalChannel(given));
    const reader = profile.reader(sensor);
    const dot = name.indexOf('.');
    const key = dot < 0 ? undefined : name.slice(dot + 1);
    const field = reader?.field(dot < 0 ? name : name.slice(0, dot));
    if (field && field.field.map === (key !== undefined) && (key === undefined || /^\w{1,40}$/.test(key)))
      readInto({ deviceId, time }, field, values[given], into, key);
    else into.fault('unknown-code', `"${given}" is no channel of profile ${profile.id}`);
  }
}

/** Never JSON.stringify here: a value nested thousands deep would end the stack. */
const readable = (ts: unknown): string => (typeof ts === 'string' || typeof ts === 'number' ? String(ts) : 'is no number');
