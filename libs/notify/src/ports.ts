import type { AckState, DeliveryIntent, DeliveryStatus } from '#libs/contracts';

/** Eight classes of failure (notify.md §5.3). The class decides what happens next; the code is for people. */
export const errorClasses = ['TRANSIENT', 'UNKNOWN', 'RECIPIENT_LIMIT', 'RECIPIENT_PERM', 'ACCOUNT', 'TEMPLATE', 'CONTENT', 'BUG'] as const;
export type ErrorClass = (typeof errorClasses)[number];

export interface OutgoingMessage {
  outId: string;
  to: string;
  template: { code: string; params: Record<string, string>; text: string };
  validitySeconds: number;
}
export type SendResult =
  { ok: true; providerId: string } | { ok: false; cls: ErrorClass; code: string; message: string; retryAfterMs?: number };
export type ProviderAnswer = 'ABSENT' | { status: 'ACCEPTED' | 'DELIVERED' | 'FAILED'; providerId: string; code?: string };

/** One way out. Never retries, never throws for what a provider answered; policy lives in the worker. */
export interface Channel {
  readonly channel: 'sms' | 'voice' | 'broadcast' | 'robot' | 'email' | 'push' | 'webhook' | 'wall';
  readonly name: string;
  readonly capabilities: { maxBatch: number; receipts: boolean; replies: boolean; maxParts: number };
  send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult>;
  /** What the provider knows of an outId sent to a number on a day: for reconcile before resend. */
  query?(question: { outId: string; to: string; sentAt: number }): Promise<ProviderAnswer>;
}

/** A leased delivery. */
export interface ClaimedDelivery extends DeliveryIntent {
  attempts: number;
  status: 'sending' | 'recon';
  providerId: string | null;
  /** When it was first handed to a provider, epoch ms; for `query`. */
  firstSentAt: number | null;
}

export interface Settlement {
  status: DeliveryStatus;
  provider?: string;
  providerId?: string;
  error?: { class: ErrorClass; code: string; message: string };
  /** Only for `pending` (retry) and `unknown` (next reconcile). Milliseconds from now, by the store's clock. */
  delayMs?: number;
}

export interface Receipt {
  outId?: string;
  providerId?: string;
  provider: string;
  status: 'delivered' | 'failed';
  code: string;
  at: number;
}

/**
 * The outbox: one port, two adapters (PostgreSQL; the journal for the time the database is away, red and orange only).
 * Both pass libs/notify/src/outbox.conformance.ts. Intents enter through the Ledger, in the transaction of their warning.
 */
export interface Outbox {
  /** Leases up to `limit` pending deliveries that are due, red first (`FOR UPDATE SKIP LOCKED`). */
  claim(owner: string, limit: number, leaseMs: number): Promise<ClaimedDelivery[]>;
  /** Leases deliveries whose outcome is unknown (also: whose lease ran out), to ask the provider before any resend. */
  claimUnknown(owner: string, limit: number, leaseMs: number): Promise<ClaimedDelivery[]>;
  /** Fenced: false if `owner` no longer holds the lease, and then nothing changed. */
  settle(id: string, owner: string, settlement: Settlement): Promise<boolean>;
  /** Monotonic by rank (notify.md §5.2): a late or repeated receipt never lowers a status. Answers the warning it belongs to, if known. */
  receive(receipt: Receipt): Promise<{ deliveryId: string; warningId: string } | undefined>;
  acknowledge(deliveryId: string, ack: AckState, at: number): Promise<void>;
  /** `sending` past its lease → `unknown`; pending past its deadline → `expired`. Answers how many of each. */
  reap(): Promise<{ unknown: number; expired: number }>;
}
