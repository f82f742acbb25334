import { z } from 'zod';
import { PointLevel, WarningLevel } from '../point/level.js';
import { IsoTime } from '../time/time.js';
import { WarningRecord } from './warning.js';

/** The states of notify.md §7.3 that exist without invitations and video. */
export const consultationStates = ['open', 'deliberating', 'signed', 'closed', 'aborted'] as const;
export const ConsultationState = z.enum(consultationStates);
export type ConsultationState = z.infer<typeof ConsultationState>;

export const decisionResults = ['upgrade', 'keep', 'downgrade', 'all-clear', 'false-alarm'] as const;
/** 升级/维持/降级/解除/误报. Acts on the warning when signed. */
export const DecisionResult = z.enum(decisionResults);
export type DecisionResult = z.infer<typeof DecisionResult>;

export const OpinionCreate = z.object({
  level: PointLevel,
  stability: z.enum(['unstable', 'less-stable', 'basically-stable', 'stable']).optional(),
  trend: z.enum(['imminent', 'deforming', 'settling']).optional(),
  measures: z.string().max(500).optional(),
  confidence: z.number().min(0).max(1).optional(),
  text: z.string().min(1).max(2000),
});
export type OpinionCreate = z.infer<typeof OpinionCreate>;
/** `by` is the user name; `byName` what people call them, as it was then. */
export const Opinion = OpinionCreate.extend({ id: z.string(), by: z.string(), byName: z.string().optional(), at: IsoTime });
export type Opinion = z.infer<typeof Opinion>;

export const DecisionCreate = z.object({ result: DecisionResult, level: WarningLevel.optional(), text: z.string().min(1).max(2000) });
export type DecisionCreate = z.infer<typeof DecisionCreate>;
export const Signature = z.object({
  by: z.string(),
  byName: z.string().optional(),
  role: z.string(),
  at: IsoTime,
  hash: z.string(),
  comment: z.string().optional(),
});
/** Immutable once signed: `hash` covers the decision and the evidence it was taken on; a change is a new version without signatures. */
export const Decision = DecisionCreate.extend({
  id: z.string(),
  version: z.number().int(),
  by: z.string(),
  byName: z.string().optional(),
  at: IsoTime,
  hash: z.string(),
  signatures: z.array(Signature),
});
export type Decision = z.infer<typeof Decision>;
export const SignatureCreate = z.object({ comment: z.string().max(500).optional() });
export type SignatureCreate = z.infer<typeof SignatureCreate>;

export const ChatMessage = z.object({
  id: z.string(),
  by: z.string(),
  byName: z.string().optional(),
  at: IsoTime,
  text: z.string().min(1).max(2000),
});
export type ChatMessage = z.infer<typeof ChatMessage>;

/** The case file frozen when the consultation opened. */
export const EvidenceSnapshot = z.object({
  takenAt: IsoTime,
  warning: WarningRecord,
  point: z.object({
    unifiedCode: z.string(),
    name: z.string(),
    kind: z.string(),
    threatenedHouseholds: z.number(),
    threatenedPeople: z.number(),
  }),
  series: z.array(
    z.object({
      deviceId: z.string(),
      channel: z.string(),
      unit: z.string(),
      readings: z.array(z.object({ time: IsoTime, value: z.number(), quality: z.array(z.string()) })),
    }),
  ),
  hash: z.string(),
});
export type EvidenceSnapshot = z.infer<typeof EvidenceSnapshot>;

export const Consultation = z.object({
  id: z.string(),
  warning: z.string(),
  hazardPoint: z.string(),
  divisionCode: z.string(),
  title: z.string(),
  exercise: z.boolean(),
  state: ConsultationState,
  openedAt: IsoTime,
  evidence: EvidenceSnapshot,
  opinions: z.array(Opinion),
  chat: z.array(ChatMessage),
  decision: Decision.nullable(),
  version: z.number().int(),
});
export type Consultation = z.infer<typeof Consultation>;
