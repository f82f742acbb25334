import { z } from 'zod';
import { Certainty, PointLevel } from '#libs/contracts';
import type { LevelMachine } from '../levels/level-machine.js';

/** What was last said of a point; a decision is made when it changes. */
export const Said = z.object({ level: PointLevel, certainty: Certainty.nullable(), confirmedLevel: PointLevel, late: z.boolean() });
export type Said = z.infer<typeof Said>;
export const saidNothing: Said = { level: 'unknown', certainty: null, confirmedLevel: 'unknown', late: false };
export const sameSaid = (a: Said, b: Said): boolean =>
  a.level === b.level && a.certainty === b.certainty && a.confirmedLevel === b.confirmedLevel && a.late === b.late;

/** What the machines can't see for themselves. */
export interface Blindness {
  /** The rulebook could not be evaluated: no level is claimed by it. */
  failed: boolean;
  /** No instrument has reported, or those that must are silent: without a level the point is grey. */
  grey: boolean;
}

/**
 * What is to be said of a point now.
 * @param machines strongest level first
 */
export function sayOf(machines: readonly LevelMachine[], { failed, grey }: Blindness): Said {
  // What only late samples hold sounds nowhere: it must not speak for a level that is held live below it.
  const held = machines.filter((machine) => machine.certainty !== null);
  const live = held.filter((machine) => !machine.lateOnly);
  const heard = live.length > 0 ? live : held;
  const [top] = heard;
  const confirmed = heard.find((machine) => machine.certainty === 'confirmed')?.level;
  const calm: PointLevel = failed || grey || machines.some((machine) => machine.rise.truth === 'unknown') ? 'unknown' : 'none';
  const confirmedLevel = confirmed ?? calm;
  if (failed || !top) return { level: calm, certainty: null, confirmedLevel, late: false };
  return { level: top.level, certainty: top.certainty, confirmedLevel, late: top.lateOnly };
}
