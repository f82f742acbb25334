import { z } from 'zod';
import { IsoTime } from '../time/time.js';

const Rate = z.number().min(0).max(1).nullable();

/**
 * The three rates of DZ/T 0450 §11, with what they are made of, so that anyone can check them. A rate is null when nothing was due.
 *
 * - online rate 在线率 = device-days with at least one valid sample / device-days due;
 * - transmission rate 数据传输畅通率 = samples received / samples due at the interval in force at that time;
 * - command completion rate 管理作业完成率 = commands answered `succ` / commands that have ended (withdrawn ones apart).
 */
export const KpiFigures = z.object({
  dueDays: z.number().int(),
  onlineDays: z.number().int(),
  onlineRate: Rate,
  expected: z.number().int(),
  received: z.number().int(),
  transmissionRate: Rate,
  commands: z.number().int(),
  commandsSucceeded: z.number().int(),
  commandCompletionRate: Rate,
});
export type KpiFigures = z.infer<typeof KpiFigures>;

/** `by` of `GET /kpis`: one row for the area, for each division, each point or each device. */
export const kpiGroups = ['division', 'point', 'device'] as const;

export const KpiReport = z.object({
  /** First and last civil day (Asia/Shanghai), both included. */
  from: z.string(),
  to: z.string(),
  /** Until when it is counted: today is not over. */
  asOf: IsoTime,
  division: z.string(),
  total: KpiFigures,
  items: z.array(KpiFigures.extend({ key: z.string(), name: z.string(), devices: z.number().int() })),
  nextCursor: z.string().nullable(),
});
export type KpiReport = z.infer<typeof KpiReport>;
