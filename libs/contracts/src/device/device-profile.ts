import { z } from 'zod';
import type { DeviceProfileSummary } from './device.js';
import type { SensorReader } from './sensor-reader.js';
import { Unit } from './unit.js';

export const FieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, 'field name: letters, digits, _');
export const Title = z.strictObject({ zh: z.string().min(1).max(40), en: z.string().min(1).max(60) });

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
    /** `false`: bursts are the nature of the quantity (rain, shocks); a sudden value is then no spike. Without `accuracy` there is none either. */
    spike: z.boolean().optional(),
    /**
     * Samples in a row with the very same value after which it is flagged `stuck`. Only where noise is larger than the last digit the
     * device sends; never for accumulators and coarse channels, whose value stands still while all is well.
     */
    stuckAfter: z.number().int().min(3).max(1000).optional(),
    /** Counted from an initial value that may be set anew (`setInitial`): a jump back to zero is flagged `reset`. */
    baseline: z.boolean().optional(),
    /** A battery: below this the readings of the device are flagged `low-battery` until it has recovered. */
    lowBelow: z.number().optional(),
    /** The device sends an object of such numbers (`sensor_state: {L1_LF_1: 0}`); each is a field `<name>.<key>`. */
    map: z.boolean().default(false),
  })
  .refine((field) => field.range[0] < field.range[1], { message: 'range: the lower end comes first', path: ['range'] });
export type ProfileField = z.infer<typeof ProfileField>;

export const SensorCode = z.string().regex(/^[A-Z][A-Z0-9]*(_[A-Z][A-Z0-9]*)+$/, 'sensor code without its number, e.g. L1_GP');
export const ProfileId = z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, 'profile id: small letters, digits, -');

/** One sensor type a profile may carry, by its code without the running number: `L1_GP` stands for L1_GP_1, L1_GP_2… (DZ/T 0450 App B). */
export const SensorSpec = z
  .strictObject({
    code: SensorCode,
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
  /** `gpst`: the device counts GPS time, which runs ahead of UTC by the leap seconds since 1980 (18 s since 2017). */
  scale: z.enum(['utc', 'gpst']).optional(),
});
export type TimeRule = z.infer<typeof TimeRule>;

/** One `device.yaml`. */
export const DeviceProfile = z.strictObject({
  id: ProfileId,
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
  /** How to read what this device sends under a code with its number; undefined: it is no sensor of the profile. The hot path: answers are kept. */
  reader(code: string): SensorReader | undefined;
  /** By channel, e.g. `L1_GP_1.gpsTotalX`, or `S1_ZT_1.sensor_state.L1_LF_1` for a map. */
  field(channel: string): ProfileField | undefined;
}

/** Every instrument the station knows. */
export interface DeviceCatalogue {
  profile(id: string): ResolvedProfile | undefined;
  profiles(): readonly ResolvedProfile[];
  summaries(): readonly DeviceProfileSummary[];
}

/**
 * One standard deviation of what a channel measures, in its unit; undefined where nobody has said.
 * @param profile id of the device's profile; without it (a history read from a file) the first instrument that has such a sensor counts
 */
export function accuracyOf(catalogue: DeviceCatalogue, profile: string | undefined, channel: string): number | undefined {
  const known = profile === undefined ? undefined : catalogue.profile(profile);
  if (known) return known.field(channel)?.accuracy;
  for (const one of catalogue.profiles()) {
    const accuracy = one.field(channel)?.accuracy;
    if (accuracy !== undefined) return accuracy;
  }
  return undefined;
}
