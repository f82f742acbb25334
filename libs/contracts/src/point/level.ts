import { z } from 'zod';

/**
 * The four warning colours, weakest first (domain glossary: WarningLevel 蓝/黄/橙/红 = 注意/警示/警戒/警报).
 * Protocols number them in both directions (0 = red in DZ/T 0450 §8.6, 4 = red on most platforms), so inside the
 * system a level is always one of these words and is converted at the edge.
 */
export const warningLevels = ['blue', 'yellow', 'orange', 'red'] as const;
export const WarningLevel = z.enum(warningLevels);
export type WarningLevel = z.infer<typeof WarningLevel>;

/** What a hazard point shows: a colour, `none` (judged, quiet) or `unknown` (grey: not judged; never drawn as green). */
export const PointLevel = z.enum(['none', ...warningLevels, 'unknown']);
export type PointLevel = z.infer<typeof PointLevel>;

/** 0 for `none` and `unknown`, 1 blue … 4 red. For ordering only; never stored or sent. */
export function levelRank(level: PointLevel): number {
  return level === 'none' || level === 'unknown' ? 0 : warningLevels.indexOf(level) + 1;
}
