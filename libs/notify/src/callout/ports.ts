import type {
  Callout,
  CalloutCounts,
  CalloutParty,
  DeliveryChannel,
  DeliveryStatus,
  Page,
  PageQuery,
  ReleaseScope,
  ReplyRecord,
  SystemAlarm,
} from '#libs/contracts';

/** A call-out with everybody who has to answer. */
export interface WholeCallout {
  callout: Callout;
  parties: CalloutParty[];
}

/** What became of one delivery, for the report. Times in epoch ms. */
export interface CalloutDelivery {
  id: string;
  recipient: string;
  scope: ReleaseScope;
  version: number;
  channel: DeliveryChannel;
  step: number;
  status: DeliveryStatus;
  createdAt: number;
  deliveredAt: number | null;
}

/** Call-outs, answers and replies as they stand; written by the ledger only. */
export interface CalloutStore {
  /** Those that have not ended, and those that began after `since` (epoch ms): who answers late is still known. */
  recent(since: number): Promise<WholeCallout[]>;
  /** Of a warning, oldest release first. */
  ofWarning(warningId: string): Promise<WholeCallout[]>;
  /** By household, of the newest message to the public; undefined while none is out. */
  households(warningId: string): Promise<CalloutCounts | undefined>;
  deliveries(warningId: string): Promise<CalloutDelivery[]>;
  replies(warningId: string): Promise<ReplyRecord[]>;
  /** Newest first. `scope`: division prefix; replies of unknown numbers belong to everybody who sees everything. */
  listReplies(query: PageQuery & { scope: string; warning?: string }): Promise<Page<ReplyRecord>>;
  /** Numbers that were written back to after `since`, with the time of the last. */
  writtenBack(since: number): Promise<{ phone: string; at: number }[]>;
  /** Ids among these that are kept already. */
  known(replyIds: readonly string[]): Promise<string[]>;
  /** Whose message it was. */
  deliveryOf(outId: string): Promise<(Pick<CalloutDelivery, 'recipient' | 'scope' | 'version'> & { warningId: string }) | undefined>;
}

/** What the call-out needs of the stages around it. */
export interface CalloutSurroundings {
  /** Raises or ends a standing alarm on the wall. */
  alarm: (alarm: SystemAlarm) => Promise<void>;
  /** What they were for is over: open tasks of a warning about a household. */
  withdraw: (of: { warningId: string; about: string }, by: string, note?: string) => Promise<void>;
}
