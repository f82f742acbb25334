import { printable, type Decoding } from '../decoding.js';
import { readGnssText } from '../gnss/text.js';
import { isObject, parseJson } from '../json.js';

/** The field of a GNSS sensor whose stream is observations, not a picture (DZ/T 0450 §8.3). */
const OBSERVATION = 'gpsInitial';
/** More files in one descriptor than a device has sensors is no descriptor. */
const MAX_DESCRIBED = 16;

/**
 * A file frame: pictures, logs, GNSS observations. What a station can read itself, the solutions of a GNSS receiver under
 * `{"<device>":{"L1_GP_1":{"gpsInitial":…}}}`, becomes readings. Everything else is kept whole in quarantine under a reason
 * of its own, with length and hash, so that nothing is lost and a person can fetch it.
 */
export function readFile(descriptor: Uint8Array, stream: Uint8Array, into: Decoding): void {
  const parsed = parseJson(descriptor);
  if ('fault' in parsed || !isObject(parsed.value) || Object.keys(parsed.value).length === 0) {
    into.fault('unreadable-json', `descriptor of a file frame: ${'fault' in parsed ? parsed.fault : 'no object'}`);
    return;
  }
  let read = false;
  for (const { deviceId, code } of described(parsed.value)) {
    const source = into.source(deviceId);
    const reader = source?.profile.reader(code);
    if (!source || !reader?.field('gpsTotalX')) continue;
    read = readGnssText(stream, { deviceId, reader, site: source.site }, into) || read;
  }
  if (!read) into.fault('file-frame', `${stream.length} bytes${hashOf(stream, into)}, descriptor ${summary(descriptor)}`);
}

/** Devices and sensor codes a descriptor gives observations of. */
function* described(value: Record<string, unknown>): Generator<{ deviceId: string; code: string }> {
  let count = 0;
  for (const deviceId of Object.keys(value)) {
    const sensors = value[deviceId];
    if (!isObject(sensors)) continue;
    for (const code of Object.keys(sensors)) {
      const sensor = sensors[code];
      if (!isObject(sensor) || !Object.hasOwn(sensor, OBSERVATION)) continue;
      count += 1;
      if (count > MAX_DESCRIBED) return;
      yield { deviceId, code };
    }
  }
}

const hashOf = (stream: Uint8Array, into: Decoding): string => {
  const hash = into.context.tools?.sha256?.(stream);
  return hash === undefined ? '' : `, SHA-256 ${hash}`;
};
const summary = (descriptor: Uint8Array): string => printable(new TextDecoder().decode(descriptor.subarray(0, 160)));
