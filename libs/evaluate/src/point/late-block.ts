import { levelRank, type PointDecision, type StoredReading } from '#libs/contracts';
import type { PointEvaluator } from './point-evaluator.js';
import { lateBlock } from '../levels/reasons.js';

/** Late samples older than what had been judged of their channel: they corrected the windows, but their own moments are past. Event time, ms. */
export interface LateBlock {
  from: number;
  to: number;
  samples: number;
}

/** A block, or none yet, with one more sample of that event time (ms). */
export const grown = (block: LateBlock | null, time: number): LateBlock =>
  block
    ? { from: Math.min(block.from, time), to: Math.max(block.to, time), samples: block.samples + 1 }
    : { from: time, to: time, samples: 1 };

/** From which event time readings are needed to judge a block: every window must be whole when it begins. */
export const lateBlockFrom = (block: LateBlock, horizon: number): number => block.from - horizon;

/** Readings judged between two questions for a pause: some milliseconds. */
const atOnce = 256;

/** How strong a decision is: what it confirms first, what it holds second. */
const strength = ({ confirmedLevel, level }: Pick<PointDecision, 'confirmedLevel' | 'level'>): number =>
  levelRank(confirmedLevel) * 10 + levelRank(level);

/**
 * Judges a block at its own moments, as if it had come in time: by an evaluator that has judged nothing yet, over the readings as they are known now.
 * @param readings of the point, from `lateBlockFrom` on
 * @param pause asked now and then: when it resolves others have had their turn, undefined: go on
 * @returns what corrects the record, marked late and in order: the strongest the rulebook held then, and what holds now; nothing when that is no
 *   weaker. Levels held before the block began are not part of it.
 */
export async function judgeLateBlock(
  fresh: PointEvaluator,
  now: PointEvaluator,
  readings: readonly StoredReading[],
  block: LateBlock,
  pause: () => Promise<void> | undefined = () => undefined,
): Promise<PointDecision[]> {
  let strongest: PointDecision | undefined;
  const decide = async (): Promise<void> => {
    const decision = await fresh.decide();
    if (decision && strength(decision) > (strongest ? strength(strongest) : 0)) strongest = decision;
  };
  for (const [nth, reading] of readings.toSorted((a, b) => a.time - b.time || a.seq - b.seq).entries()) {
    if (nth % atOnce === 0) await pause();
    if (reading.time > block.to) break;
    if (reading.time < block.from) {
      fresh.warm(reading);
      continue;
    }
    // What fell due in between, in its order: a level that was given up within the block is not added to the next one.
    if (fresh.tick(reading.time)) await decide();
    if (fresh.feed(reading)) await decide();
  }
  if (!strongest || strength(strongest) <= strength(now.said)) return [];
  return [{ ...strongest, late: true, reasons: [...strongest.reasons, lateBlock()] }, now.restated()];
}
