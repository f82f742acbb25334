import { channelName, sensorField, type ProfileField, type SensorSpec } from '#libs/contracts';
import type { Decoding } from './decoding.js';
import { isObject } from './json.js';

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/** A number as devices write it: number, text of one, true/false. Undefined: none, or not finite. */
export function readNumber(raw: unknown): number | undefined {
  if (typeof raw === 'boolean') return raw ? 1 : 0;
  const value = typeof raw === 'string' && raw.length <= 40 && decimal.test(raw.trim()) ? Number(raw) : raw;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** What is being read: which sensor of which device, at which device time (null: stamped on arrival). */
export interface SensorAt {
  deviceId: string;
  code: string;
  spec: SensorSpec;
  time: number | null;
}

/**
 * Reads one sensor value in any of the forms of the field (domain glossary, sensor codes): a bare number, `{"value":…}`,
 * an object of fields, or text "1.2,3.4" in the profile's order.
 */
export function readValue(at: SensorAt, raw: unknown, into: Decoding): void {
  if (isObject(raw)) {
    for (const [name, value] of Object.entries(raw)) readField(at, name, value, into);
    return;
  }
  if (typeof raw === 'string' && raw.includes(',')) {
    readCsv(at, raw, into);
    return;
  }
  const only = at.spec.csv?.length === 1 ? at.spec.csv[0] : undefined;
  const field = sensorField(at.spec, 'value') ?? (only === undefined ? undefined : sensorField(at.spec, only));
  if (field) readInto(at, channelName(at.code, field.name), field, raw, into);
  else into.fault('unknown-shape', `${at.code}: one value where ${at.spec.fields.map(({ name }) => name).join(', ')} are expected`);
}

function readCsv(at: SensorAt, raw: string, into: Decoding): void {
  const order = at.spec.csv;
  const parts = raw.split(',');
  if (!order || parts.length !== order.length) {
    into.fault('unknown-shape', `${at.code}: a text of ${parts.length} values, the profile has ${order?.length ?? 'no'} in this form`);
    return;
  }
  for (const [index, name] of order.entries()) readField(at, name, parts[index], into);
}

function readField(at: SensorAt, name: string, raw: unknown, into: Decoding): void {
  if (at.spec.texts.includes(name)) {
    if (typeof raw === 'string' || typeof raw === 'number') into.fact(at.deviceId, name, String(raw));
    else into.fault('bad-value', `${at.code}.${name} is no text`);
    return;
  }
  const field = sensorField(at.spec, name);
  if (!field) into.fault('unknown-code', `${at.code}.${name}`);
  else if (!field.map) readInto(at, channelName(at.code, field.name), field, raw, into);
  else if (isObject(raw)) {
    for (const [key, value] of Object.entries(raw))
      if (/^\w{1,40}$/.test(key)) readInto(at, `${at.code}.${field.name}.${key}`, field, value, into);
      else into.fault('unknown-code', `${at.code}.${field.name}.${key}`);
  } else into.fault('unknown-shape', `${at.code}.${name} is no object`);
}

function readInto(at: SensorAt, channel: string, field: ProfileField, raw: unknown, into: Decoding): void {
  const value = readNumber(raw);
  if (value === undefined) into.fault('bad-value', `${channel} is no finite number`);
  else into.sample(at.deviceId, channel, field, at.time, value);
}
