import { z } from 'zod';
import { HazardPoint } from '../point/hazard-point.js';
import { UnifiedCode } from '../point/ids.js';
import { PointLevel, WarningLevel } from '../point/level.js';
import { IsoTime } from '../time/time.js';
import { Why } from '../point/why.js';

/** Episode machine (design.md §2): what is happening on the slope. */
export const episodeStates = ['candidate', 'confirmed', 'closed', 'expired', 'cancelled'] as const;
export const EpisodeState = z.enum(episodeStates);
export type EpisodeState = z.infer<typeof EpisodeState>;

/** Release machine, one per scope: what people have been told. */
export const releaseStates = [
  'none',
  'proposed',
  'technical',
  'administrative',
  'signed',
  'published',
  'adjusted',
  'cancelled',
  'all-clear',
] as const;
export const ReleaseState = z.enum(releaseStates);
export type ReleaseState = z.infer<typeof ReleaseState>;

/** INTERNAL: monitor, responsible persons, duty. PUBLIC: households, broadcast. */
export const releaseScopes = ['internal', 'public'] as const;
export const ReleaseScope = z.enum(releaseScopes);
export type ReleaseScope = z.infer<typeof ReleaseScope>;

/** `POST /warnings/{id}/{action}`. */
export const warningActions = [
  'acknowledge',
  'confirm',
  'propose',
  'consult',
  'decide',
  'sign',
  'publish',
  'adjust',
  'cancel',
  'all-clear',
  'close',
  'dispose',
] as const;
export const WarningAction = z.enum(warningActions);
export type WarningAction = z.infer<typeof WarningAction>;

/** Why a level is what it is: a code for machines, numbers for people. Stored, logged and counted. */
export const Reason = z.object({
  code: z.string(),
  indicator: z.string().optional(),
  channel: z.string().optional(),
  deviceId: z.string().optional(),
  value: z.number().optional(),
  threshold: z.number().optional(),
  unit: z.string().optional(),
  text: z.object({ zh: z.string(), en: z.string() }),
});
export type Reason = z.infer<typeof Reason>;

/**
 * How far an indicator is from a level. `distance`: what is still lacking, in the indicator's unit, negative once it is beyond; `share`: how
 * much of the way is covered, 1 at the threshold (for "less is worse": threshold / value). null = not known.
 */
export const LevelDistance = z.object({
  threshold: z.number().nullable(),
  reached: z.boolean().nullable(),
  distance: z.number().nullable(),
  share: z.number().nullable(),
});
export type LevelDistance = z.infer<typeof LevelDistance>;

/** Value of one indicator when a decision was taken. `value` null = unknown (missing, warming up, stale). */
export const IndicatorValue = z.object({
  id: z.string(),
  /** What people call it; from the rulebook. */
  title: z.object({ zh: z.string(), en: z.string() }).optional(),
  deviceId: z.string().optional(),
  channel: z.string().optional(),
  detector: z.string(),
  value: z.number().nullable(),
  unit: z.string(),
  /** Numbers beside the value: bounds of an interval, the window used. Named by the detector. */
  detail: z.record(z.string(), z.number().nullable()).optional(),
  at: IsoTime.nullable(),
  /** Threshold of each level, and null for levels this indicator does not speak to. */
  thresholds: z.partialRecord(WarningLevel, z.number()).default({}),
  /** How far the value is from each level; in a point's state, not in what is stored of a decision. */
  distances: z.partialRecord(WarningLevel, LevelDistance).optional(),
  /** On which side of a threshold its level lies: `less` for a dry beach or a freeboard. `more` when absent. */
  worse: z.enum(['more', 'less']).optional(),
  /** Why there is no value. */
  why: Why.optional(),
});
export type IndicatorValue = z.infer<typeof IndicatorValue>;

export const RuleRef = z.object({ id: z.string(), version: z.string() });
export type RuleRef = z.infer<typeof RuleRef>;

/** What a message says; the renderer makes the text, the provider gets template code and parameters. */
export const MessageKind = z.enum(['inspect', 'warning', 'adjust', 'cancel', 'all-clear', 'expired']);
export type MessageKind = z.infer<typeof MessageKind>;

/** What one message to the public said, kept as it was said: what is passed on later (CAP) says the same, whatever the register says then. */
export const PublicMessage = z.object({
  version: z.number().int(),
  kind: MessageKind,
  level: WarningLevel,
  /** How long it stands if no other follows. */
  expiresAt: IsoTime,
  place: HazardPoint.pick({ name: true, kind: true, longitude: true, latitude: true, dangerZone: true }),
});
export type PublicMessage = z.infer<typeof PublicMessage>;

export const timelineKinds = ['opened', 'level', 'state', 'release', 'action', 'note', 'task'] as const;
/** One entry of a warning's history. Nothing on it is ever changed or removed. */
export const TimelineEntry = z.object({
  id: z.string(),
  at: IsoTime,
  /** Event time at the point, which differs from `at` in a drill or for late data. */
  eventAt: IsoTime,
  kind: z.enum(timelineKinds),
  level: WarningLevel.nullable(),
  state: EpisodeState,
  scope: ReleaseScope.optional(),
  release: ReleaseState.optional(),
  message: PublicMessage.optional(),
  action: WarningAction.optional(),
  actor: z.string(),
  rule: RuleRef.optional(),
  reasons: z.array(Reason),
  evidence: z.array(IndicatorValue).default([]),
  text: z.string().optional(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;

/**
 * What waits for a person, and whom it was asked of last: the officer on duty (step 0), then those above, one after another, each when the time of the
 * one before (`by`) has passed. `ratify`: a plan published; `decide`: confirmed, and the households have not been told.
 */
export const Asked = z.object({
  what: z.enum(['ratify', 'decide']),
  level: WarningLevel,
  step: z.number().int(),
  by: IsoTime,
});
export type Asked = z.infer<typeof Asked>;

/** What one scope has been told. `level` is the level of the last message; `version` counts messages. */
export const Release = z.object({
  state: ReleaseState,
  level: WarningLevel.nullable(),
  version: z.number().int(),
  publishedAt: IsoTime.nullable(),
  /** Published by a pre-authorised plan and still to be ratified by a person. */
  ratified: z.boolean(),
  /** When a delayed policy publishes by itself. */
  dueAt: IsoTime.nullable(),
  /** The first message of the scope: what every later one changes, withdraws or ends (DB45T 2427). */
  first: z.object({ version: z.number().int(), level: WarningLevel, at: IsoTime }).optional(),
  /** User name of who proposed and of who signed. */
  proposedBy: z.string().optional(),
  signedBy: z.string().optional(),
  /** By when somebody has to ratify what a plan published, and whether that has passed. */
  ratifyBy: IsoTime.optional(),
  ratifyOverdue: z.boolean().optional(),
  asked: Asked.optional(),
  /** Level of the last inspection request and of the last warning told in this scope: asking to look and warning are told apart. */
  told: z.object({ inspect: WarningLevel.nullable(), warning: WarningLevel.nullable() }).optional(),
});
export type Release = z.infer<typeof Release>;

/**
 * Messages inside that were not sent, and what holds them back: a silence somebody declared, or work on the very instruments that raised the
 * level (docs/adr/0031). Gone as soon as they are told, or there is nothing left to tell.
 */
export const HeldBack = z.object({
  by: z.enum(['silence', 'maintenance']),
  /** Of the silence or the maintenance window. */
  id: z.string(),
  owner: z.string(),
  reason: z.string(),
  until: IsoTime,
  /** Levels of the inspection request and of the warning nobody was sent. */
  inspect: WarningLevel.nullable(),
  warning: WarningLevel.nullable(),
  /** Instruments being worked on. */
  devices: z.array(z.string()).optional(),
});
export type HeldBack = z.infer<typeof HeldBack>;

/** Where two sign: what one person asked for, waiting for a second one to do the same. */
export const Countersign = z.object({
  action: WarningAction,
  scope: ReleaseScope,
  level: WarningLevel.optional(),
  by: z.string(),
  at: IsoTime,
});
export type Countersign = z.infer<typeof Countersign>;

/** 处置类型 of domain.md §2.11: 0 false: data; 1 false: maintenance; 2 device damaged; 3 true; 4 model to improve. */
export const DisposalType = z.number().int().min(0).max(4);

/** The record behind the answer: one per point and episode. */
export const WarningRecord = z.object({
  id: z.string(),
  hazardPoint: UnifiedCode,
  divisionCode: z.string(),
  level: WarningLevel,
  /** Highest level of the episode so far. */
  peak: WarningLevel,
  /** False once the rule no longer holds any level; the warning stays until a person closes it or it expires. */
  active: z.boolean(),
  state: EpisodeState,
  exercise: z.boolean(),
  deliver: z.enum(['simulator', 'real']),
  openedAt: IsoTime,
  eventOpenedAt: IsoTime,
  expiresAt: IsoTime,
  acknowledged: z.boolean(),
  rule: RuleRef,
  /**
   * What the rulebook held at its last decision: `level` may be a candidate standing above the confirmed level. Kept on an
   * ended warning too, so that a slope falling back after a person closed it opens nothing, and one rising again does.
   */
  held: z.object({ level: PointLevel, confirmed: PointLevel }).optional(),
  reasons: z.array(Reason),
  evidence: z.array(IndicatorValue),
  releases: z.object({ internal: Release, public: Release }),
  disposal: z.object({ type: DisposalType, text: z.string().optional(), by: z.string().optional(), at: IsoTime.optional() }).optional(),
  countersign: Countersign.optional(),
  /** Levels whose steps of the response plan have become tasks. */
  planned: z.array(WarningLevel).optional(),
  /** When the episode was confirmed, first, and when it ended. */
  confirmedAt: IsoTime.optional(),
  endedAt: IsoTime.optional(),
  /** Event times at which the level turned round, the recent ones, and the way it went last; and the level it is held at until a person has looked (docs/adr/0037). */
  flutter: z.object({ turns: z.array(IsoTime), heading: z.enum(['up', 'down']) }).optional(),
  latched: z.object({ level: WarningLevel, since: IsoTime }).optional(),
  heldBack: HeldBack.optional(),
  /** The level rests on data that came late: the record is right, nobody was told of it. Gone with the next live decision. */
  late: z.boolean().optional(),
  version: z.number().int(),
  updatedAt: IsoTime,
});
export type WarningRecord = z.infer<typeof WarningRecord>;

/** Warnings of one county that rose together: one event for whoever is on duty, though each is told by itself (docs/adr/0037). */
export const AreaEvent = z.object({
  /** Code of its alarm: `flood:513221`. */
  id: z.string(),
  since: IsoTime,
  /** Strongest first, as far as the asking user may see them. */
  warnings: z.array(z.string()),
});
export type AreaEvent = z.infer<typeof AreaEvent>;

/** Answer of `GET /warnings` and payload of every `warning.*` event. */
export const WarningView = WarningRecord.omit({ releases: true, deliver: true }).extend({
  pointName: z.string(),
  release: z.object({ internal: ReleaseState, public: ReleaseState }),
  releases: WarningRecord.shape.releases,
  /** What it belongs to; in answers, not in events. */
  areaEvent: AreaEvent.optional(),
  /** Actions the asking user may take now. */
  legal: z.array(z.object({ action: WarningAction, scope: ReleaseScope.optional() })).default([]),
  timeline: z.array(TimelineEntry).default([]),
});
export type WarningView = z.infer<typeof WarningView>;

export const WarningActionBody = z.object({
  scope: ReleaseScope.default('public'),
  level: WarningLevel.optional(),
  text: z.string().max(500).optional(),
  /** Required to close and to dispose; possible with cancel and all-clear. */
  disposal: DisposalType.optional(),
});
export type WarningActionBody = z.infer<typeof WarningActionBody>;
