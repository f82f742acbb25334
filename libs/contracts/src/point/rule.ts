import { z } from 'zod';
import { PointThreshold } from './hazard-point.js';
import { UnifiedCode } from './ids.js';
import { PointLevel, WarningLevel } from './level.js';
import { DAY, IsoTime } from '../time/time.js';

/** Why somebody changes what people are warned by; read years later by an inquiry. */
const GivenReason = z.string().trim().min(1).max(500);
const Version = z.string().min(1).max(64);

/** One immutable version of a rulebook. */
export const RuleVersionView = z.object({
  rulebook: z.string(),
  /** First 12 hex digits of the content's hash. */
  version: z.string(),
  text: z.string(),
  author: z.string(),
  reason: z.string(),
  createdAt: IsoTime,
  /** In force now. */
  active: z.boolean(),
  /** When it last came into force, and by whom. */
  activatedAt: IsoTime.nullable(),
  activatedBy: z.string().nullable(),
});
export type RuleVersionView = z.infer<typeof RuleVersionView>;

export const RuleVersionCreate = z.strictObject({ text: z.string().min(1).max(500_000), reason: GivenReason });
export type RuleVersionCreate = z.infer<typeof RuleVersionCreate>;

/** How a version came into force: with the release, by a person, or back again. */
export const activationKinds = ['release', 'activate', 'rollback'] as const;
export const RuleActivationView = z.object({
  rulebook: z.string(),
  version: z.string(),
  kind: z.enum(activationKinds),
  at: IsoTime,
  by: z.string(),
  reason: z.string(),
  /** The dry run it rests on. */
  dryRun: z.string().nullable(),
  /** Put in force without a finished dry run. */
  forced: z.boolean(),
});
export type RuleActivationView = z.infer<typeof RuleActivationView>;

export const RuleActivation = z.object({
  version: Version,
  reason: GivenReason,
  /** Without a finished dry run of this version against the one in force: for an emergency; it is on record. */
  force: z.boolean().default(false),
});
export type RuleActivation = z.infer<typeof RuleActivation>;
export const RuleRollback = z.strictObject({ reason: GivenReason });
export type RuleRollback = z.infer<typeof RuleRollback>;

/**
 * Shadows that run at once. Each judges every point of its rulebook a second time on the thread that holds PUBACKs: more cost live judgement,
 * fewer than two would not let one county try two proposals against each other.
 */
export const MAX_SHADOWS = 3;
/** Points all shadows together may judge a second time: each costs what the live judgement of a point costs, in the same thread. */
export const MAX_SHADOW_POINTS = 2_000;
/** Longest shadow run. Shorter misses a rainy season's month; longer is forgotten. */
export const MAX_SHADOW_MS = 31 * DAY;
/** Decisions one shadow may record. A flapping draft stops here instead of filling the disk; an honest one makes some dozens a point. */
export const MAX_SHADOW_DECISIONS = 20_000;

export const shadowEnds = ['stopped', 'expired', 'activated', 'too-many-decisions'] as const;
export const ShadowEnd = z.enum(shadowEnds);
export type ShadowEnd = z.infer<typeof ShadowEnd>;

/** A version that runs beside the one in force and only records. */
export const RuleShadow = z.object({
  id: z.string(),
  rulebook: z.string(),
  version: z.string(),
  startedAt: IsoTime,
  startedBy: z.string(),
  reason: z.string(),
  until: IsoTime,
  endedAt: IsoTime.nullable(),
  /** A user, or null when it ended by itself. */
  endedBy: z.string().nullable(),
  end: ShadowEnd.nullable(),
});
export type RuleShadow = z.infer<typeof RuleShadow>;
export const ShadowStart = z.strictObject({
  version: Version,
  reason: GivenReason,
  /** A week from now when absent. */
  until: IsoTime.optional(),
});
export type ShadowStart = z.infer<typeof ShadowStart>;
export const ShadowStop = z.strictObject({ version: Version, reason: GivenReason });
export type ShadowStop = z.infer<typeof ShadowStop>;

/** One change of a point's level as one of two judgements said it. */
export const LevelChange = z.object({
  at: IsoTime,
  level: PointLevel,
  certainty: z.string().nullable(),
  confirmedLevel: PointLevel,
});
export type LevelChange = z.infer<typeof LevelChange>;

const Counts = z.record(WarningLevel, z.number().int());
/** What one judgement did over a stretch of time. */
export const JudgementRecord = z.object({
  /** Stretches with a confirmed colour, by the highest it reached: each would have opened a warning. */
  warnings: Counts,
  /** Stretches with a colour that was never confirmed. */
  candidates: z.number().int(),
  secondsInLevel: z.record(PointLevel, z.number()),
  levelChanges: z.number().int(),
  /** The first of them, oldest first. */
  changes: z.array(LevelChange),
});
export type JudgementRecord = z.infer<typeof JudgementRecord>;

/** Two judgements of one point over the same stretch. */
export const PointImpact = z.object({
  hazardPoint: z.string(),
  name: z.string(),
  live: JudgementRecord,
  next: JudgementRecord,
  /** Warnings more (+) or fewer (−) with the new one, by highest level. */
  warningsMore: Counts,
  readings: z.number().int().optional(),
});
export type PointImpact = z.infer<typeof PointImpact>;
export const ImpactTotals = z.object({
  points: z.number().int(),
  /** Points that either judgement says something else of. */
  pointsChanged: z.number().int(),
  live: JudgementRecord.omit({ changes: true }),
  next: JudgementRecord.omit({ changes: true }),
  warningsMore: Counts,
});
export type ImpactTotals = z.infer<typeof ImpactTotals>;

/** What a shadow would have done, against what the version in force did meanwhile. */
export const ShadowSummary = z.object({
  shadow: RuleShadow,
  from: IsoTime,
  to: IsoTime,
  decisions: z.number().int(),
  totals: ImpactTotals,
  items: z.array(PointImpact),
});
export type ShadowSummary = z.infer<typeof ShadowSummary>;

/** Days of history a dry run may go back. A year of a county is minutes of one core; more is a backtest from exported files. */
export const MAX_DRY_RUN_DAYS = 400;
export const DryRunState = z.enum(['queued', 'running', 'done', 'failed']);
export type DryRunState = z.infer<typeof DryRunState>;

/** What a version (or other thresholds of one point) would have done over the last days of the store. */
export const DryRun = z.object({
  id: z.string(),
  rulebook: z.string(),
  version: z.string(),
  /** Version in force it is compared with; null: none was. */
  against: z.string().nullable(),
  /** Thresholds tried at one point instead of a version. */
  trial: z.object({ hazardPoint: UnifiedCode, thresholds: z.array(PointThreshold) }).nullable(),
  /** Wall clock; at a drill the stretch ends where its own clock stood then. */
  from: IsoTime,
  to: IsoTime,
  requestedBy: z.string(),
  requestedAt: IsoTime,
  reason: z.string(),
  state: DryRunState,
  /** 0–1. */
  progress: z.number(),
  finishedAt: IsoTime.nullable(),
  /** Why it failed. */
  fault: z.string().nullable(),
  totals: ImpactTotals.nullable(),
  items: z.array(PointImpact),
});
export type DryRun = z.infer<typeof DryRun>;
export const DryRunView = DryRun.extend({ statusUrl: z.string() });
export type DryRunView = z.infer<typeof DryRunView>;

const Days = z.number().int().min(1).max(MAX_DRY_RUN_DAYS).default(30);
export const DryRunRequest = z.strictObject({ version: Version, days: Days, reason: GivenReason.default('试运行 dry run') });
export type DryRunRequest = z.infer<typeof DryRunRequest>;
export const ThresholdTrialRequest = z.strictObject({
  thresholds: z.array(PointThreshold).max(200),
  days: Days,
  reason: GivenReason.default('试运行 trial run'),
});
export type ThresholdTrialRequest = z.infer<typeof ThresholdTrialRequest>;

/** One change of the thresholds a point has of its own. */
export const ThresholdChange = z.object({
  id: z.string(),
  hazardPoint: UnifiedCode,
  at: IsoTime,
  by: z.string(),
  reason: z.string(),
  /** The trial run it rests on. */
  trial: z.string().nullable(),
  before: z.array(PointThreshold),
  after: z.array(PointThreshold),
  /** Version of the point's record that has them. */
  pointVersion: z.number().int(),
});
export type ThresholdChange = z.infer<typeof ThresholdChange>;

/** The newest version in force, and what is under way with others. */
export const RuleView = z.object({
  rulebook: z.string(),
  active: RuleVersionView.nullable(),
  /** Hazard points in the user's area that it judges. */
  points: z.number().int(),
  shadows: z.array(RuleShadow),
  /** Version a rollback would return to. */
  rollbackTo: z.string().nullable(),
});
export type RuleView = z.infer<typeof RuleView>;
