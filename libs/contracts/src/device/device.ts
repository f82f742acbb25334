import { z } from 'zod';
import { KpiFigures } from './device-kpi.js';
import { DeviceId, UnifiedCode } from '../point/ids.js';
import { fromIso, IsoTime } from '../time/time.js';
import { Unit } from './unit.js';

/** One sensor a profile may carry, e.g. code `L1_GP` with fields gpsTotalX… (DZ/T 0450 App B). */
export const ProfileSensor = z.object({
  code: z.string(),
  fields: z.array(z.string()),
  unit: Unit,
  /** Unit of each field (a water level carries its temperature in °C). */
  units: z.record(z.string(), Unit).optional(),
});
export const DeviceProfileSummary = z.object({ id: z.string(), title: z.string(), sensors: z.array(ProfileSensor) });
export type DeviceProfileSummary = z.infer<typeof DeviceProfileSummary>;

/** Coordinates a displacement is counted from: WGS84/CGCS2000 (height above the ellipsoid, m), or metres from the base station of an ENU stream. */
export const GnssOrigin = z.union([
  z.strictObject({
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    height: z.number().min(-1000).max(10_000),
  }),
  z.strictObject({ east: z.number(), north: z.number(), up: z.number() }),
]);
export type GnssOrigin = z.infer<typeof GnssOrigin>;

/**
 * A baseline epoch (基准) of a GNSS station. It ends when the next begins: after `setInitial` displacement counts from zero
 * again; after the base station was moved it continues from `carried`, or the move would look like a landslide.
 */
export const GnssBaseline = z.strictObject({
  since: IsoTime,
  origin: GnssOrigin,
  /** Displacement reached before this epoch, mm; added to what is measured in it. */
  carried: z.strictObject({ north: z.number(), east: z.number(), up: z.number() }).optional(),
});
export type GnssBaseline = z.infer<typeof GnssBaseline>;

/** A station is set up anew some times a year at most. */
const GnssBaselines = z
  .array(GnssBaseline)
  .max(100)
  .refine((all) => all.every(({ since }, at) => at === 0 || fromIso(since) > fromIso(all[at - 1]?.since ?? '')), 'baselines: oldest first')
  .optional();

export const DeviceCreate = z.object({
  deviceId: DeviceId,
  profile: z.string().min(1),
  hazardPoint: UnifiedCode,
  parent: DeviceId.optional(),
  /** Upload interval, seconds; the profile's when absent. Silence and lateness are measured in it. */
  interval: z.number().int().min(1).max(259_200).optional(),
  longitude: z.number().min(-180).max(180).optional(),
  latitude: z.number().min(-90).max(90).optional(),
  /** Made from other data or a model; every reading carries the flag `synthetic`. */
  synthetic: z.boolean().default(false),
  /** Only for stations that send positions (NMEA, RTKLIB) instead of displacements. */
  baselines: GnssBaselines,
});
export type DeviceCreate = z.infer<typeof DeviceCreate>;

/** A registered device. `secretHash` stays in store and broker; it is in no answer. */
export const Device = z.object({
  deviceId: DeviceId,
  profile: z.string(),
  hazardPoint: UnifiedCode,
  divisionCode: z.string(),
  parent: DeviceId.optional(),
  interval: z.number().int(),
  longitude: z.number().optional(),
  latitude: z.number().optional(),
  synthetic: z.boolean(),
  baselines: GnssBaselines,
  /** Sensors whose zero the device set anew (`setInitial`), on the clock of its point; the newest twenty. */
  zeros: z
    .array(z.object({ sensor: z.string(), since: IsoTime }))
    .max(20)
    .optional(),
  createdAt: IsoTime,
});
export type Device = z.infer<typeof Device>;

/** online = a valid packet within its own interval; never "has a session" (domain.md §1.7). */
export const deviceStates = ['online', 'stale', 'offline', 'maintenance', 'unknown'] as const;
export const DeviceState = z.enum(deviceStates);
export type DeviceState = z.infer<typeof DeviceState>;

/** 到报率: samples received over samples due at the device's interval since `since` (a day at most, less after a restart). */
export const DeviceKpi = z.object({
  completeness: z.number().min(0).max(1).nullable(),
  since: IsoTime,
  /** The rates of DZ/T 0450 §11 over the running month, since the civil day `from`. */
  month: KpiFigures.extend({ from: z.string() }).optional(),
});
export type DeviceKpi = z.infer<typeof DeviceKpi>;
export const DeviceView = Device.extend({ state: DeviceState, lastSeen: IsoTime.nullable(), kpi: DeviceKpi.optional() });
export type DeviceView = z.infer<typeof DeviceView>;
