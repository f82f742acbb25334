import { z } from 'zod';
import { Certainty, PointLevel, WarningLevel } from '#libs/contracts';
import { LevelMemory } from './level-machine.js';

/** What was last said of a point; a decision is made when it changes. */
export const Said = z.object({ level: PointLevel, certainty: Certainty.nullable(), confirmedLevel: PointLevel, late: z.boolean() });
export type Said = z.infer<typeof Said>;
export const saidNothing: Said = { level: 'unknown', certainty: null, confirmedLevel: 'unknown', late: false };
export const sameSaid = (a: Said, b: Said): boolean =>
  a.level === b.level && a.certainty === b.certainty && a.confirmedLevel === b.confirmedLevel && a.late === b.late;

/**
 * JudgementMark.state: the part of a judgement no window of readings can rebuild. `indicators` keeps when each was last heard of
 * (a sensor silent for longer than the windows must stay grey after a restart) and baselines measured once.
 */
export const PointMemory = z.object({
  v: z.literal(1),
  said: Said,
  eventAt: z.number().nullable(),
  levels: z.partialRecord(WarningLevel, LevelMemory),
  indicators: z.record(z.string(), z.object({ lastAt: z.number().nullable(), detector: z.unknown() })),
});
export type PointMemory = z.infer<typeof PointMemory>;
