import { splitChannel } from '../delivery/channel.js';
import type { DeviceCatalogue, DeviceProfile, ProfileField, ResolvedProfile, SensorSpec } from './device-profile.js';
import type { DeviceProduct } from './device-product.js';
import type { DeviceProfileSummary } from './device.js';
import { sensorReader, type SensorReader } from './sensor-reader.js';

/** Name a device used for a field → the field; undefined: unknown. */
export const sensorField = (sensor: SensorSpec, name: string): ProfileField | undefined =>
  sensor.fields.find((field) => field.name === name || field.aliases.includes(name));

/**
 * Joins profiles, and the products made to them, to a catalogue. A product is chosen like a profile, by its id.
 * @throws Error naming the profile, when one extends what is not there, two give the same sensor code, or a product maps what its profile has not
 */
export function catalogueOf(profiles: readonly DeviceProfile[], products: readonly DeviceProduct[] = []): DeviceCatalogue {
  const byId = new Map(profiles.map((profile) => [profile.id, profile]));
  const ids = [...profiles, ...products].map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw new Error(`device catalogue: two profiles have the same id ${twice}`);
  const resolved = new Map(profiles.map((profile) => [profile.id, resolve(profile, sensorsOf(profile, byId))]));
  for (const product of products) {
    const profile = byId.get(product.of);
    if (!profile) throw new Error(`device product ${product.id} is made to ${product.of}, which is not in the catalogue`);
    resolved.set(product.id, resolve(profile, sensorsOf(profile, byId), product));
  }
  return {
    profile: (id) => resolved.get(id),
    profiles: () => [...resolved.values()],
    summaries: () => [...resolved.values()].map(summary),
  };
}

function sensorsOf(profile: DeviceProfile, byId: ReadonlyMap<string, DeviceProfile>): ReadonlyMap<string, SensorSpec> {
  const sensors = new Map<string, SensorSpec>();
  const collect = (from: DeviceProfile, way: readonly string[]): void => {
    if (way.includes(from.id)) throw new Error(`device profile ${profile.id} extends itself: ${[...way, from.id].join(' → ')}`);
    for (const sensor of from.sensors) {
      const known = sensors.get(sensor.code);
      if (known && known !== sensor) throw new Error(`device profile ${profile.id}: ${sensor.code} is defined twice (again in ${from.id})`);
      sensors.set(sensor.code, sensor);
    }
    for (const id of from.extends) {
      const parent = byId.get(id);
      if (!parent) throw new Error(`device profile ${from.id} extends ${id}, which is not in the catalogue`);
      collect(parent, [...way, from.id]);
    }
  };
  collect(profile, []);
  return sensors;
}

/** `L1_GP_12` → `L1_GP` and `12`; undefined when no running number of 1–999 ends it. */
function splitCode(code: string): { type: string; number: string } | undefined {
  const end = code.lastIndexOf('_');
  const number = code.slice(end + 1);
  return end > 0 && /^[1-9]\d{0,2}$/.test(number) ? { type: code.slice(0, end), number } : undefined;
}

function resolve(profile: DeviceProfile, sensors: ReadonlyMap<string, SensorSpec>, product?: DeviceProduct): ResolvedProfile {
  if (product) checkProduct(product, sensors);
  const sensor = (code: string): SensorSpec | undefined => {
    const parts = splitCode(code);
    return parts && sensors.get(parts.type);
  };
  const reader = keptReaders(sensors, product);
  return {
    id: product?.id ?? profile.id,
    title: product?.title ?? profile.title,
    interval: product?.interval ?? profile.interval,
    time: product?.time ?? profile.time,
    sensors: [...sensors.values()],
    sensor,
    reader,
    field: (channel) => {
      const { sensor: code, field: name } = splitChannel(channel);
      const spec = sensor(code);
      if (!spec) return undefined;
      const dot = name.indexOf('.');
      const field = sensorField(spec, dot < 0 ? name : name.slice(0, dot));
      return field && field.map === dot >= 0 ? field : undefined;
    },
  };
}

/** Readers are made once a code. Only codes of known sensors with numbers up to 999 are kept, so no device can fill the memory. */
function keptReaders(sensors: ReadonlyMap<string, SensorSpec>, product?: DeviceProduct): (code: string) => SensorReader | undefined {
  const kept = new Map<string, SensorReader>();
  return (code) => {
    const known = kept.get(code);
    if (known) return known;
    const parts = splitCode(code);
    if (!parts) return undefined;
    const renamed = product && Object.hasOwn(product.codes, parts.type) ? product.codes[parts.type] : undefined;
    const type = renamed ?? parts.type;
    const spec = sensors.get(type);
    if (!spec) return undefined;
    const changes = product && Object.hasOwn(product.sensors, type) ? product.sensors[type] : undefined;
    const made = sensorReader(`${type}_${parts.number}`, spec, changes);
    kept.set(code, made);
    return made;
  };
}

function checkProduct(product: DeviceProduct, sensors: ReadonlyMap<string, SensorSpec>): void {
  const wrong = (text: string): Error => new Error(`device product ${product.id}: ${text}`);
  for (const [sent, code] of Object.entries(product.codes))
    if (!sensors.has(code)) throw wrong(`${sent} → ${code}, which profile ${product.of} does not have`);
  for (const [code, { csv, fields }] of Object.entries(product.sensors)) {
    const spec = sensors.get(code);
    if (!spec) throw wrong(`${code} is no sensor of profile ${product.of}`);
    for (const name of Object.keys(fields))
      if (!spec.fields.some((field) => field.name === name)) throw wrong(`${code}.${name} is no field of profile ${product.of}`);
    const reader = sensorReader(`${code}_1`, spec, { csv, fields });
    for (const name of csv ?? []) if (!reader.field(name)) throw wrong(`csv of ${code} names ${name}, which the product does not send`);
  }
}

const summary = (profile: ResolvedProfile): DeviceProfileSummary => ({
  id: profile.id,
  title: profile.title.zh,
  sensors: profile.sensors.map((sensor) => ({
    code: sensor.code,
    fields: sensor.fields.map((field) => field.name),
    unit: (sensor.fields.find((field) => field.name === 'value') ?? sensor.fields[0])?.unit ?? '1',
    units: Object.fromEntries(sensor.fields.map((field) => [field.name, field.unit])),
  })),
});
