import type {
  AckState,
  AddressHistory,
  CallWindow,
  DeliveryChannel,
  DeliveryIntent,
  DeliveryStatus,
  DeliverySummary,
  WarningLevel,
} from '#libs/contracts';

/** Eight classes of failure (notify.md §5.3). The class decides what happens next; the code is for people. */
export const errorClasses = ['TRANSIENT', 'UNKNOWN', 'RECIPIENT_LIMIT', 'RECIPIENT_PERM', 'ACCOUNT', 'TEMPLATE', 'CONTENT', 'BUG'] as const;
export type ErrorClass = (typeof errorClasses)[number];

export interface OutgoingMessage {
  outId: string;
  to: string;
  template: { code: string; params: Record<string, string>; text: string };
  validitySeconds: number;
  /** For channels that say more than the text; absent in a message for a test. */
  about?: {
    level: WarningLevel;
    kind: DeliveryIntent['kind'];
    exercise: boolean;
    warning?: string;
    /** Hazard point or area. */
    site?: string;
    /** Out ids of what was said of this warning to this address before, within a day. */
    earlier?: readonly string[];
  };
}
/**
 * `delivered`: the answer is the receipt itself (the group, the server or the display has it) and no other will come. `askAfterMs`: when its receipt
 * is overdue and is asked for; absent: as for every provider.
 */
export type SendResult =
  | { ok: true; providerId: string; delivered?: true; askAfterMs?: number }
  | { ok: false; cls: ErrorClass; code: string; message: string; retryAfterMs?: number };
/** A message is known by its outId where the provider keeps one; else by its own name for it, or by number, time and text. */
export interface ProviderQuestion {
  outId: string;
  to: string;
  /** When it was first handed over, epoch ms. */
  sentAt: number;
  /** The provider's own name for it, where its answer arrived. */
  providerId?: string | null;
  text?: string;
}
export type ProviderAnswer = 'ABSENT' | { status: 'ACCEPTED' | 'DELIVERED' | 'FAILED'; providerId: string; code?: string };

/** A vendor's request to us: a push of receipts or replies, as it came in. `url` as the vendor signed it. */
export interface InboundRequest {
  method: string;
  url: string;
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

/** What a person answered (notify.md §4.5): text of an SMS, or the key pressed in a call. The same (provider, sequenceId) is the same reply. */
export interface Reply {
  provider: string;
  sequenceId: string;
  channel: 'sms' | 'voice';
  /** Telephone number as the provider writes it. */
  from: string;
  content: string;
  at: number;
  /** Of the message it answers, where the provider says it (a key pressed in a call); an SMS reply names none. */
  outId?: string;
}

/** What one push, or one packet of a standing connection, told us. */
export interface ProviderNews {
  receipts: Receipt[];
  replies: Reply[];
}

/** How a push is answered: what the vendor takes for "received". Anything else makes it push again. */
export interface InboundAnswer {
  status: number;
  type: string;
  body: string;
}

/** One way out. Never retries, never throws for what a provider answered; policy lives in the worker. */
export interface Channel {
  readonly channel: 'sms' | 'voice' | 'broadcast' | 'robot' | 'email' | 'push' | 'webhook' | 'wall';
  readonly name: string;
  /** `perSecond`: what the provider takes from one account; the dispatcher stays below it. `once`: the same outId twice is one message there. */
  readonly capabilities: { maxBatch: number; receipts: boolean; replies: boolean; maxParts: number; perSecond?: number; once?: true };
  /** Whether messages to this address go this way: one group, one receiver. Absent: every address of its kind. */
  serves?(address: string): boolean;
  send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult>;
  /**
   * What the provider knows of a message: for reconcile before resend, and for receipts that were not pushed.
   * @throws when it can't be asked, with neither number nor text in what it says
   */
  query?(question: ProviderQuestion): Promise<ProviderAnswer>;
  /**
   * Reads a push of the vendor. The HTTP edge mounts it under a path with a random token.
   * @returns undefined for what is no push of this vendor, or is not signed as it should be
   */
  inbound?(request: InboundRequest): { news: ProviderNews; answer: InboundAnswer } | undefined;
  /** Tells what comes in over a connection of the channel's own. @returns stops it */
  listen?(tell: (news: ProviderNews) => Promise<void>): () => Promise<void>;
}

/** A leased delivery. */
export interface ClaimedDelivery extends DeliveryIntent {
  /** Absent when the outbox was asked about an outcome, not for sending. */
  history?: AddressHistory;
  /** Times it was claimed for sending, this one included. Asking about it (`claimUnknown`) does not count. */
  attempts: number;
  status: 'sending' | 'recon';
  /** Provider that was settled with since it was last handed over; null when the station died before it could settle. */
  provider?: string | null;
  providerId: string | null;
  /** When it was first handed to a provider, epoch ms; for `query`. */
  firstSentAt: number | null;
}

export interface Settlement {
  status: DeliveryStatus;
  provider?: string;
  providerId?: string;
  /** `POLICY`: not an answer of a provider but our own decision not to send (`suppressed`); the code names the reason. */
  error?: { class: ErrorClass | 'POLICY'; code: string; message: string };
  /** Nothing left: the attempt does not count. */
  unsent?: boolean;
  /** Written with the settlement, in its transaction: the way that is tried in place of this one. */
  instead?: DeliveryIntent;
  /** For `pending` (retry), `unknown` (next reconcile) and `accepted` (first question for its receipt): sets `not_before`. Milliseconds from now, by the store's clock. */
  delayMs?: number;
}

export interface Receipt {
  outId?: string;
  providerId?: string;
  provider: string;
  status: 'delivered' | 'failed';
  code: string;
  at: number;
  /** What a failure means for the way on; absent: the person was not reached by this channel. */
  errorClass?: ErrorClass;
}

/** The delivery a receipt was about. */
export interface Reported {
  deliveryId: string;
  warningId: string;
  exercise: boolean;
}

/** A delivery the provider took and has not yet reported on. */
export interface AwaitingReceipt {
  id: string;
  warningId: string;
  outId: string;
  address: string;
  priority: number;
  provider: string;
  providerId: string | null;
  firstSentAt: number;
  deadline: number;
}

/**
 * The outbox: one port, two adapters (PostgreSQL; the journal for the time the database is away, red and orange only).
 * Both pass libs/notify/src/outbox.conformance.ts. Intents enter through the Ledger, in the transaction of their warning.
 */
export interface Outbox {
  /**
   * Leases up to `limit` pending deliveries that are due, red first (`FOR UPDATE SKIP LOCKED`). `maxPriority`: only those
   * with `priority <= maxPriority` (0 = red alone), so that a worker can keep slots free for red. `channel`: only those of one channel.
   */
  claim(owner: string, limit: number, leaseMs: number, maxPriority?: number, channel?: DeliveryChannel): Promise<ClaimedDelivery[]>;
  /**
   * Registers one more call to the number of each delivery, unless one of `windows` is full. Holds across processes and restarts.
   * @returns for each the milliseconds to wait, 0 = registered
   */
  takeTurns(calls: readonly Pick<ClaimedDelivery, 'id' | 'address'>[], windows: readonly CallWindow[]): Promise<number[]>;
  /** Leases deliveries whose outcome is unknown (also: whose lease ran out), to ask the provider before any resend. */
  claimUnknown(owner: string, limit: number, leaseMs: number): Promise<ClaimedDelivery[]>;
  /**
   * Fenced: false if `owner` no longer holds the lease, and then nothing changed. A number settled as RECIPIENT_PERM is remembered as dead.
   * `pending` whose deadline has passed ends like any other at the next `reap`.
   */
  settle(id: string, owner: string, settlement: Settlement): Promise<boolean>;
  /**
   * Monotonic by rank (notify.md §5.2): a late or repeated receipt never lowers a status. A failure brings the alternative into being or ends as
   * a person's task; `delivered` cancels what was still waiting in its place. Answers the delivery it is about, if known.
   */
  receive(receipt: Receipt): Promise<Reported | undefined>;
  acknowledge(deliveryId: string, ack: AckState, at: number): Promise<void>;
  /**
   * Accepted (or sent) deliveries that are due to be asked about (`not_before` passed, deadline not), red first. Taking one puts its
   * next turn off by `againMs.red` (priority 0) or `againMs.other`. No lease: an answer enters through `receive`, which is monotonic.
   */
  awaitingReceipt(limit: number, againMs: { red: number; other: number }): Promise<AwaitingReceipt[]>;
  /** Counts of one warning, for the event `delivery.summary`. */
  summary(warningId: string): Promise<DeliverySummary>;
  /**
   * `sending` or `recon` past its lease → `unknown`; `pending` past its deadline → `expired`, or `manual_task` where a person has to go;
   * `accepted` or `sent` 30 s past theirs without a receipt → `expired` (a later receipt still makes it `delivered`). Answers how many
   * became unknown, how many ended, and the warnings they belong to.
   */
  reap(): Promise<{ unknown: number; expired: number; warnings?: string[] }>;
  /**
   * Ends the leases of owners whose name starts with `ownerPrefix`: their process is known to be gone (the station holds its data
   * directory's lock), so nobody waits for a lease to run out before the provider is asked. Answers how many there were.
   */
  abandon(ownerPrefix: string): Promise<number>;
}
