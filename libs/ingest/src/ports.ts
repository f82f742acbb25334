import type { DataGap, QualityFlag, QuarantinedPayload, StoredReading } from '#libs/contracts';

/** One MQTT publish, already authenticated. */
export interface Packet {
  deviceId: string;
  topic: string;
  payload: Uint8Array;
  /** MQTT DUP flag: the device resends because it saw no PUBACK. */
  dup: boolean;
  receivedAt: number;
  /** Bytes the message had when it was over the size limit: `payload` is only its beginning. */
  cutFrom?: number;
}

/** A stored reading as flags need it after a start. */
export interface PrimingReading {
  deviceId: string;
  channel: string;
  time: number;
  value: number;
  quality: readonly QualityFlag[];
}

export interface ReadingBatch {
  readings: readonly StoredReading[];
  quarantine: readonly QuarantinedPayload[];
}

export interface CommitOutcome {
  /** seq of the readings that are new; the others were duplicates of (device, channel, time). */
  storedSeqs: ReadonlySet<number>;
  /** Readings the store refused because of their data; each is now in quarantine as `store-refused`. */
  refused: readonly StoredReading[];
}

/**
 * Where accepted readings become durable. `commit` resolves only when they would survive power loss; it rejects when the
 * store is away (nothing is acknowledged, devices resend). Idempotent by (device, channel, time).
 */
export interface ReadingStore {
  lastSeq(): Promise<number>;
  commit(batch: ReadingBatch): Promise<CommitOutcome>;
}

/** The past that flags and gaps go on from after a start. */
export interface RecentReadings {
  /** The newest `count` readings of each channel of each device, oldest first within a channel, in portions. */
  recent(count: number): AsyncIterable<readonly PrimingReading[]>;
}

/** Gaps in what devices sent. */
export interface GapLog {
  /** Those still open. */
  open(): Promise<DataGap[]>;
  /** Writes each as it is now; its identity is (device, from). */
  save(gaps: readonly DataGap[]): Promise<void>;
}

/**
 * Asks a device for what is missing, where its protocol has words for it (SL 651 query of history). Resolves true when it was asked;
 * what it sends then comes in as any reading does, and fills the gap.
 */
export type Rerequest = (gap: DataGap) => Promise<boolean>;
