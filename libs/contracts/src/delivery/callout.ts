import { z } from 'zod';
import { AckState, DeliveryChannel, DeliveryStatus, DeliverySummary, RecipientRole } from './delivery.js';
import { HazardKind } from '../point/hazard-point.js';
import { WarningLevel } from '../point/level.js';
import { TaskOutcome, TaskState } from '../warning/task.js';
import { IsoTime } from '../time/time.js';
import { MessageKind, ReleaseScope } from '../warning/warning.js';

/** A number to call. `recipient` as in a delivery; name and number are personal data: encrypted at rest, masked by role, never logged. */
export const CalloutPerson = z.object({
  recipient: z.string(),
  role: RecipientRole,
  name: z.string(),
  phone: z.string(),
  /** Which text of the staff they were told, where it was not everybody's. */
  part: z.enum(['orders', 'informed']).optional(),
});
export type CalloutPerson = z.infer<typeof CalloutPerson>;

/** How somebody answered. `sms`, `voice`: the phone; `app`: a person with an account noted it; `task`: somebody stood at the door. */
export const AnswerVia = z.enum(['sms', 'voice', 'app', 'task']);
export type AnswerVia = z.infer<typeof AnswerVia>;

/**
 * Who has to answer: one household, whoever of it does, or one person of the chain. Frozen when the message was released; what changes
 * afterwards is the answer.
 */
export const CalloutParty = z.object({
  id: z.string(),
  calloutId: z.string(),
  /** `household:<card id>`, or the recipient of a person of the chain. Recipients of its deliveries begin with it. */
  subject: z.string(),
  kind: z.enum(['household', 'staff']),
  name: z.string(),
  /** Where the door is. */
  address: z.string().optional(),
  memberCount: z.number().int().optional(),
  route: z.string().optional(),
  shelter: z.string().optional(),
  /** In the order they are called: the householder first. */
  people: z.array(CalloutPerson),
  ack: AckState,
  ackAt: IsoTime.nullable(),
  ackBy: z.object({ via: AnswerVia, by: z.string() }).nullable(),
  /** When help was first asked for; stays. */
  helpAt: IsoTime.optional(),
  /** Somebody has taken up the call for help. */
  helpTakenAt: IsoTime.optional(),
  version: z.number().int(),
});
export type CalloutParty = z.infer<typeof CalloutParty>;

/**
 * What is done about those who are silent, in this order (notify.md §4.6): call again, other numbers of the card, the village, the township, and
 * somebody who knocks. `list`: the list again, until nobody is on it.
 */
export const calloutSteps = ['call-again', 'call-others', 'tell-village', 'tell-township', 'knock'] as const;
export const CalloutStep = z.enum([...calloutSteps, 'list']);
export type CalloutStep = z.infer<typeof CalloutStep>;

export const calloutEnds = ['superseded', 'withdrawn', 'expired'] as const;

/** One call-out (叫应): everybody told by one message of a warning, and how far they are from having answered. */
export const Callout = z.object({
  id: z.string(),
  warningId: z.string(),
  hazardPoint: z.string(),
  pointName: z.string(),
  hazardKind: HazardKind,
  divisionCode: z.string(),
  scope: ReleaseScope,
  /** Version of the release it follows. */
  releaseVersion: z.number().int(),
  level: WarningLevel,
  kind: MessageKind,
  /** The first message of the scope, which this one changes or ends. */
  first: z.object({ at: IsoTime, level: WarningLevel }).optional(),
  exercise: z.boolean(),
  deliver: z.enum(['simulator', 'real']),
  threatenedPeople: z.number(),
  startedAt: IsoTime,
  /** Seconds until somebody knocks; null: answers are taken, nobody is called again. */
  knockAfterSeconds: z.number().nullable(),
  /** Who is told of silent ones. */
  chain: z.object({
    monitors: z.array(CalloutPerson),
    village: z.array(CalloutPerson),
    township: z.array(CalloutPerson),
    county: z.array(CalloutPerson),
  }),
  /** Steps done, oldest first. `silent`: how many had not answered. */
  steps: z.array(z.object({ n: z.number().int(), step: CalloutStep, at: IsoTime, silent: z.number().int() })),
  endedAt: IsoTime.nullable(),
  endReason: z.enum(calloutEnds).nullable(),
  version: z.number().int(),
});
export type Callout = z.infer<typeof Callout>;

/** What a reply says (notify.md §4.5). `free-text`: for people to read. */
export const ReplyMeaning = z.enum(['ack', 'help', 'safe', 'opt-out', 'free-text']);
export type ReplyMeaning = z.infer<typeof ReplyMeaning>;

/** A reply as it was taken: kept whether or not anybody knows the number. `id` is a hash of (provider, sequence id): the same reply is kept once. */
export const ReplyRecord = z.object({
  id: z.string(),
  provider: z.string(),
  channel: z.enum(['sms', 'voice']),
  from: z.string(),
  content: z.string(),
  meaning: ReplyMeaning,
  at: IsoTime,
  receivedAt: IsoTime,
  warningId: z.string().nullable(),
  divisionCode: z.string(),
  partyId: z.string().nullable(),
  subject: z.string().nullable(),
  /** The number is called for several warnings: taken for the highest. */
  ambiguous: z.boolean(),
  /** An opt-out while a red or orange warning stands. */
  ignored: z.boolean(),
  /** We wrote back. */
  answered: z.boolean(),
});
export type ReplyRecord = z.infer<typeof ReplyRecord>;

/** Deliveries of a warning whose recipient begins with `subject` were answered; what still waited to be sent to them again is not. */
export interface DeliveriesAnswered {
  warningId: string;
  subject: string;
  ack: AckState;
  /** Epoch ms. */
  at: number;
}

/**
 * `reached`: a message arrived, or somebody answered. `acknowledged`, `help`, `safe`, `visited`: the answer that stands. `silent`: no answer.
 */
export const CalloutCounts = DeliverySummary.shape.households.unwrap();
export type CalloutCounts = z.infer<typeof CalloutCounts>;

const ReportDelivery = z.object({
  id: z.string(),
  channel: DeliveryChannel,
  step: z.number().int(),
  recipient: z.string(),
  status: DeliveryStatus,
  createdAt: IsoTime,
  deliveredAt: IsoTime.nullable(),
});
const ReportTask = z.object({ id: z.string(), kind: z.string(), state: TaskState, outcome: TaskOutcome.optional(), dueAt: IsoTime });

/** One household or person of the report. Name, number and place are masked by role. */
export const ReportParty = CalloutParty.omit({ calloutId: true, people: true, route: true, version: true }).extend({
  phones: z.array(z.string()),
  state: z.enum(['waiting', 'reached', 'ack', 'help', 'safe', 'visited']),
  reachedAt: IsoTime.nullable(),
  /** From the release to the answer, seconds; to now while there is none. */
  elapsedSeconds: z.number(),
  deliveries: z.array(ReportDelivery),
  tasks: z.array(ReportTask),
});
export type ReportParty = z.infer<typeof ReportParty>;

export const ReportReply = ReplyRecord.pick({
  id: true,
  channel: true,
  content: true,
  meaning: true,
  at: true,
  subject: true,
  ambiguous: true,
  ignored: true,
}).extend({ from: z.string(), name: z.string().nullable() });

/** Answer of `GET /warnings/{id}/report`: who was reached, who answered, who was not, as of now. Newest call-out first. */
export const CalloutReport = z.object({
  warning: z.object({
    id: z.string(),
    hazardPoint: z.string(),
    pointName: z.string(),
    level: WarningLevel,
    exercise: z.boolean(),
    openedAt: IsoTime,
  }),
  at: IsoTime,
  callouts: z.array(
    Callout.pick({
      id: true,
      scope: true,
      releaseVersion: true,
      level: true,
      kind: true,
      startedAt: true,
      knockAfterSeconds: true,
      steps: true,
      endedAt: true,
      endReason: true,
    }).extend({
      nextStep: z.object({ step: CalloutStep, at: IsoTime }).nullable(),
      counts: CalloutCounts,
      parties: z.array(ReportParty),
    }),
  ),
  replies: z.array(ReportReply),
});
export type CalloutReport = z.infer<typeof CalloutReport>;

/** `POST …/acknowledge`: a person with an account notes an answer. */
export const AcknowledgeBody = z.object({
  answer: z.enum(['ack', 'help', 'safe', 'visited']).default('ack'),
  note: z.string().trim().min(1).max(500).optional(),
});
export type AcknowledgeBody = z.infer<typeof AcknowledgeBody>;
