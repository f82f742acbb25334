import { z } from 'zod';
import { DAY } from '#libs/contracts';
import { SampleWindow } from '../../samples/sample-window.js';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import type { Keeper } from '../../keep/keeper.js';

/**
 * Change over a sliding window: newest minus oldest value among the samples with `newest − t ≤ window` (contract.md,
 * Acceptance rulebook). Unit: the channel's. With `either` the size of the change counts, whichever its direction (tilt).
 * Warm-up: two samples inside the window; a channel that uploads less often than the window stays unknown, because one value says
 * nothing of change. With `sparse: previous` such a channel is compared with its sample before the window instead: the change is then that
 * of a longer time, so it may warn early, never late. Fails by: a reset of the instrument's baseline (ingest flags it and keeps it out).
 */
export class ChangeDetector implements Detector {
  readonly #window: SampleWindow;
  value: number | null = null;
  readonly partial = false;

  constructor(
    window: number,
    private readonly either: boolean,
    private readonly reachBack = false,
  ) {
    this.#window = new SampleWindow(window, reachBack ? 1 : 0);
  }

  get why() {
    if (this.value !== null) return undefined;
    return this.#window.length === 0 ? ('no-data' as const) : ('warming-up' as const);
  }

  feed(time: number, value: number): void {
    if (this.#window.add(time, value) === 'outside') return;
    const { length, newest, span } = this.#window;
    // With `sparse` one sample before the window is kept; it counts only when no other one is inside.
    const first = this.reachBack && length > 2 && newest - this.#window.time(0) > span ? 1 : 0;
    const change = length < 2 ? null : tidy(this.#window.value(length - 1) - this.#window.value(first));
    this.value = change !== null && this.either ? Math.abs(change) : change;
  }

  keep(k: Keeper): void {
    this.#window.keep(k);
    this.value = k.maybe(this.value);
  }
}

/** The sample before a window is looked for this far back: three upload intervals of a day. */
const sparseReach = 3 * DAY;

export const changeKind = detectorKind({
  name: 'change',
  about: {
    zh: '时段变化量：窗口内最新值减最早值',
    en: 'change over a sliding window: newest minus oldest value',
    source: 'contract.md (acceptance rulebook); domain.md §2.5',
  },
  fields: {
    window: WindowText,
    direction: z.enum(['up', 'either']).default('up'),
    sparse: z.enum(['unknown', 'previous']).default('unknown'),
  },
  make: (spec) => new ChangeDetector(spec.window, spec.direction === 'either', spec.sparse === 'previous'),
  horizon: (spec) => spec.window + (spec.sparse === 'previous' ? sparseReach : 0),
});
