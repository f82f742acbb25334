import { z } from 'zod';
import { DeviceId, UnifiedCode } from '../point/ids.js';
import { EpochMs } from '../time/time.js';

/**
 * Quality flags (domain.md §2.3). Stored beside the raw value, never instead of it; several may hold.
 * `range`, `clock` and `reset` exclude a sample from judgement; the others are facts a rule may use.
 */
export const qualityFlags = [
  'range',
  'clock',
  'reset',
  'spike',
  'stuck',
  'late',
  'time-by-server',
  'gnss-float',
  'maintenance',
  'low-battery',
  'synthetic',
] as const;
export const QualityFlag = z.enum(qualityFlags);
export type QualityFlag = z.infer<typeof QualityFlag>;

/** Flags that keep a sample out of every detector (contract.md, Acceptance rulebook). */
export const excludingFlags: ReadonlySet<QualityFlag> = new Set(['range', 'clock', 'reset']);

/** One value of one channel at one device time. (device, channel, time) is its identity: a second one is a duplicate. */
export const Reading = z.object({
  deviceId: DeviceId,
  hazardPoint: UnifiedCode,
  channel: z.string(),
  /** Device time (event time), after the profile's time rule. */
  time: EpochMs,
  value: z.number(),
  quality: z.array(QualityFlag),
  /** When the broker had the packet. */
  receivedAt: EpochMs,
});
export type Reading = z.infer<typeof Reading>;

/** A reading in the store. `seq` is made by the station, rises with every stored reading and never repeats (promise 2). */
export type StoredReading = Reading & { seq: number };

/** Why bytes or values were put aside. Each is acknowledged: a device that resends what we can't read would do so for ever. */
export const quarantineReasons = [
  'unreadable-frame',
  'unreadable-json',
  'unknown-shape',
  'unknown-code',
  'bad-value',
  'bad-time',
  'clock-ahead',
  'foreign-device',
  'closed-point',
  'store-refused',
  // Another value for a (device, channel, time) that is stored: the first stands.
  'conflict',
  'too-large',
  // Kept whole, with length and hash: pictures, logs, raw observations (data type 3).
  'file-frame',
  // Data type 4 goes to devices; one that comes from a device is an answer nobody asked for.
  'firmware-frame',
  // Encrypted payloads: no key for the application; does not open with it, or its signature is wrong; older than a resend can be.
  'unknown-app',
  'sealed-wrong',
  'replayed',
  // GNSS: a solution that is no position (single point, too old), and a position without a baseline to count from.
  'no-fix',
  'no-baseline',
] as const;
export const QuarantineReason = z.enum(quarantineReasons);
export type QuarantineReason = z.infer<typeof QuarantineReason>;

export interface QuarantinedPayload {
  id: string;
  deviceId: string;
  topic: string;
  reason: QuarantineReason;
  detail: string;
  payload: Uint8Array;
  receivedAt: number;
}
