import type { WallEvent } from '#libs/contracts';

/** Wall events are written through the Ledger; this reads them back. */
export interface EventStore {
  lastSeq(): Promise<number>;
  /** Events with seq > offset whose division starts with `scope` (or is ''), oldest first. */
  since(offset: number, scope: string, limit: number): Promise<WallEvent[]>;
}

/** Newest value of every channel, to fill the picture at start. */
export interface LatestStore {
  latest(): Promise<{ deviceId: string; channel: string; time: number; value: number; quality: string[]; receivedAt: number }[]>;
}
