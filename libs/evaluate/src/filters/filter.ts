import type { WhyUnknown } from '../detectors/detector.js';
import type { Keeper } from '../keep/keeper.js';

/** Takes a sample that may be judged. */
export type Pass = (time: number, value: number) => void;

/** An event time and the value read then. */
export type Sample = readonly [time: number, value: number];

/**
 * Asks the detector to move all it has seen of before `at` by `by`, so that it joins what has come since: a jump of the instrument is then no motion.
 * @param since samples that were passed from `at` on, while `at` may lie inside a block
 */
export type Rebase = (at: number, by: number, since: readonly Sample[]) => void;

/**
 * Stands between a series and its detector and lets through what may be judged. Pure and in the order of arrival: a sample is judged by those
 * before it in event time, and what has been let through is never taken back. Everything it knows can be read again: its state hangs on
 * samples no older than its horizon.
 */
export interface Filter {
  /** A sample in the channel's own unit; may be older than the newest one. Calls `pass` for each sample that is now fit to be judged, oldest first. */
  feed(time: number, value: number, pass: Pass, rebase: Rebase): void;
  /** Why nothing that comes of this series can be trusted now: its indicator is then unknown, never calm. */
  readonly why?: WhyUnknown | undefined;
  /** Why what comes of it shows the least that happened: enough to raise a level, not enough to be calm. */
  readonly doubt?: WhyUnknown | undefined;
  /** Numbers people need to see what was done: a value held back, the size of a step. */
  readonly detail?: Readonly<Record<string, number>> | undefined;
  /** Everything it knows, as a detector does. */
  keep(keeper: Keeper): void;
}
