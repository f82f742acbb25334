import type { Codec, GnssSite, SensorReader } from '#libs/contracts';
import { Decoding } from '../decoding.js';
import { readNmea } from '../gnss-nmea/solutions.js';
import { readPos } from '../rtklib/solutions.js';
import { alongSlide, baselineAt, displacement } from './displacement.js';
import { judgeSolution, type GnssSolution } from './solution.js';

/** Whose solutions a text holds. */
export interface GnssStation {
  deviceId: string;
  reader: SensorReader;
  site?: GnssSite;
}

/** Reads `v1/devices/me/gnss`: NMEA 0183 sentences or RTKLIB solutions of the sender, as displacement of its sensor L1_GP_1. */
export const gnssCodec: Codec = (payload, context) => {
  const into = new Decoding(context);
  const source = into.source(context.deviceId);
  const reader = source?.profile.reader('L1_GP_1');
  if (source && !reader) into.fault('unknown-code', `profile ${source.profile.id} has no GNSS sensor`);
  else if (source && reader) {
    const station = { deviceId: context.deviceId, reader, site: source.site };
    if (!readGnssText(payload, station, into)) into.fault('unknown-shape', 'neither NMEA sentences nor RTKLIB solutions');
  }
  return into.result();
};

/** Reads the text of a receiver; false: it is none, and nothing was noted. */
export function readGnssText(bytes: Uint8Array, station: GnssStation, into: Decoding): boolean {
  const text = new TextDecoder().decode(bytes);
  const start = /\S/.exec(text)?.index ?? 0;
  const lines = text[start] === '$' ? readNmea(text) : /^(?:%|\d{4}[/\s])/.test(text.slice(start, start + 6)) ? readPos(text) : undefined;
  if (!lines) return false;
  for (const line of lines)
    if ('reason' in line) into.fault(line.reason, line.detail);
    else readSolution(line, station, into);
  return true;
}

function readSolution(solution: GnssSolution, { deviceId, reader, site }: GnssStation, into: Decoding): void {
  const worth = judgeSolution(solution);
  if (typeof worth === 'object') {
    into.fault('no-fix', worth.refused);
    return;
  }
  const baseline = baselineAt(site?.baselines ?? [], solution.time);
  if (!baseline) {
    into.fault('no-baseline', `${reader.code}: register the initial coordinates of ${deviceId}; it stood at ${where(solution)}`);
    return;
  }
  const moved = displacement(solution.position, baseline);
  if ('fault' in moved) {
    into.fault('bad-value', `${reader.code}: ${moved.fault}`);
    return;
  }
  const direction = site?.slideDirection;
  const values = {
    gpsTotalX: moved.north,
    gpsTotalY: moved.east,
    gpsTotalZ: moved.up,
    ...(direction === undefined ? {} : { slide: alongSlide(moved, direction) }),
  };
  for (const [name, value] of Object.entries(values)) {
    const field = reader.spec.fields.find((each) => each.name === name);
    if (field) into.computed(deviceId, `${reader.code}.${name}`, field, solution.time, value, worth === 'float' ? ['gnss-float'] : []);
  }
}

const where = ({ position }: GnssSolution): string =>
  'latitude' in position
    ? `${position.latitude.toFixed(9)}, ${position.longitude.toFixed(9)}, ${position.height.toFixed(4)} m`
    : `east ${position.east.toFixed(4)}, north ${position.north.toFixed(4)}, up ${position.up.toFixed(4)} m`;
