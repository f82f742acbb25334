import { z } from 'zod';
import { UnifiedCode } from '../point/ids.js';
import { IsoTime } from '../time/time.js';

/** A disaster that happened at a point, entered by a person: what warnings are measured by. The quick report (速报) is another document. */
export const Incident = z.object({
  id: z.string(),
  hazardPoint: UnifiedCode,
  divisionCode: z.string(),
  occurredAt: IsoTime,
  text: z.string(),
  /** User name of who entered it, and when. */
  by: z.string(),
  at: IsoTime,
});
export type Incident = z.infer<typeof Incident>;
export const IncidentCreate = z.strictObject({
  hazardPoint: UnifiedCode,
  occurredAt: IsoTime,
  text: z.string().trim().min(2).max(500),
});
export type IncidentCreate = z.infer<typeof IncidentCreate>;

/** A share of few is a wide guess: the Wilson 95 % interval stands beside it (algorithms.md B15). `value` null: of nothing. */
const Share = z.object({
  value: z.number().nullable(),
  of: z.number().int(),
  count: z.number().int(),
  from: z.number().nullable(),
  to: z.number().nullable(),
});
export type Share = z.infer<typeof Share>;

/** Answer of `GET /kpi/warnings` (domain.md §2.11). Exercises are not in it. */
export const WarningKpis = z.object({
  from: IsoTime,
  to: IsoTime,
  /** Warnings opened in the time, by the highest level they reached; `candidates` were never confirmed. */
  opened: z.number().int(),
  candidates: z.number().int(),
  byLevel: z.object({ red: z.number().int(), orange: z.number().int(), yellow: z.number().int(), blue: z.number().int() }),
  /** Warnings with a word about what they were, by that word: 处置类型 0–4. */
  disposed: z.number().int(),
  byDisposal: z.object({ 0: z.number().int(), 1: z.number().int(), 2: z.number().int(), 3: z.number().int(), 4: z.number().int() }),
  /** Over, and nobody has said what it was: `POST /warnings/{id}/dispose`. */
  undisposed: z.number().int(),
  /** 误报率: types 0, 1 and 2 of all disposed. */
  falseAlarms: Share,
  /** 处置率: disposed before their validity ended, of all that were opened. */
  handledInTime: Share,
  /** 漏报: incidents at points no warning had been confirmed for, of all incidents. */
  missed: Share,
  /** 提前量: seconds from the confirmation to the incident it warned of. */
  leadSeconds: z.object({ shortest: z.number().nullable(), median: z.number().nullable(), longest: z.number().nullable() }),
});
export type WarningKpis = z.infer<typeof WarningKpis>;
