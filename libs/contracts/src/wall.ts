import { z } from 'zod';

/** `type` of socket.io `event` (contract.md). */
export const wallEventTypes = [
  'warning.opened',
  'warning.level',
  'warning.state',
  'warning.release',
  'delivery.summary',
  'device.state',
  'point.level',
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
});
export type PointPicture = z.infer<typeof PointPicture>;

export interface ChannelEntry {
  index: number;
  deviceId: string;
  channel: string;
  hazardPoint: string;
  unit: string;
}
/** [channel index, device time ms, value, quality flags joined by ','] */
export type FrameValue = [number, number, number, string];
export interface WallFrame {
  at: number;
  values: FrameValue[];
}
