import type { DeviceReply } from './device-command.js';
import type { GnssBaseline } from './device.js';
import type { ProfileField, ResolvedProfile } from './device-profile.js';
import type { QualityFlag, QuarantineReason } from '../reading/reading.js';

/** One number read from a payload. `time` is null when the device gave none: it is stamped on arrival. */
export interface Sample {
  deviceId: string;
  channel: string;
  field: ProfileField;
  time: number | null;
  value: number;
  /** Flags only the codec can know (`gnss-float`); joined with what ingest finds. */
  quality?: readonly QualityFlag[];
}

/** Why a payload, or a part of it, could not be read. The rest of the payload is kept. */
export interface DecodeFault {
  reason: QuarantineReason;
  detail: string;
}

/** A word the device said of itself (firmware version, IMEI). */
export interface DeviceFact {
  deviceId: string;
  name: string;
  value: string;
}

export interface Decoded {
  samples: Sample[];
  faults: DecodeFault[];
  facts: DeviceFact[];
  /** Answers of the device to commands, and its own questions. */
  replies?: DeviceReply[];
}

/** Where a GNSS station stands: what its displacement is counted from, and which way its slope moves. */
export interface GnssSite {
  /** Oldest first; the newest that began before a solution is its own. */
  baselines: readonly GnssBaseline[];
  /** 主滑方向 of its hazard point, degrees clockwise from north. */
  slideDirection?: number;
}

/** The profile of an id inside a payload, or why its values are not taken. */
export type DeviceSource = { profile: ResolvedProfile; site?: GnssSite } | { refused: QuarantineReason; detail: string };

/** An encrypted payload as it lies in its envelope `{"header":{"appId":…},"bodies":{"body":"<base64>"}}`; nothing of it is checked yet. */
export interface SealedEnvelope {
  appId: string;
  body: string;
  algorithm?: string;
  /** As written: the signature covers the text. */
  timestamp?: string;
  nonce?: string;
  signature?: string;
}

/** `fresh: false`: genuine, but as old as a replay would be; what it says without a time of its own is not to be taken as said now. */
export type OpenedEnvelope = { payload: Uint8Array; fresh: boolean } | { refused: QuarantineReason; detail: string };

/** What codecs may not do themselves (they are pure): handed in by the station. */
export interface CodecTools {
  /** Opens an envelope with the key of its application. Never throws. @param receivedAt epoch ms */
  openEnvelope?: (sealed: SealedEnvelope, receivedAt: number) => OpenedEnvelope;
  /** SHA-256, hex. */
  sha256?: (bytes: Uint8Array) => string;
}

export interface CodecContext {
  /** The device that sent the payload. */
  deviceId: string;
  source: (deviceId: string) => DeviceSource;
  /** When the payload arrived, epoch ms. Never a time of measurement. */
  receivedAt?: number;
  tools?: CodecTools;
}

/** Reads the payload of one protocol. Total: never throws, whatever the bytes; what it can't read is a fault. */
export type Codec = (payload: Uint8Array, context: CodecContext) => Decoded;
