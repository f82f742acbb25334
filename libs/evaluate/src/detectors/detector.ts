import type { Rebase } from '../filters/filter.js';
import type { Entry } from '../filters/stage.js';
import type { Keeper } from '../keep/keeper.js';

/** Why an indicator has no value: shown to people and never taken for calm. */
export type WhyUnknown =
  'no-data' | 'warming-up' | 'silent' | 'dead-channel' | 'too-few-siblings' | 'no-usable-forecast' | 'stuck' | 'copied' | 'needs-review';

/**
 * One indicator of one channel, kept up to date sample by sample in event time. A detector knows no thresholds, no clock
 * and no neighbours. Samples with an excluding flag never reach it; duplicates neither (ingest removes them).
 */
export interface Detector {
  /**
   * A sample in the channel's own unit; may be older than the newest one.
   * @param source which series it is of; given to kinds that work `across` the series of a point
   */
  feed(time: number, value: number, source?: string): void;
  /** Where samples of a series go in when others are cleaned together with this one: once a sample for all of them, in the place of `feed`. */
  entry?(source?: string): Entry;
  /** Value in the indicator's unit, null while unknown. */
  readonly value: number | null;
  /** True when the value is only a lower bound because the window is not yet full: enough to raise, not enough to be calm. */
  readonly partial: boolean;
  readonly why: WhyUnknown | undefined;
  /** Numbers beside the value that people need to trust it: bounds of an interval, the window used. Shown and kept as evidence, never judged. */
  readonly detail?: Readonly<Record<string, number | null>> | undefined;
  /**
   * Whether the value is known, final and strictly between two bounds, when that costs less than the value itself. False says nothing.
   * Most samples cross no threshold, and a value nobody asks for need not be worked out.
   */
  surelyBetween?(low: number, high: number): boolean;
  /** Moves what was seen of before a moment, where the detector can: see `Rebase`. Its value may change. */
  readonly rebase?: Rebase;
  /** Of a kind that works `across`: this series is not to be trusted now (or is again), and the value is to be made of the others. */
  leaveOut?(source: string, out: boolean): void;
  /** Series the value was made without, and why. */
  readonly leftOut?: readonly { source: string; why: WhyUnknown }[] | undefined;
  /**
   * Of a detector whose value also moves with the clock: earliest event time (ms) at which the clock alone makes the value reach one of
   * `bounds`; +∞ when it never will. A history is judged by it, with a tick where something falls due and none in between.
   */
  wakesAt?(bounds: readonly number[]): number;
  /** Everything it knows, for a restart that need not read its windows again; taken up by a new detector of the same text and place only. */
  keep(keeper: Keeper): void;
  /** Part of the state no window of readings can rebuild (a baseline measured once). JSON. */
  memory?(): unknown;
  recall?(memory: unknown): void;
}

/** Floating-point sums of 0.1 mm tips must still reach 80 mm exactly: values are compared after rounding to 1e-9. What is left of nothing is 0, not −0. */
export const tidy = (value: number): number => Math.round(value * 1e9) / 1e9 + 0;
