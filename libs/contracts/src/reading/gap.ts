import { z } from 'zod';
import { DeviceId, UnifiedCode } from '../point/ids.js';
import { IsoTime } from '../time/time.js';

/** `open`: samples are missing. `filled`: the device has sent them later. `given-up`: so old that no device still has them. */
export const gapStates = ['open', 'filled', 'given-up'] as const;
export const GapState = z.enum(gapStates);
export type GapState = z.infer<typeof GapState>;

/** A stretch of device time between two samples in which uploads are missing. Times are epoch ms. */
export interface DataGap {
  deviceId: string;
  hazardPoint: string;
  /** The last sample before it, and the first after it. */
  from: number;
  to: number;
  /** Upload interval it was found by, seconds. */
  interval: number;
  /** Samples missing when it was found. */
  missing: number;
  /** What is still missing: between which two samples, and how many. */
  holes: readonly { from: number; to: number; missing: number }[];
  state: GapState;
  /** When it was found, and when it ended: wall clock. */
  foundAt: number;
  endedAt: number | null;
}

export const GapView = z.object({
  deviceId: DeviceId,
  hazardPoint: UnifiedCode,
  state: GapState,
  from: IsoTime,
  to: IsoTime,
  interval: z.number().int(),
  missing: z.number().int(),
  /** How many of them are still missing, and where. */
  remaining: z.number().int(),
  holes: z.array(z.object({ from: IsoTime, to: IsoTime, missing: z.number().int() })),
  foundAt: IsoTime,
  endedAt: IsoTime.nullable(),
});
export type GapView = z.infer<typeof GapView>;
