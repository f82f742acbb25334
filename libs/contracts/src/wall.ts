import { z } from 'zod';
import { DeviceView } from './device/device.js';
import { WarningLevel } from './point/level.js';
import { Silence } from './warning/silence.js';
import { IsoTime } from './time/time.js';
import { Role } from './people/user.js';
import { MessageKind, WarningView } from './warning/warning.js';

/** `type` of socket.io `event` (contract.md). */
export const wallEventTypes = [
  'warning.opened',
  'warning.level',
  'warning.state',
  'warning.release',
  'warning.display',
  'delivery.summary',
  'device.state',
  'point.level',
  'silence.changed',
  'task.changed',
  'response.changed',
  'consultation.opened',
  'consultation.updated',
  'consultation.signed',
  'system.alarm',
] as const;
export const WallEventType = z.enum(wallEventTypes);
export type WallEventType = z.infer<typeof WallEventType>;

/** Event before it has its place: `divisionCode` decides who sees it ('' = everyone, e.g. a system alarm). */
export interface WallEventDraft {
  id: string;
  type: WallEventType;
  at: number;
  divisionCode: string;
  payload: unknown;
}
/** `seq` is made by the station, rises by one with every event, and is what a client gives back as `offset`. */
export interface WallEvent extends WallEventDraft {
  seq: number;
}

export const PointPicture = z.object({
  unifiedCode: z.string(),
  name: z.string(),
  kind: z.string(),
  divisionCode: z.string(),
  longitude: z.number(),
  latitude: z.number(),
  level: z.string(),
  state: z.string().nullable(),
  warning: z.string().nullable(),
  exercise: z.boolean(),
  freshness: z.enum(['fresh', 'stale', 'silent', 'unknown']),
  lastReadingAt: z.string().nullable(),
  closed: z.boolean(),
  /** Whose messages are held back: it is over when `until` has passed. Absent = none. */
  silences: z.array(Silence).optional(),
});
export type PointPicture = z.infer<typeof PointPicture>;

export const ChannelEntry = z.object({
  index: z.number().int(),
  deviceId: z.string(),
  channel: z.string(),
  hazardPoint: z.string(),
  unit: z.string(),
});
export type ChannelEntry = z.infer<typeof ChannelEntry>;
/** [channel index, device time ms, value, quality flags joined by ','] */
const FrameTuple = z.tuple([z.number(), z.number(), z.number(), z.string()]);
export type FrameValue = z.infer<typeof FrameTuple>;
export const WallFrameMessage = z.object({ at: z.number(), values: z.array(FrameTuple) });
export type WallFrame = z.infer<typeof WallFrameMessage>;

/** `payload` of `system.alarm`: a fault of the system itself. `standing` false ends the alarm of that code. */
export const SystemAlarm = z.object({
  code: z.string(),
  level: WarningLevel,
  standing: z.boolean(),
  text: z.object({ zh: z.string(), en: z.string() }),
  /** Whose business it is; absent: the operator's. */
  owner: Role.optional(),
  /** When it ends whatever happens. */
  until: IsoTime.optional(),
  /** Hazard points it is about; a standing alarm with other points is told again. */
  about: z.array(z.string()).optional(),
});
export type SystemAlarm = z.infer<typeof SystemAlarm>;

/**
 * `payload` of `warning.display`: a message to the command centre's wall. A client that has painted it says `shown {delivery}` on the same socket,
 * which is the receipt of the delivery; answered `{ok}` when that is kept.
 */
export const WallMessage = z.object({
  /** Out id of the delivery. */
  delivery: z.string(),
  /** Null: somebody tries whether the wall shows messages. */
  warning: z.string().nullable(),
  level: WarningLevel,
  kind: MessageKind.nullable(),
  exercise: z.boolean(),
  text: z.string(),
  /** Not worth painting after this, epoch ms. */
  until: z.number(),
});
export type WallMessage = z.infer<typeof WallMessage>;

/**
 * First message after connecting: everything in the client's scope as of event `seq`. `values` is the newest value of
 * every channel; `warnings` are the open ones, newest first, without `legal` (that belongs to the asking user: GET /warnings).
 */
export const WallSnapshot = z.object({
  seq: z.number().int(),
  at: z.number(),
  points: z.array(PointPicture),
  channels: z.array(ChannelEntry),
  devices: z.array(DeviceView).default([]),
  warnings: z.array(WarningView).default([]),
  values: z.array(FrameTuple).default([]),
  alarms: z.array(SystemAlarm).default([]),
  /** Messages in scope that no display has shown yet. */
  messages: z.array(WallMessage).default([]),
});
export type WallSnapshot = z.infer<typeof WallSnapshot>;
export const WallEventMessage = z.object({ seq: z.number().int(), type: WallEventType, at: z.number(), payload: z.unknown() });
export type WallEventMessage = z.infer<typeof WallEventMessage>;

/** Bytes of one value in a binary frame (`auth.binary`): u32 index, f64 time (ms), f64 value, u16 quality bits; all little-endian. Bit n = qualityFlags[n]. */
export const frameValueBytes = 22;
/** Bytes before the values of a binary frame: f64 at (ms), u32 count. */
export const frameHeaderBytes = 12;
