import { z } from 'zod';
import { WarningLevel } from '../point/level.js';
import { IsoTime } from '../time/time.js';
import { MessageKind, ReleaseScope } from '../warning/warning.js';

/** notify.md §5.2, in lower case. The last six are terminal. */
export const deliveryStatuses = [
  'pending',
  'sending',
  'unknown',
  'recon',
  'accepted',
  'sent',
  'failed_temp',
  'delivered',
  'failed_perm',
  'expired',
  'cancelled',
  'suppressed',
  'manual_task',
] as const;
export const DeliveryStatus = z.enum(deliveryStatuses);
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;

/** How far a delivery has come (notify.md §5.2). What providers tell us only ever raises it, so late and repeated receipts are harmless. */
export const deliveryRank: Readonly<Record<DeliveryStatus, number>> = {
  pending: 0,
  sending: 1,
  unknown: 1,
  recon: 1,
  accepted: 2,
  sent: 3,
  failed_temp: 4,
  failed_perm: 4,
  expired: 4,
  cancelled: 4,
  suppressed: 4,
  manual_task: 4,
  delivered: 5,
};

export const ackStates = ['none', 'ack', 'help', 'safe', 'visited'] as const;
export const AckState = z.enum(ackStates);
export type AckState = z.infer<typeof AckState>;

export const deliveryChannels = ['sms', 'voice', 'broadcast', 'robot', 'email', 'push', 'webhook', 'wall'] as const;
export const DeliveryChannel = z.enum(deliveryChannels);
export type DeliveryChannel = z.infer<typeof DeliveryChannel>;

export const recipientRoles = ['household', 'monitor', 'responsible', 'duty'] as const;
export const RecipientRole = z.enum(recipientRoles);
export type RecipientRole = z.infer<typeof RecipientRole>;

const Rendered = z.object({ code: z.string(), params: z.record(z.string(), z.string()), text: z.string(), parts: z.number().int() });

/**
 * Another way to reach whom a delivery is for, made with it so that nobody has to think when it fails: the same person by another channel or
 * in the pre-registered plain text, or the next contact on the card.
 */
export const DeliveryAlternative = z.object({
  id: z.string(),
  outId: z.string().max(15),
  recipient: z.string(),
  channel: DeliveryChannel,
  step: z.number().int(),
  address: z.string(),
  template: Rendered,
});
export type DeliveryAlternative = z.infer<typeof DeliveryAlternative>;

/** A `reminder` tells nobody of the slope: it asks for what waits for a person. */
export const DeliveryKind = z.enum([...MessageKind.options, 'reminder']);
export type DeliveryKind = z.infer<typeof DeliveryKind>;

/** One message to one person by one channel. `id` and `outId` are hashes of (warning, version, recipient, channel, step): writing it twice writes it once. */
export const DeliveryIntent = z.object({
  id: z.string(),
  outId: z.string().max(15),
  warningId: z.string(),
  scope: ReleaseScope,
  /** Version of the release it tells. */
  version: z.number().int(),
  /** Card or user it goes to, e.g. `household:<card id>:householder`. */
  recipient: z.string(),
  role: RecipientRole,
  channel: DeliveryChannel,
  step: z.number().int(),
  /** 0 red … 3 blue. */
  priority: z.number().int(),
  level: WarningLevel,
  kind: DeliveryKind,
  exercise: z.boolean(),
  deliver: z.enum(['simulator', 'real']),
  /** Address and text are personal data: encrypted at rest. */
  address: z.string(),
  template: Rendered,
  notBefore: z.number(),
  deadline: z.number(),
  createdAt: z.number(),
  /** Hazard point or area it is about. */
  site: z.string().optional(),
  /** Digest of what it says, without the time of day: the same again within minutes is not said again. */
  content: z.string().optional(),
  /** Tried in turn when this one fails. */
  alternatives: z.array(DeliveryAlternative).optional(),
  /** Id of the delivery whose alternative this is. */
  insteadOf: z.string().optional(),
});
export type DeliveryIntent = z.infer<typeof DeliveryIntent>;

/** Answer of `GET /warnings/{id}/deliveries`. `recipient` is a person's name, masked by role. */
export const DeliveryView = z.object({
  id: z.string(),
  recipient: z.string(),
  /** The card or roster place it was sent to, e.g. `household:<card id>:householder`. */
  recipientId: z.string().optional(),
  role: RecipientRole,
  address: z.string(),
  channel: DeliveryChannel,
  scope: ReleaseScope,
  status: DeliveryStatus,
  ack: AckState,
  provider: z.string().nullable(),
  outId: z.string(),
  text: z.string(),
  parts: z.number().int(),
  attempts: z.number().int(),
  error: z.object({ class: z.string(), code: z.string(), message: z.string() }).nullable(),
  times: z.object({
    created: IsoTime,
    sending: IsoTime.nullable(),
    accepted: IsoTime.nullable(),
    delivered: IsoTime.nullable(),
    failed: IsoTime.nullable(),
  }),
});
export type DeliveryView = z.infer<typeof DeliveryView>;

export const DeliverySummary = z.object({
  warning: z.string(),
  total: z.number().int(),
  byStatus: z.partialRecord(DeliveryStatus, z.number().int()),
  acknowledged: z.number().int(),
  /** The same by household, of the newest message to the public; absent while none is out. */
  households: z
    .object({
      total: z.number().int(),
      reached: z.number().int(),
      acknowledged: z.number().int(),
      help: z.number().int(),
      safe: z.number().int(),
      visited: z.number().int(),
      silent: z.number().int(),
    })
    .optional(),
});
export type DeliverySummary = z.infer<typeof DeliverySummary>;
