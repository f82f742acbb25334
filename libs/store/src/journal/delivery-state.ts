import {
  deliveryRank,
  type DeliveriesAnswered,
  needsPerson,
  type AckState,
  type DeliveryIntent,
  type DeliveryStatus,
} from '#libs/contracts';
import type { Receipt, Settlement } from '#libs/notify';

/** What becomes of a delivery after it was written; times in epoch ms. */
export interface DeliveryState {
  status: DeliveryStatus;
  superseded: boolean;
  attempts: number;
  notBefore: number;
  leaseOwner: string | null;
  leaseUntil: number | null;
  provider: string | null;
  providerId: string | null;
  error: { class: string; code: string; message: string } | null;
  ack: AckState;
  ackAt: number | null;
  sendingAt: number | null;
  acceptedAt: number | null;
  deliveredAt: number | null;
  failedAt: number | null;
}

export const fresh = (intent: DeliveryIntent): DeliveryState => ({
  status: 'pending',
  superseded: false,
  attempts: 0,
  notBefore: intent.notBefore,
  leaseOwner: null,
  leaseUntil: null,
  provider: null,
  providerId: null,
  error: null,
  ack: 'none',
  ackAt: null,
  sendingAt: null,
  acceptedAt: null,
  deliveredAt: null,
  failedAt: null,
});

export const isLeased = ({ status }: DeliveryState): boolean => status === 'sending' || status === 'recon';
const unleased = { leaseOwner: null, leaseUntil: null } as const;

/** The steps below say the same as the statements in ../outbox-*.ts; libs/notify/src/outbox.conformance.ts holds both to it. */

export const leased = (state: DeliveryState, status: 'sending' | 'recon', owner: string, leaseMs: number, now: number): DeliveryState => ({
  ...state,
  status,
  leaseOwner: owner,
  leaseUntil: now + leaseMs,
  attempts: state.attempts + (status === 'sending' ? 1 : 0),
  provider: status === 'sending' ? null : state.provider,
  sendingAt: state.sendingAt ?? now,
});

/** A superseded delivery is never made `pending` again. */
export function settled(state: DeliveryState, settlement: Settlement, now: number): DeliveryState {
  const { status, provider, providerId, error, delayMs, unsent } = settlement;
  return {
    ...state,
    ...unleased,
    status: status === 'pending' && state.superseded ? 'cancelled' : status,
    provider: provider ?? state.provider,
    providerId: providerId ?? state.providerId,
    error: error ?? null,
    attempts: state.attempts - (unsent ? 1 : 0),
    sendingAt: unsent && state.attempts <= 1 ? null : state.sendingAt,
    notBefore: delayMs === undefined ? state.notBefore : now + delayMs,
    acceptedAt: status === 'accepted' || status === 'sent' || status === 'delivered' ? (state.acceptedAt ?? now) : state.acceptedAt,
    deliveredAt: status === 'delivered' ? now : state.deliveredAt,
    failedAt:
      status === 'failed_temp' || status === 'failed_perm' || status === 'manual_task' || status === 'expired' ? now : state.failedAt,
  };
}

/**
 * Undefined when the receipt says less than is known.
 * @param end how it ends when it failed
 */
export function received(
  state: DeliveryState,
  receipt: Receipt,
  end: 'failed_perm' | 'manual_task' = 'failed_perm',
): DeliveryState | undefined {
  const status: DeliveryStatus = receipt.status === 'delivered' ? 'delivered' : end;
  if (deliveryRank[status] <= deliveryRank[state.status]) return undefined;
  const arrived = status === 'delivered';
  return {
    ...state,
    ...unleased,
    status,
    provider: state.provider ?? receipt.provider,
    providerId: state.providerId ?? receipt.providerId ?? null,
    acceptedAt: state.acceptedAt ?? receipt.at,
    deliveredAt: arrived ? receipt.at : null,
    failedAt: arrived ? null : receipt.at,
    error: arrived ? null : { class: receipt.errorClass ?? 'UNREACHED', code: receipt.code, message: '' },
  };
}

/** Undefined when a stronger answer stands. */
export const answered = (state: DeliveryState, ack: AckState, at: number): DeliveryState | undefined =>
  (ack === 'none' || ack === 'ack') && (state.ack === 'help' || state.ack === 'safe' || state.ack === 'visited')
    ? undefined
    : { ...state, ack, ackAt: at };

/** Whoever it went to has answered: what waits to be sent to them again is not (as `answeredStatement` of ../callout-write.ts). */
export function repliedTo(state: DeliveryState, step: number, { ack, at }: Pick<DeliveriesAnswered, 'ack' | 'at'>): DeliveryState {
  const marked = answered(state, ack, at);
  if (!marked || step >= 1_000_000) return state;
  return { ...marked, status: marked.status === 'pending' && step > 0 ? 'cancelled' : marked.status };
}
/** Whether a delivery went to a household, to whomever of it, or to this one person. */
export const isTo = ({ warningId, recipient }: Pick<DeliveryIntent, 'warningId' | 'recipient'>, of: DeliveriesAnswered): boolean =>
  warningId === of.warningId && (recipient === of.subject || recipient.startsWith(`${of.subject}:`));

/** Undefined when it has ended, or is on its way and marked already. */
export function withdrawn(state: DeliveryState): DeliveryState | undefined {
  if (state.superseded || !['pending', 'sending', 'unknown', 'recon'].includes(state.status)) return undefined;
  return { ...state, superseded: true, status: state.status === 'pending' ? 'cancelled' : state.status };
}

/** As `RECEIPT_GRACE_SECONDS` of ../outbox-reap.ts. */
const RECEIPT_GRACE_MS = 30_000;

/** What time alone makes of it; undefined while nothing. */
export function aged(state: DeliveryState, intent: DeliveryIntent, now: number): DeliveryState | undefined {
  const { deadline } = intent;
  if (isLeased(state)) return (state.leaseUntil ?? 0) <= now ? { ...state, ...unleased, status: 'unknown', notBefore: now } : undefined;
  const over =
    (state.status === 'pending' && deadline <= now) ||
    ((state.status === 'accepted' || state.status === 'sent') && deadline + RECEIPT_GRACE_MS <= now);
  const end = state.status === 'pending' && needsPerson(intent) ? 'manual_task' : 'expired';
  return over ? { ...state, ...unleased, status: end, failedAt: now } : undefined;
}
