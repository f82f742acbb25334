import { deliveryRank, type DeliveryStatus } from '#libs/contracts';

/** What can happen to a delivery (notify.md §5.2). */
export const deliveryEvents = [
  'claim',
  'accepted',
  'transient',
  'attempts-exhausted',
  'unknown-outcome',
  'lease-expired',
  'ask',
  'found',
  'absent',
  'ask-again',
  'refused',
  'carrier-sent',
  'receipt-delivered',
  'receipt-failed',
  'deadline',
  'withdraw',
  'suppress',
  'hand-over',
] as const;
export type DeliveryEvent = (typeof deliveryEvents)[number];

/** The machine as data: from → event → to. Whatever is not here does not happen. */
export const deliveryTransitions: Readonly<Record<DeliveryStatus, Partial<Record<DeliveryEvent, DeliveryStatus>>>> = {
  pending: {
    claim: 'sending',
    withdraw: 'cancelled',
    suppress: 'suppressed',
    deadline: 'expired',
    // An earlier attempt of a delivery that waits for its retry may have gone out after all.
    'receipt-delivered': 'delivered',
    'receipt-failed': 'failed_perm',
  },
  sending: {
    accepted: 'accepted',
    transient: 'pending',
    'attempts-exhausted': 'failed_temp',
    'unknown-outcome': 'unknown',
    'lease-expired': 'unknown',
    refused: 'failed_perm',
    suppress: 'suppressed',
    // Receipts may overtake the answer to the request.
    'receipt-delivered': 'delivered',
    'receipt-failed': 'failed_perm',
  },
  unknown: { ask: 'recon', deadline: 'expired', 'receipt-delivered': 'delivered', 'receipt-failed': 'failed_perm' },
  recon: {
    found: 'accepted',
    absent: 'pending',
    'ask-again': 'unknown',
    'lease-expired': 'unknown',
    deadline: 'expired',
    'receipt-delivered': 'delivered',
    'receipt-failed': 'failed_perm',
  },
  accepted: {
    'carrier-sent': 'sent',
    deadline: 'expired',
    'receipt-delivered': 'delivered',
    'receipt-failed': 'failed_perm',
  },
  sent: { deadline: 'expired', 'receipt-delivered': 'delivered', 'receipt-failed': 'failed_perm' },
  // Ends of the machine's own work. A person may still take over, and a late "delivered" is always the truth.
  failed_temp: { 'hand-over': 'manual_task', 'receipt-delivered': 'delivered' },
  failed_perm: { 'hand-over': 'manual_task', 'receipt-delivered': 'delivered' },
  expired: { 'hand-over': 'manual_task', 'receipt-delivered': 'delivered' },
  cancelled: { 'receipt-delivered': 'delivered' },
  manual_task: { 'receipt-delivered': 'delivered' },
  suppressed: {},
  delivered: {},
};

/** Nothing more is tried by itself. */
export const isTerminal = (status: DeliveryStatus): boolean => deliveryRank[status] >= 4;

export type Step = { to: DeliveryStatus } | { refused: 'illegal-event' | 'lower-rank' };

/** One step of the machine. A refusal is named and changes nothing. */
export function stepDelivery(from: DeliveryStatus, event: DeliveryEvent): Step {
  const to = deliveryTransitions[from][event];
  if (to) return { to };
  const isReceipt = event === 'receipt-delivered' || event === 'receipt-failed' || event === 'carrier-sent';
  return { refused: isReceipt ? 'lower-rank' : 'illegal-event' };
}
