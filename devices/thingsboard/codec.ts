import { canonicalChannel, channelName, splitChannel, type Codec, type ResolvedProfile } from '#libs/contracts';
import { Decoding } from '../decoding.js';
import { isObject, parseJson } from '../json.js';
import { parseDeviceTime } from '../time.js';
import { readNumber, readValue } from '../value.js';

/** Reads `v1/devices/me/telemetry`: `{"ts":ms,"values":{…}}`, an array of those, or `{"<channel>":number}` stamped on arrival. */
export const telemetryCodec: Codec = (payload, context) => {
  const into = new Decoding(context);
  const parsed = parseJson(payload);
  const profile = into.profile(context.deviceId);
  if ('fault' in parsed) into.fault('unreadable-json', parsed.fault);
  else if (profile) for (const item of Array.isArray(parsed.value) ? parsed.value : [parsed.value]) readItem(item, profile, into);
  return into.result();
};

/** Reads `v1/devices/me/attributes`: what the device says of itself (battery, signal, firmware…), the same as sensor S1_ZT_1 on `$dp`. */
export const attributesCodec: Codec = (payload, context) => {
  const into = new Decoding(context);
  const parsed = parseJson(payload);
  const profile = into.profile(context.deviceId);
  const spec = profile?.sensor(STATUS);
  if ('fault' in parsed) into.fault('unreadable-json', parsed.fault);
  else if (profile && !spec) into.fault('unknown-code', `profile ${profile.id} has no status sensor`);
  else if (spec) {
    if (isObject(parsed.value)) readValue({ deviceId: context.deviceId, code: STATUS, spec, time: null }, parsed.value, into);
    else into.fault('unknown-shape', 'the attributes are no object');
  }
  return into.result();
};

const STATUS = 'S1_ZT_1';

function readItem(item: unknown, profile: ResolvedProfile, into: Decoding): void {
  if (!isObject(item)) {
    into.fault('unknown-shape', 'telemetry is an object or an array of objects');
    return;
  }
  if (!('ts' in item) && !('values' in item)) {
    readChannels(item, null, profile, into);
    return;
  }
  // Values beside `ts` would be stamped on arrival although the device gave a time: refused rather than guessed.
  if (!isObject(item['values'])) {
    into.fault('unknown-shape', '"ts" comes with "values": {"<channel>": number}');
    return;
  }
  const time = 'ts' in item ? parseDeviceTime(item['ts'], profile.time) : null;
  if (time === undefined) into.fault('bad-time', `ts ${readable(item['ts'])}`);
  else readChannels(item['values'], time, profile, into);
}

function readChannels(values: Record<string, unknown>, time: number | null, profile: ResolvedProfile, into: Decoding): void {
  for (const [given, raw] of Object.entries(values)) {
    const channel = canonicalChannel(given);
    const field = profile.field(channel);
    const value = readNumber(raw);
    if (!field) into.fault('unknown-code', given);
    else if (value === undefined) into.fault('bad-value', `${given} is no finite number`);
    else into.sample(into.context.deviceId, properName(channel, field.name, field.map), field, time, value);
  }
}

/** An alias of a field is stored under the field's own name. */
function properName(channel: string, field: string, map: boolean): string {
  return map ? channel : channelName(splitChannel(channel).sensor, field);
}

/** Never JSON.stringify here: a value nested thousands deep would end the stack. */
const readable = (ts: unknown): string => (typeof ts === 'string' || typeof ts === 'number' ? String(ts) : 'is no number');
