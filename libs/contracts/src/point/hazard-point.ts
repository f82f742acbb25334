import { z } from 'zod';
import { DangerZone } from './danger-zone.js';
import { DivisionCode } from './division.js';
import { UnifiedCode } from './ids.js';
import { WarningLevel } from './level.js';
import { IsoTime } from '../time/time.js';

/** Kinds of hazard point; the mine kinds are the last two. */
export const hazardKinds = [
  'landslide',
  'collapse',
  'debris-flow',
  'ground-collapse',
  'ground-fissure',
  'land-subsidence',
  'unstable-slope',
  'open-pit-slope',
  'tailings-pond',
] as const;
export const HazardKind = z.enum(hazardKinds);
export type HazardKind = z.infer<typeof HazardKind>;

/**
 * Release policy of the PUBLIC scope for one level: a person (`manual`), a delay (`auto-after:<seconds>`) or a
 * pre-authorised plan (`immediate`, 临灾自动发布). Default `manual`: a public message no one authorised teaches people not to run.
 */
export const ReleasePolicy = z.union([z.enum(['manual', 'immediate']), z.string().regex(/^auto-after:\d{1,6}$/)]);
export type ReleasePolicy = z.infer<typeof ReleasePolicy>;

export const ReleasePolicies = z.object({
  red: ReleasePolicy.default('manual'),
  orange: ReleasePolicy.default('manual'),
  yellow: ReleasePolicy.default('manual'),
  blue: ReleasePolicy.default('manual'),
});
export type ReleasePolicies = z.infer<typeof ReleasePolicies>;

/** Policies of some levels; one not named is absent, not `manual`. */
export const GivenPolicies = z.object({ red: ReleasePolicy, orange: ReleasePolicy, yellow: ReleasePolicy, blue: ReleasePolicy }).partial();

/** How many people a public message of a person takes: `two` = somebody other than who proposed it signs, and a second signer repeats adjust, cancel and all-clear. */
export const SignOff = z.enum(['one', 'two']);
export type SignOff = z.infer<typeof SignOff>;

/** A drill's own clock: event time runs from `eventStart` at `speed` from `wallStart`, until it meets the wall clock. */
export const Drill = z.object({
  wallStart: IsoTime,
  eventStart: IsoTime,
  speed: z.number().positive().max(1_000_000),
  deliver: z.enum(['simulator', 'real']).default('simulator'),
});
export type Drill = z.infer<typeof Drill>;

export const PointThreshold = z.object({ rule: z.string().min(1), level: WarningLevel, value: z.number() });
export type PointThreshold = z.infer<typeof PointThreshold>;

/** 地质灾害隐患点. Lengths in metres, mainSlideDirection in degrees clockwise from north (主滑方向), WGS84/CGCS2000. */
export const HazardPoint = z.object({
  unifiedCode: UnifiedCode,
  name: z.string().min(1).max(60),
  kind: HazardKind,
  divisionCode: DivisionCode,
  longitude: z.number().min(-180).max(180),
  latitude: z.number().min(-90).max(90),
  threatenedHouseholds: z.number().int().min(0),
  threatenedPeople: z.number().int().min(0),
  mainSlideDirection: z.number().min(0).lt(360).optional(),
  material: z.enum(['soil', 'rock', 'mixed']).optional(),
  slopeHeight: z.number().positive().optional(),
  damGrade: z.number().int().min(1).max(5).optional(),
  dangerZone: DangerZone.optional(),
  rulebook: z.string().min(1).max(64),
  thresholds: z.array(PointThreshold).default([]),
  release: ReleasePolicies,
  /** Absent: as the settings say. */
  signOff: SignOff.optional(),
  drill: Drill.optional(),
  closed: z.boolean().default(false),
  version: z.number().int(),
  createdAt: IsoTime,
  updatedAt: IsoTime,
});
export type HazardPoint = z.infer<typeof HazardPoint>;

export const HazardPointCreate = HazardPoint.omit({ version: true, createdAt: true, updatedAt: true, closed: true }).extend({
  threatenedHouseholds: z.number().int().min(0).default(0),
  threatenedPeople: z.number().int().min(0).default(0),
  rulebook: z.string().min(1).max(64).optional(),
  /** A level not named here follows the county's settings. */
  release: GivenPolicies.default({}),
});
export type HazardPointCreate = z.infer<typeof HazardPointCreate>;

/** Every field optional and without its default: an absent field is left alone (a default inside an optional one would be filled in). */
export const HazardPointPatch = HazardPointCreate.omit({ unifiedCode: true, drill: true })
  .extend({
    threatenedHouseholds: z.number().int().min(0),
    threatenedPeople: z.number().int().min(0),
    thresholds: z.array(PointThreshold),
    release: GivenPolicies,
    closed: z.boolean(),
  })
  .partial();
export type HazardPointPatch = z.infer<typeof HazardPointPatch>;

/**
 * Rulebook a point gets when none is named: the one shipped under its kind. Landslides have two: rock moves less before it fails and
 * faster when it does. Mixed and unnamed material is judged as soil, the commoner of the two.
 */
export function defaultRulebook(kind: HazardKind, material?: HazardPoint['material']): string {
  if (kind !== 'landslide') return kind;
  return material === 'rock' ? 'landslide-rock' : 'landslide-soil';
}
