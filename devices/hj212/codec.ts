import type { Codec, QualityFlag } from '#libs/contracts';
import { Decoding } from '../decoding.js';
import { parseDeviceTime } from '../time.js';
import { readNumber } from '../value.js';
import { packetsOf, type Hj212Packet } from './packet.js';

/** Kinds of data by command number, and which of our fields their parts go to. */
const kinds: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map<string, Readonly<Record<string, string>>>([
  ['2011', { Rtd: 'value' }],
  ['2051', { Avg: 'minute', Max: 'minuteMax' }],
  ['2061', { Avg: 'hour', Max: 'hourMax' }],
  ['2031', { Avg: 'day', Max: 'dayMax' }],
]);

/** Parts that are read by nobody here: least values, sums, adjusted and sampled values, times. */
const unused: ReadonlySet<string> = new Set(['Min', 'Cou', 'ZsRtd', 'ZsMin', 'ZsAvg', 'ZsMax', 'SampleTime', 'EFlag', 'Info', 'SN']);

/**
 * Data flags (HJ 212-2017 §6.6.6): N is normal. What the analyser itself calls no measurement is a fault, not a reading;
 * what it measured while somebody worked on it is kept and marked.
 */
const flagged: ReadonlyMap<string, readonly QualityFlag[] | string> = new Map<string, readonly QualityFlag[] | string>([
  ['N', []],
  ['M', ['maintenance']],
  ['C', ['maintenance']],
  ['T', ['range']],
  ['F', 'the analyser is stopped'],
  ['D', 'the analyser is faulty'],
  ['B', 'the analyser does not answer its logger'],
  ['S', 'set by hand'],
]);

/** HJ 212-2017, data upwards only: packets of one message. Of several parts the first gives the time where the others have none. */
export const hj212Codec: Codec = (payload, context) => {
  const into = new Decoding(context);
  const packets = packetsOf(payload);
  if (!packets) into.fault('unreadable-frame', 'no whole HJ 212 packet');
  else {
    const first = itemsOf(packets[0]?.cp ?? '')
      .get('DataTime')
      ?.get('');
    for (const packet of packets) readPacket(packet, first, into);
  }
  return into.result();
};

function readPacket(packet: Hj212Packet, firstTime: string | undefined, into: Decoding): void {
  const fields = kinds.get(packet.cn);
  if (!fields) {
    into.fault('unknown-shape', `CN ${packet.cn}: only data is read (2011, 2051, 2061, 2031)`);
    return;
  }
  const { deviceId } = into.context;
  const profile = into.profile(deviceId);
  if (!profile) return;
  const items = itemsOf(packet.cp);
  const text = items.get('DataTime')?.get('') ?? firstTime;
  const time = parseDeviceTime(civilTime(text), profile.time);
  if (time === undefined) {
    into.fault('bad-time', `DataTime ${text ?? 'missing'}`);
    return;
  }
  for (const [factor, parts] of items) if (factor !== 'DataTime') readFactor({ factor, parts, fields, time }, into);
}

interface Factor {
  factor: string;
  parts: ReadonlyMap<string, string>;
  fields: Readonly<Record<string, string>>;
  time: number;
}

function readFactor({ factor, parts, fields, time }: Factor, into: Decoding): void {
  const { deviceId } = into.context;
  const profile = into.profile(deviceId);
  const reader = /^[A-Za-z]\w{0,15}$/.test(factor) ? profile?.reader(`M1_${factor.toUpperCase()}_1`) : undefined;
  if (!reader) {
    into.fault('unknown-code', `factor ${factor}`);
    return;
  }
  const quality = flagged.get(parts.get('Flag') ?? 'N');
  if (typeof quality !== 'object') {
    into.fault('bad-value', `${factor}: ${quality ?? `unknown flag ${parts.get('Flag')}`}`);
    return;
  }
  for (const [part, text] of parts) {
    const field = Object.hasOwn(fields, part) ? reader.field(fields[part] ?? '') : undefined;
    const value = readNumber(text);
    if (part === 'Flag' || unused.has(part)) continue;
    if (!field) into.fault('unknown-code', `${factor}-${part}`);
    else if (value === undefined) into.fault('bad-value', `${factor}-${part} is no finite number`);
    else if (quality.length === 0) into.take(deviceId, field, time, value);
    else into.computed(deviceId, field.channel, field.field, time, value * field.factor + field.offset, quality);
  }
}

/** `a34001-Rtd=1.1,a34001-Flag=N;DataTime=…` by factor and part. Bounded by the packet's four digits of length. */
function itemsOf(cp: string): Map<string, Map<string, string>> {
  const items = new Map<string, Map<string, string>>();
  for (const item of cp.split(/[;,]/)) {
    const equal = item.indexOf('=');
    if (equal <= 0) continue;
    const [name, value] = [item.slice(0, equal).trim(), item.slice(equal + 1).trim()];
    const dash = name.indexOf('-');
    const factor = dash < 0 ? name : name.slice(0, dash);
    const parts = items.get(factor) ?? new Map<string, string>();
    items.set(factor, parts.set(dash < 0 ? '' : name.slice(dash + 1), value));
  }
  return items;
}

/** `yyyyMMddHHmmss` as the time rule reads it. */
function civilTime(text: string | undefined): string | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text ?? '');
  return match ? `${match[1]}-${match[2]}-${match[3]} ${match[4]}:${match[5]}:${match[6]}` : undefined;
}
