import type { ResolvedProfile, SensorReader } from '#libs/contracts';
import type { Decoding } from '../decoding.js';
import { isObject } from '../json.js';
import { looksLikeTime, parseDeviceTime } from '../time.js';
import { readValue } from '../value.js';

/** How the JSON of a frame is to be understood. */
export interface Speaking {
  type: 1 | 2 | 3 | 5 | null;
  /** From an envelope as old as a replay: a value without a time of its own would be stamped with now, which it is not. */
  stale: boolean;
}

/** One device of a frame: `{"<sensor code>": …}`, with an `"at"` for all of them where the variant has it. */
export function readDevice(deviceId: string, sensors: unknown, speaking: Speaking, into: Decoding): void {
  const profile = into.profile(deviceId);
  if (!profile) return;
  if (!isObject(sensors)) {
    into.fault('unknown-shape', `${deviceId} holds no sensors`);
    return;
  }
  const at = sensors['at'];
  for (const code of Object.keys(sensors)) if (code !== 'at') readSensor({ deviceId, profile, speaking, at }, code, sensors[code], into);
}

/** The OneNET form `{"datastreams":[{"id":"<sensor code>","datapoints":[{"at":…,"value":…}]}]}`: it speaks for its sender. */
export function readDatastreams(streams: readonly unknown[], speaking: Speaking, into: Decoding): void {
  const { deviceId } = into.context;
  const profile = into.profile(deviceId);
  if (!profile) return;
  for (const stream of streams)
    if (isObject(stream) && typeof stream['id'] === 'string' && Array.isArray(stream['datapoints']))
      readSensor({ deviceId, profile, speaking, at: undefined }, stream['id'], stream['datapoints'], into);
    else into.fault('unknown-shape', 'a datastream has an id and datapoints');
}

interface Whose {
  deviceId: string;
  profile: ResolvedProfile;
  speaking: Speaking;
  /** Time of everything the device says that has none of its own; undefined: none was given. */
  at: unknown;
}

function readSensor(whose: Whose, code: string, raw: unknown, into: Decoding): void {
  const { deviceId, profile, speaking } = whose;
  const reader = profile.reader(code);
  if (!reader) into.fault('unknown-code', `${code} is no sensor of profile ${profile.id}`);
  else if (isAt(raw)) readAt(whose, reader, raw, into);
  else if (Array.isArray(raw) && raw.length > 0 && raw.every(isAt)) for (const each of raw) readAt(whose, reader, each, into);
  else if (isTimed(raw, speaking.type)) {
    for (const text of Object.keys(raw)) readTimedValue({ deviceId, profile, code, reader }, text, raw[text], into);
  } else if (whose.at !== undefined) readTimed(whose, reader, whose.at, raw, into);
  else if (speaking.type === 2) into.fault('bad-time', `${code}: a type 2 frame gives a time to each value`);
  else if (speaking.stale)
    into.fault('replayed', `${code} has no time of its own, and its envelope was sealed too long ago to be stamped now`);
  else readValue({ deviceId, reader, time: null }, raw, into);
}

/** `"<time>":<value>` of a sensor. */
export function readTimedValue(
  { deviceId, profile, code, reader }: { deviceId: string; profile: ResolvedProfile; code: string; reader: SensorReader },
  text: string,
  raw: unknown,
  into: Decoding,
): void {
  const time = parseDeviceTime(text, profile.time);
  if (time === undefined) into.fault('bad-time', `${code}: ${text}`);
  else readValue({ deviceId, reader, time }, raw, into);
}

/** Type 1 and frames without header should carry no time; where the keys are times all the same, they are taken as such. */
function isTimed(raw: unknown, type: Speaking['type']): raw is Record<string, unknown> {
  if (!isObject(raw)) return false;
  return type === 2 || Object.keys(raw).some(looksLikeTime);
}

/** `{"at":"<time>","value":…}`; no sensor of the catalogue has a field called `at`. */
const isAt = (raw: unknown): raw is Record<string, unknown> => isObject(raw) && Object.hasOwn(raw, 'at');

function readAt(whose: Whose, reader: SensorReader, raw: Record<string, unknown>, into: Decoding): void {
  const { at, ...value } = raw;
  const only = Object.keys(value).length === 1 && isObject(value['value']) ? value['value'] : value;
  readTimed(whose, reader, at, only, into);
}

function readTimed({ deviceId, profile }: Whose, reader: SensorReader, at: unknown, raw: unknown, into: Decoding): void {
  const time = parseDeviceTime(at, profile.time);
  if (time === undefined)
    into.fault('bad-time', `${reader.code}: ${typeof at === 'string' || typeof at === 'number' ? at : 'at is no time'}`);
  else readValue({ deviceId, reader, time }, raw, into);
}
