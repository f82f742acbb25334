import type { DeviceReply } from './device-command.js';
import type { ProfileField, ResolvedProfile } from './device-profile.js';
import type { QuarantineReason } from './reading.js';

/** One number read from a payload. `time` is null when the device gave none: it is stamped on arrival. */
export interface Sample {
  deviceId: string;
  channel: string;
  field: ProfileField;
  time: number | null;
  value: number;
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

/** The profile of an id inside a payload, or why its values are not taken. */
export type DeviceSource = { profile: ResolvedProfile } | { refused: QuarantineReason; detail: string };

export interface CodecContext {
  /** The device that sent the payload. */
  deviceId: string;
  source(deviceId: string): DeviceSource;
}

/** Reads the payload of one protocol. Total: never throws, whatever the bytes; what it can't read is a fault. */
export type Codec = (payload: Uint8Array, context: CodecContext) => Decoded;
