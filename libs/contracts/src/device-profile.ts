import { z } from 'zod';
import { splitChannel } from './channel.js';
import type { DeviceProfileSummary } from './device.js';
import { Unit } from './unit.js';

const FieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, 'field name: letters, digits, _');
const Title = z.strictObject({ zh: z.string().min(1).max(40), en: z.string().min(1).max(60) });

/** One number a sensor reports. `range` is what the instrument can measure: outside it the sample is flagged `range`, never dropped. */
export const ProfileField = z
  .strictObject({
    name: FieldName,
    title: Title,
    unit: Unit,
    range: z.tuple([z.number(), z.number()]),
    /** One standard deviation of the instrument, in `unit`: a smaller change is noise (domain.md §2.2). */
    accuracy: z.number().positive().optional(),
    /** Other names vendors use for the same number (`trend` for `AZI`). */
    aliases: z.array(FieldName).default([]),
    /** Rises until it is reset (rain total): a fall is flagged `reset`. */
    accumulator: z.boolean().default(false),
    /** What the device sends times `factor` is the value in `unit` (one crack firmware sends mm × 1000: 0.001). */
    factor: z.number().positive().default(1),
    /** 0 means "I don't know" (lon/lat before the first fix); stored, it would put the device in the Gulf of Guinea. */
    zeroIsAbsent: z.boolean().default(false),
    /** The device sends an object of such numbers (`sensor_state: {L1_LF_1: 0}`); each is a field `<name>.<key>`. */
    map: z.boolean().default(false),
  })
  .refine((field) => field.range[0] < field.range[1], { message: 'range: the lower end comes first', path: ['range'] });
export type ProfileField = z.infer<typeof ProfileField>;

/** One sensor type a profile may carry, by its code without the running number: `L1_GP` stands for L1_GP_1, L1_GP_2… (DZ/T 0450 App B). */
export const SensorSpec = z
  .strictObject({
    code: z.string().regex(/^[A-Z][A-Z0-9]*(_[A-Z][A-Z0-9]*)+$/, 'sensor code without its number, e.g. L1_GP'),
    title: Title,
    fields: z.array(ProfileField).min(1),
    /** Order of the numbers when the device sends them as one text "1.2,3.4" (domain.md §1.4). */
    csv: z.array(FieldName).optional(),
    /** Fields that are words (firmware version, IMEI): known, read, no readings. */
    texts: z.array(FieldName).default([]),
  })
  .superRefine((sensor, context) => {
    const names = sensor.fields.flatMap((field) => [field.name, ...field.aliases]).concat(sensor.texts);
    for (const name of names.filter((each, at) => names.indexOf(each) !== at))
      context.addIssue({ code: 'custom', message: `field ${name} of ${sensor.code} is there twice`, path: ['fields'] });
    for (const name of (sensor.csv ?? []).filter((each) => !sensor.fields.some((field) => field.name === each)))
      context.addIssue({ code: 'custom', message: `csv names ${name}, which is no field of ${sensor.code}`, path: ['csv'] });
  });
export type SensorSpec = z.infer<typeof SensorSpec>;

/** How the device writes time. China keeps UTC+8 all year (no summer time since 1991). */
export const TimeRule = z.strictObject({
  /** What a time that ends in `Z` is: some firmwares put `Z` behind local time (domain.md §1.4). */
  marked: z.enum(['utc', 'local']).default('utc'),
  /** What a time without zone is. */
  unmarked: z.enum(['utc', 'local']).default('local'),
});
export type TimeRule = z.infer<typeof TimeRule>;

/** One `device.yaml`. */
export const DeviceProfile = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, 'profile id: small letters, digits, -'),
  title: Title,
  /** Profiles whose sensors this one carries too. */
  extends: z.array(z.string()).default([]),
  /** Default upload interval, seconds. Silence and lateness are measured in it. */
  interval: z.number().int().min(1).max(259_200),
  time: TimeRule.default({ marked: 'utc', unmarked: 'local' }),
  sensors: z.array(SensorSpec).default([]),
});
export type DeviceProfile = z.infer<typeof DeviceProfile>;

/** A profile with everything it extends, ready for the hot path. */
export interface ResolvedProfile {
  id: string;
  title: { zh: string; en: string };
  interval: number;
  time: TimeRule;
  sensors: readonly SensorSpec[];
  /** By the code with its number, e.g. `L1_GP_1`. */
  sensor(code: string): SensorSpec | undefined;
  /** By channel, e.g. `L1_GP_1.gpsTotalX`, or `S1_ZT_1.sensor_state.L1_LF_1` for a map. */
  field(channel: string): ProfileField | undefined;
}

/** Every instrument the station knows. */
export interface DeviceCatalogue {
  profile(id: string): ResolvedProfile | undefined;
  profiles(): readonly ResolvedProfile[];
  summaries(): readonly DeviceProfileSummary[];
}

/** Name a device used for a field → the field; undefined: unknown. */
export const sensorField = (sensor: SensorSpec, name: string): ProfileField | undefined =>
  sensor.fields.find((field) => field.name === name || field.aliases.includes(name));

/**
 * Joins profiles to a catalogue.
 * @throws Error naming the profile, when one extends what is not there or two give the same sensor code
 */
export function catalogueOf(profiles: readonly DeviceProfile[]): DeviceCatalogue {
  const byId = new Map(profiles.map((profile) => [profile.id, profile]));
  if (byId.size !== profiles.length) throw new Error('device catalogue: two profiles have the same id');
  const resolved = new Map(profiles.map((profile) => [profile.id, resolve(profile, byId)]));
  return {
    profile: (id) => resolved.get(id),
    profiles: () => [...resolved.values()],
    summaries: () => [...resolved.values()].map(summary),
  };
}

function resolve(profile: DeviceProfile, byId: ReadonlyMap<string, DeviceProfile>): ResolvedProfile {
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
  const sensor = (code: string): SensorSpec | undefined => {
    const end = code.lastIndexOf('_');
    return end > 0 && /^[1-9]\d{0,2}$/.test(code.slice(end + 1)) ? sensors.get(code.slice(0, end)) : undefined;
  };
  return {
    id: profile.id,
    title: profile.title,
    interval: profile.interval,
    time: profile.time,
    sensors: [...sensors.values()],
    sensor,
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
