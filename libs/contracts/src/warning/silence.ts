import { z } from 'zod';
import { insideDivision } from '../point/division.js';
import { UnifiedCode } from '../point/ids.js';
import { levelRank, type WarningLevel } from '../point/level.js';
import { ownedSpan, SpanReason, spanEnd } from './owned-span.js';
import { fromIso, HOUR, IsoTime } from '../time/time.js';

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
  ...ownedSpan,
  /** Absent: every point of a division that begins with `divisionCode` (with `rule`). */
  hazardPoint: UnifiedCode.optional(),
  /** Id of a rulebook; absent: whatever the point is judged by. */
  rule: z.string().optional(),
  /** The highest level it holds back. */
  level: SilenceableLevel,
});
export type Silence = z.infer<typeof Silence>;

export const SilenceCreate = z
  .strictObject({
    hazardPoint: UnifiedCode.optional(),
    rule: z.string().min(1).max(80).optional(),
    level: SilenceableLevel,
    reason: SpanReason,
    until: IsoTime,
  })
  .refine(({ hazardPoint, rule }) => hazardPoint !== undefined || rule !== undefined, {
    message: 'name a hazard point, a rulebook, or both',
    path: ['hazardPoint'],
  });
export type SilenceCreate = z.infer<typeof SilenceCreate>;

/** Whether it speaks of this point. */
export const silenceConcerns = (silence: Silence, point: { unifiedCode: string; divisionCode: string }): boolean =>
  silence.hazardPoint === undefined ? insideDivision(point.divisionCode, silence.divisionCode) : silence.hazardPoint === point.unifiedCode;

/** Whether it speaks of this point, judged by this rulebook, at this moment of the wall clock (epoch ms). */
export const silenceHolds = (silence: Silence, point: { unifiedCode: string; divisionCode: string }, at: number): boolean =>
  at >= fromIso(silence.from) && at < spanEnd(silence) && silenceConcerns(silence, point);

/** Whether it holds back messages of this level of this rulebook. */
export const silenceCovers = (silence: Silence, rule: string, level: WarningLevel): boolean =>
  (silence.rule === undefined || silence.rule === rule) && levelRank(level) <= levelRank(silence.level);
