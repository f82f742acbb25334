import type { WallEvent, WallEventType } from '#libs/contracts';

/** Wall events are written through the Ledger; this reads them back. */
export interface EventStore {
  lastSeq(): Promise<number>;
  /** Events with seq > offset whose division starts with `scope` (or is ''), oldest first. */
  since(offset: number, scope: string, limit: number): Promise<WallEvent[]>;
  /** Events of a kind from this moment on (epoch ms), oldest first: for who has to know after a restart what it has seen. */
  ofType(type: WallEventType, from: number): Promise<WallEvent[]>;
}

/** Newest value of every channel, to fill the picture at start. */
export interface LatestStore {
  latest(): Promise<{ deviceId: string; channel: string; time: number; value: number; quality: string[]; receivedAt: number }[]>;
}
