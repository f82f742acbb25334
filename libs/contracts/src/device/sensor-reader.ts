import { channelName } from '../delivery/channel.js';
import type { ProductSensor } from './device-product.js';
import type { ProfileField, SensorSpec } from './device-profile.js';

/** How one number a device sends becomes a value of one of our channels: sent × factor + offset. */
export interface FieldReader {
  /** The channel it is stored under; of a map the part before the key. */
  channel: string;
  field: ProfileField;
  factor: number;
  offset: number;
  invert: boolean;
  zeroIsAbsent: boolean;
}

/** Everything needed to read one sensor of one device, made once a sensor code and kept. */
export interface SensorReader {
  /** Our code with its number, e.g. `L4_NW_1` also where the product sends `L3_NW_1`. */
  code: string;
  spec: SensorSpec;
  /** By the name the device uses. */
  field(name: string): FieldReader | undefined;
  /** A word (firmware version), no number. */
  isText(name: string): boolean;
  /** What a bare value is; undefined when the sensor has several fields and none is called `value`. */
  only: FieldReader | undefined;
  /** Fields in the order of a text "1.2,3.4"; undefined: not sent in this form. */
  csv: readonly FieldReader[] | undefined;
}

/** The reader of one sensor, with what its product does otherwise. */
export function sensorReader(code: string, spec: SensorSpec, changes?: ProductSensor): SensorReader {
  const fields = new Map<string, FieldReader>();
  const moved = new Set(Object.entries(changes?.fields ?? {}).flatMap(([name, change]) => (change.from === undefined ? [] : [name])));
  for (const field of spec.fields) {
    const change = changes && Object.hasOwn(changes.fields, field.name) ? changes.fields[field.name] : undefined;
    const reader: FieldReader = {
      channel: channelName(code, field.name),
      field,
      factor: change?.factor ?? field.factor,
      offset: change?.offset ?? 0,
      invert: change?.invert ?? false,
      zeroIsAbsent: change?.zeroIsAbsent ?? field.zeroIsAbsent,
    };
    // A field that is sent under another name is not also read under its own: with swapped axes that name is the other axis.
    const names = change?.from === undefined ? [field.name, ...field.aliases] : [change.from];
    for (const name of names) if (change?.from !== undefined || !fields.has(name)) fields.set(name, reader);
  }
  const texts = new Set(spec.texts);
  const order = changes?.csv ?? spec.csv?.map((name) => (moved.has(name) ? (changes?.fields[name]?.from ?? name) : name));
  const csv = order?.flatMap((name) => fields.get(name) ?? []);
  return {
    code,
    spec,
    field: (name) => fields.get(name),
    isText: (name) => texts.has(name),
    only: fields.get('value') ?? (csv?.length === 1 ? csv[0] : undefined),
    csv: csv?.length === order?.length ? csv : undefined,
  };
}
