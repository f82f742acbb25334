import type { FieldReader, SensorReader } from '#libs/contracts';
import type { Decoding } from './decoding.js';
import { isObject } from './json.js';

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/** A number as devices write it: number, text of one, true/false. Undefined: none, or not finite. */
export function readNumber(raw: unknown): number | undefined {
  if (typeof raw === 'number') return Number.isFinite(raw) ? raw : undefined;
  if (typeof raw === 'boolean') return raw ? 1 : 0;
  if (typeof raw !== 'string' || raw.length > 40 || !decimal.test(raw.trim())) return undefined;
  const value = Number(raw);
  return Number.isFinite(value) ? value : undefined;
}

/** What is being read: which sensor of which device, at which device time (null: stamped on arrival). */
export interface SensorAt {
  deviceId: string;
  reader: SensorReader;
  time: number | null;
}

/**
 * Reads one sensor value in any of the forms of the field (domain glossary, sensor codes): a bare number, `{"value":…}`,
 * an object of fields, or text "1.2,3.4" in the profile's order.
 */
export function readValue(at: SensorAt, raw: unknown, into: Decoding): void {
  if (isObject(raw)) {
    for (const name of Object.keys(raw)) readField(at, name, raw[name], into);
    return;
  }
  if (typeof raw === 'string' && raw.includes(',')) {
    readCsv(at, raw, into);
    return;
  }
  const { only, spec, code } = at.reader;
  if (only) readInto(at, only, raw, into);
  else into.fault('unknown-shape', `${code}: one value where ${spec.fields.map(({ name }) => name).join(', ')} are expected`);
}

function readCsv(at: SensorAt, raw: string, into: Decoding): void {
  const order = at.reader.csv;
  const parts = raw.split(',');
  if (!order || parts.length !== order.length) {
    into.fault(
      'unknown-shape',
      `${at.reader.code}: a text of ${parts.length} values, the profile has ${order?.length ?? 'no'} in this form`,
    );
    return;
  }
  for (const [index, field] of order.entries()) readInto(at, field, parts[index], into);
}

function readField(at: SensorAt, name: string, raw: unknown, into: Decoding): void {
  const field = at.reader.field(name);
  if (field && !field.field.map) readInto(at, field, raw, into);
  else if (field && isObject(raw)) {
    for (const key of Object.keys(raw))
      if (/^\w{1,40}$/.test(key)) readInto(at, field, raw[key], into, key);
      else into.fault('unknown-code', `${field.channel}.${key}`);
  } else if (field) into.fault('unknown-shape', `${at.reader.code}.${name} is no object`);
  else if (!at.reader.isText(name)) into.fault('unknown-code', `${at.reader.code}.${name}`);
  else if (typeof raw === 'string' || typeof raw === 'number') into.fact(at.deviceId, name, String(raw));
  else into.fault('bad-value', `${at.reader.code}.${name} is no text`);
}

/** Reads one number under a field the caller has found. */
export function readInto(at: Pick<SensorAt, 'deviceId' | 'time'>, field: FieldReader, raw: unknown, into: Decoding, key?: string): void {
  // true as 1 is a state; as 1 mm it would be a measurement nobody made.
  const value = typeof raw === 'boolean' && field.field.unit !== '1' ? undefined : readNumber(raw);
  if (value === undefined) into.fault('bad-value', `${field.channel}${key === undefined ? '' : `.${key}`} is no finite number`);
  else into.take(at.deviceId, field, at.time, value, key);
}
