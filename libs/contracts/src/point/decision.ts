import { z } from 'zod';
import { UnifiedCode } from './ids.js';
import { PointLevel, WarningLevel } from './level.js';
import { EpochMs, IsoTime } from '../time/time.js';
import { IndicatorValue, Reason, RuleRef } from '../warning/warning.js';
import { Why } from './why.js';

/**
 * How sure the rulebook is of a level. `awaiting-persistence`: the condition holds but not yet long enough (nobody is
 * messaged). `awaiting-corroboration`: it held, on too few instruments (wall, duty, inspection task; no household).
 * `confirmed`: everything the rule asks for.
 */
export const certainties = ['awaiting-persistence', 'awaiting-corroboration', 'confirmed'] as const;
export const Certainty = z.enum(certainties);
export type Certainty = z.infer<typeof Certainty>;

/**
 * What evaluate says of one hazard point when its level or certainty changes. Pure data; alert turns it into a warning.
 * `level` is the strongest level the rulebook holds now. `confirmedLevel` is the strongest one that is confirmed
 * (a red candidate may stand above a confirmed yellow).
 */
export const PointDecision = z.object({
  hazardPoint: UnifiedCode,
  rule: RuleRef,
  level: PointLevel,
  certainty: Certainty.nullable(),
  confirmedLevel: PointLevel,
  /** Event time of the sample or tick that changed it. */
  eventAt: EpochMs,
  reasons: z.array(Reason),
  evidence: z.array(IndicatorValue),
  /** Caused by late data: corrects the record, never sounds as live. */
  late: z.boolean(),
});
export type PointDecision = z.infer<typeof PointDecision>;

/**
 * Why a level is in force, or why not: the truth of its condition, and the parts of it that hold, that don't, and that are not known. `needs`:
 * what is still lacking until it is confirmed. `fallsAt`: when it is given up if nothing else happens.
 */
export const LevelWhy = z.object({
  level: WarningLevel,
  truth: z.enum(['yes', 'no', 'unknown']),
  certainty: Certainty.nullable(),
  holds: z.array(Reason),
  lacks: z.array(Reason),
  unknown: z.array(Reason),
  needs: z.array(Reason),
  fallsAt: IsoTime.nullable(),
  text: z.object({ zh: z.string(), en: z.string() }),
});
export type LevelWhy = z.infer<typeof LevelWhy>;

/** Answer of `GET /hazard-points/{code}/state`. */
export const PointState = z.object({
  hazardPoint: UnifiedCode,
  level: PointLevel,
  certainty: Certainty.nullable(),
  confirmedLevel: PointLevel,
  rule: RuleRef,
  judgedTo: z.number(),
  eventAt: z.iso.datetime({ offset: true }).nullable(),
  indicators: z.array(IndicatorValue),
  missing: z.array(z.object({ indicator: z.string(), deviceId: z.string().optional(), channel: z.string().optional(), why: Why })),
  /** Strongest first. Made when someone asks for the state of one point; not in the pictures a wall is sent. */
  levels: z.array(LevelWhy).optional(),
  /** Extended watch after a level was given up: the rulebook asks that the point be looked at more closely until then. */
  watch: z.object({ level: WarningLevel, until: IsoTime }).optional(),
  /** Upload interval the rulebook asks of the point's devices at this level, s. */
  uploadInterval: z.number().int().optional(),
});
export type PointState = z.infer<typeof PointState>;

/** `[event time ms, value]`, times rising. Unknown values are left out. */
const Samples = z.array(z.tuple([z.number(), z.number()]));

/**
 * How one indicator of one series came to where it is, for people. Kept in memory and thinned with the extremes kept; after a restart it
 * goes back as far as the indicators' own windows. Nothing is ever judged by it.
 */
export const IndicatorSeries = IndicatorValue.extend({ samples: Samples, thinned: z.boolean() });
export type IndicatorSeries = z.infer<typeof IndicatorSeries>;

/** socket.io `point` to those who watch one (`watch`): its state, and the samples since the last such message. */
export const PointUpdate = z.object({
  state: PointState,
  series: z.array(z.object({ id: z.string(), deviceId: z.string(), channel: z.string(), samples: Samples })),
});
export type PointUpdate = z.infer<typeof PointUpdate>;

/**
 * The part of a point's judgement that can't be rebuilt from readings: level in force, holds running. Opaque to the
 * store (JSON), made and read by libs/evaluate only.
 */
export interface JudgementMark {
  hazardPoint: string;
  /** Every stored reading of the point with seq ≤ judgedTo has been judged (promise 2). */
  judgedTo: number;
  state: unknown;
}
