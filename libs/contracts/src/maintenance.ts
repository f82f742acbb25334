import { z } from 'zod';
import { DeviceId, UnifiedCode } from './ids.js';
import { fromIso, HOUR, IsoTime } from './time.js';

/**
 * Longest maintenance window. Shorter: a crew that replaces a borehole string must come back for paperwork. Longer: a window
 * somebody forgot hides for a week that the instrument is silent.
 */
export const MAX_MAINTENANCE_MS = 72 * HOUR;
/** How far ahead a window may be planned. */
export const MAX_MAINTENANCE_AHEAD_MS = 30 * 24 * HOUR;

/**
 * 运维屏蔽: somebody works on a device, or at a whole point. Readings are flagged `maintenance`, the device is shown so, and its
 * silence is expected. It hides no level: what the readings say is judged all the same. It always ends by itself.
 */
export const MaintenanceWindow = z.object({
  id: z.string(),
  /** The device; absent: every device of the point. Children of a collector are covered with it. */
  deviceId: DeviceId.optional(),
  hazardPoint: UnifiedCode,
  divisionCode: z.string(),
  /** User name of who answers for it. */
  owner: z.string(),
  reason: z.string(),
  from: IsoTime,
  until: IsoTime,
  /** Ended by a person before `until`. */
  endedAt: IsoTime.optional(),
  endedBy: z.string().optional(),
  version: z.number().int(),
});
export type MaintenanceWindow = z.infer<typeof MaintenanceWindow>;

export const MaintenanceCreate = z
  .strictObject({
    deviceId: DeviceId.optional(),
    hazardPoint: UnifiedCode.optional(),
    reason: z.string().trim().min(2).max(200),
    /** Now when absent. */
    from: IsoTime.optional(),
    until: IsoTime,
  })
  .refine(({ deviceId, hazardPoint }) => (deviceId === undefined) !== (hazardPoint === undefined), {
    message: 'name either a device or a hazard point',
    path: ['deviceId'],
  });
export type MaintenanceCreate = z.infer<typeof MaintenanceCreate>;

/** When a window ends, or ended: epoch ms. */
export const maintenanceEnd = ({ until, endedAt }: Pick<MaintenanceWindow, 'until' | 'endedAt'>): number =>
  Math.min(fromIso(until), endedAt === undefined ? Number.POSITIVE_INFINITY : fromIso(endedAt));
