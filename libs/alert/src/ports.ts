import type {
  AuditRecord,
  Callout,
  CalloutParty,
  Consultation,
  DeliveriesAnswered,
  DefenceResponse,
  DeliveryIntent,
  GroupChannel,
  JudgementMark,
  Page,
  PageQuery,
  RecipientRole,
  ReleaseScope,
  ReplyRecord,
  Silence,
  Task,
  TimelineEntry,
  WallEvent,
  WallEventDraft,
  WarningRecord,
} from '#libs/contracts';

/**
 * Everything one judgement or one action produced, written together or not at all (promises 2, 3, 4): a warning's
 * transition, its deliveries, what the wall shows, the audit record and how far the point is judged. All ids are made
 * by the station, so writing an entry twice changes nothing.
 */
export interface LedgerEntry {
  judgement?: JudgementMark;
  /** Upserted; an older `version` never overwrites a newer one. */
  warnings?: readonly WarningRecord[];
  timeline?: readonly (TimelineEntry & { warningId: string })[];
  deliveries?: readonly DeliveryIntent[];
  /** Deliveries of this warning and scope that are not yet under way become `cancelled` (superseded or withdrawn). */
  supersede?: readonly { warningId: string; scope: 'internal' | 'public'; beforeVersion: number }[];
  consultations?: readonly Consultation[];
  /** Upserted by version. */
  silences?: readonly Silence[];
  /** Upserted by version. */
  tasks?: readonly Task[];
  /** Upserted by version. */
  responses?: readonly DefenceResponse[];
  /** Call-outs and who has to answer them, frozen with the release they follow. Upserted by version. */
  callouts?: readonly Callout[];
  parties?: readonly CalloutParty[];
  /** Deliveries somebody answered; what waits to be sent to them again is cancelled. Only ever strengthens an answer. */
  answered?: readonly DeliveriesAnswered[];
  /** Written once each, by id. */
  replies?: readonly ReplyRecord[];
  events?: readonly WallEventDraft[];
  audit?: readonly AuditRecord[];
}

/**
 * The one door to the record. Writes are serialised; `events` get their seq in the order of commit, so a client that
 * gives back an offset never misses an earlier event. Publishes `ledger.written` after each commit.
 */
export interface Ledger {
  write(entry: LedgerEntry): Promise<readonly WallEvent[]>;
}

export interface WarningQuery extends PageQuery {
  /** One state, or several joined by commas. */
  state?: string;
  hazardPoint?: string;
  from?: number;
  /** Division prefix of the asking user. */
  scope: string;
}

/** Warnings as they stand. */
export interface WarningStore {
  /** Every warning that is candidate or confirmed: loaded at start. */
  open(): Promise<WarningRecord[]>;
  /** Of each point that ever had one: the open one, or the last that ended. */
  newest(): Promise<WarningRecord[]>;
  find(id: string): Promise<WarningRecord | undefined>;
  timeline(id: string): Promise<TimelineEntry[]>;
  /** Warnings the public was told of that changed after `since` (epoch ms), newest change first, each with the entries of its messages. */
  published(since: number, limit: number): Promise<{ warning: WarningRecord; messages: TimelineEntry[] }[]>;
  list(query: WarningQuery): Promise<Page<WarningRecord>>;
}

/** Somebody who has a message of a warning in hand. */
export interface Told {
  /** Where they stood when they were told, e.g. `household:<card id>:householder`. */
  recipient: string;
  role: RecipientRole;
  address: string;
  /** Told with others by this channel (a robot in a group, a loudspeaker, a mailbox); absent: a person, by telephone. */
  group?: GroupChannel;
}

/**
 * Who was told of a warning, from the deliveries themselves: cards change while a warning stands, and whoever was told to go must hear that it is over.
 * Known also while the database is away, for warnings that are open.
 */
export interface ToldStore {
  /** Everybody a message of this scope may have reached, each address once. */
  of(warningId: string, scope: ReleaseScope): Promise<Told[]>;
}
