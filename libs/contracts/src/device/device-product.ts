import { z } from 'zod';
import { FieldName, ProfileId, SensorCode, TimeRule, Title } from './device-profile.js';

/** Where a product gets one of our fields from: value = sent × factor + offset, in the unit of the profile. */
export const ProductField = z.strictObject({
  /** The name the product uses (`trend` for `AZI`; `Y` for X where the axes are swapped); our own name when absent. */
  from: FieldName.optional(),
  /** In place of the profile's factor: 0.001 for a firmware that sends mm × 1000, -1 for an axis that points the other way. */
  factor: z
    .number()
    .refine((factor) => factor !== 0, 'factor: 0 would make every value the same')
    .optional(),
  offset: z.number().default(0),
  /** 0 becomes 1 and everything else 0: a `sensor_state` whose 0 means fault. Ours: 0 = normal. */
  invert: z.boolean().default(false),
  /** 0 means "I don't know" for this product only. */
  zeroIsAbsent: z.boolean().optional(),
});
export type ProductField = z.infer<typeof ProductField>;

export const ProductSensor = z.strictObject({
  /** Order of the names the product sends when it sends text. */
  csv: z.array(FieldName).optional(),
  /** By our field name. */
  fields: z.record(FieldName, ProductField).default({}),
});
export type ProductSensor = z.infer<typeof ProductSensor>;

/**
 * One `products/<id>.yaml`: how the firmware of one vendor deviates from the profile of its instrument. Vendors disagree about
 * codes, names, units, axes and clocks (domain glossary, sensor codes); the difference is data here, never a switch in a codec.
 */
export const DeviceProduct = z.strictObject({
  id: ProfileId,
  title: Title,
  /** The profile it is a product of. */
  of: ProfileId,
  interval: z.number().int().min(1).max(259_200).optional(),
  /** The clock of this firmware, in place of the profile's. */
  time: TimeRule.optional(),
  /** Code the product sends → ours, both without number: `L3_NW: L4_NW`. */
  codes: z.record(SensorCode, SensorCode).default({}),
  /** By our code. */
  sensors: z.record(SensorCode, ProductSensor).default({}),
});
export type DeviceProduct = z.infer<typeof DeviceProduct>;
