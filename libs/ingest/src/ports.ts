import type { QualityFlag, QuarantinedPayload, StoredReading } from '#libs/contracts';

/** One MQTT publish, already authenticated. */
export interface Packet {
  deviceId: string;
  topic: string;
  payload: Uint8Array;
  /** MQTT DUP flag: the device resends because it saw no PUBACK. */
  dup: boolean;
  receivedAt: number;
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
