import { z } from 'zod';
import { DeviceId, UnifiedCode } from '../point/ids.js';
import { ownedSpan, SpanReason } from './owned-span.js';
import { HOUR, IsoTime } from '../time/time.js';

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
  ...ownedSpan,
  /** The device; absent: every device of the point. Children of a collector are covered with it. */
  deviceId: DeviceId.optional(),
  hazardPoint: UnifiedCode,
});
export type MaintenanceWindow = z.infer<typeof MaintenanceWindow>;

export const MaintenanceCreate = z
  .strictObject({
    deviceId: DeviceId.optional(),
    hazardPoint: UnifiedCode.optional(),
    reason: SpanReason,
    /** Now when absent. */
    from: IsoTime.optional(),
    until: IsoTime,
  })
  .refine(({ deviceId, hazardPoint }) => (deviceId === undefined) !== (hazardPoint === undefined), {
    message: 'name either a device or a hazard point',
    path: ['deviceId'],
  });
export type MaintenanceCreate = z.infer<typeof MaintenanceCreate>;
