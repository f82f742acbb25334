import { z } from 'zod';
import { UnifiedCode } from './ids.js';
import { levelRank, type WarningLevel } from './level.js';
import { fromIso, HOUR, IsoTime } from './time.js';

/**
 * Longest silence: one day, so that every shift has one morning on which it is said again. Shorter: a crew that drills all day must come back
 * for paperwork. Longer: a silence somebody forgot is a siren nobody hears.
 */
export const MAX_SILENCE_MS = 24 * HOUR;

/** What may be silenced. Red never: the one message nobody may have turned off (docs/adr/0031). */
export const silenceableLevels = ['blue', 'yellow', 'orange'] as const satisfies readonly WarningLevel[];
export const SilenceableLevel = z.enum(silenceableLevels);
export type SilenceableLevel = z.infer<typeof SilenceableLevel>;

/**
 * 静默: messages inside are held back for one point, one rulebook or both, up to a level and until a time. It hides nothing: the level stands on the
 * wall and in the record, marked with it, and what it held back is told when it ends and still holds.
 */
export const Silence = z.object({
  id: z.string(),
  /** Absent: every point of the division (with `rule`). */
  hazardPoint: UnifiedCode.optional(),
  /** Id of a rulebook; absent: whatever the point is judged by. */
  rule: z.string().optional(),
  /** Where it holds: every division that begins so. */
  divisionCode: z.string(),
  /** The highest level it holds back. */
  level: SilenceableLevel,
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
export type Silence = z.infer<typeof Silence>;

export const SilenceCreate = z
  .strictObject({
    hazardPoint: UnifiedCode.optional(),
    rule: z.string().min(1).max(80).optional(),
    level: SilenceableLevel,
    reason: z.string().trim().min(2).max(200),
    until: IsoTime,
  })
  .refine(({ hazardPoint, rule }) => hazardPoint !== undefined || rule !== undefined, {
    message: 'name a hazard point, a rulebook, or both',
    path: ['hazardPoint'],
  });
export type SilenceCreate = z.infer<typeof SilenceCreate>;

/** When a silence ends, or ended: epoch ms. */
export const silenceEnd = ({ until, endedAt }: Pick<Silence, 'until' | 'endedAt'>): number =>
  Math.min(fromIso(until), endedAt === undefined ? Number.POSITIVE_INFINITY : fromIso(endedAt));

/** Whether it speaks of this point, judged by this rulebook, at this moment of the wall clock (epoch ms). */
export const silenceHolds = (silence: Silence, point: { unifiedCode: string; divisionCode: string }, at: number): boolean =>
  at >= fromIso(silence.from) &&
  at < silenceEnd(silence) &&
  (silence.hazardPoint === undefined ? point.divisionCode.startsWith(silence.divisionCode) : silence.hazardPoint === point.unifiedCode);

/** Whether it holds back messages of this level of this rulebook. */
export const silenceCovers = (silence: Silence, rule: string, level: WarningLevel): boolean =>
  (silence.rule === undefined || silence.rule === rule) && levelRank(level) <= levelRank(silence.level);
