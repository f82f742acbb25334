import type { Codec, ResolvedProfile, SensorSpec } from '#libs/contracts';
import { Decoding, printable } from '../decoding.js';
import { isObject, parseJson } from '../json.js';
import { looksLikeTime, parseDeviceTime } from '../time.js';
import { readValue } from '../value.js';
import { splitFrames } from './frame.js';

/**
 * Reads a `$dp` payload. Every sample of every time is kept: a device that was offline sends hours of them in one frame.
 * Deviations of the field are read where they are unambiguous and named as faults where they are not.
 */
export const nationalCodec: Codec = (payload, context) => {
  const into = new Decoding(context);
  for (const frame of splitFrames(payload)) {
    if ('fault' in frame) into.fault('unreadable-frame', frame.fault);
    else if (frame.type === 3)
      into.fault('unknown-shape', `file frame (type 3), ${frame.stream} bytes of stream, descriptor ${describe(frame.descriptor)}`);
    else readJson(frame.json, frame.type, into);
  }
  return into.result();
};

const describe = (descriptor: Uint8Array): string => printable(new TextDecoder().decode(descriptor.subarray(0, 160)));

function readJson(bytes: Uint8Array, type: 1 | 2 | null, into: Decoding): void {
  const parsed = parseJson(bytes);
  if ('fault' in parsed) into.fault('unreadable-json', parsed.fault);
  else if (!isObject(parsed.value)) into.fault('unknown-shape', 'the JSON is no object of devices');
  else if (isObject(parsed.value['header']) && isObject(parsed.value['bodies']))
    into.fault('unknown-shape', 'encrypted envelope; no key is configured for its application');
  else for (const [deviceId, sensors] of Object.entries(parsed.value)) readDevice(deviceId, sensors, type, into);
}

function readDevice(deviceId: string, sensors: unknown, type: 1 | 2 | null, into: Decoding): void {
  const profile = into.profile(deviceId);
  if (!profile) return;
  if (!isObject(sensors)) {
    into.fault('unknown-shape', `${deviceId} holds no sensors`);
    return;
  }
  for (const [code, raw] of Object.entries(sensors)) {
    const spec = profile.sensor(code);
    if (!spec) into.fault('unknown-code', `${code} is no sensor of profile ${profile.id}`);
    else if (isTimed(raw, type)) readTimes(deviceId, code, spec, raw, profile, into);
    else if (type === 2) into.fault('bad-time', `${code}: a type 2 frame gives a time to each value`);
    else readValue({ deviceId, code, spec, time: null }, raw, into);
  }
}

/** Type 1 and frames without header should carry no time; where the keys are times all the same, they are taken as such. */
function isTimed(raw: unknown, type: 1 | 2 | null): raw is Record<string, unknown> {
  if (!isObject(raw)) return false;
  return type === 2 || Object.keys(raw).some(looksLikeTime);
}

function readTimes(
  deviceId: string,
  code: string,
  spec: SensorSpec,
  byTime: Record<string, unknown>,
  profile: ResolvedProfile,
  into: Decoding,
): void {
  for (const [text, raw] of Object.entries(byTime)) {
    const time = parseDeviceTime(text, profile.time);
    if (time === undefined) into.fault('bad-time', `${code}: ${text}`);
    else readValue({ deviceId, code, spec, time }, raw, into);
  }
}
