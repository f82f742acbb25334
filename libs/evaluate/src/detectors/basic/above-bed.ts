import { z } from 'zod';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { BlockSeries } from '../motion/block-series.js';
import type { Keeper } from '../../keep/keeper.js';

/** Blocks (1/24 of the window) before a bed is known: a third of the window, as for a velocity. */
const fewestBlocks = 8;

/**
 * Mud level above the bed: newest level minus the bed, the bed being the median of block medians over `bed` (24 h; the running block is left
 * out). Unit m. A surge is seen with its first sample, however slowly the bed has been rising or falling before, and even when a flow has left a
 * metre of deposit: that becomes the bed once it has lain for half the window. Shorter `bed`: a flood of hours becomes its own bed. Longer: deposits alarm for days.
 *
 * Unknown until a third of the window has been seen. O(1) amortised a sample. Against `change`: it needs no sample just before the surge, and
 * a surge that stays does not fade with the window of the change. Late samples are put where they belong.
 * Fails by: boats, people, snow under the sensor (persistence); the bed scoured during the flow (the value is then too small).
 */
export class AboveBedDetector implements Detector {
  readonly #blocks: BlockSeries;
  #newest = Number.NEGATIVE_INFINITY;
  #level = 0;
  #bed: number | null = null;
  #settled = false;
  value: number | null = null;
  readonly partial = false;
  detail: { bed: number } | undefined;

  constructor(window: number) {
    this.#blocks = new BlockSeries(window);
    const disturb = () => (this.#settled = false);
    this.#blocks.watch({ settling: disturb, leaving: disturb, disturbed: disturb });
  }

  get why() {
    if (this.value !== null) return undefined;
    return this.#newest === Number.NEGATIVE_INFINITY ? ('no-data' as const) : ('warming-up' as const);
  }

  feed(time: number, value: number): void {
    this.#blocks.feed(time, value);
    if (time >= this.#newest) {
      this.#newest = time;
      this.#level = value;
    }
    if (!this.#settled) this.#settle();
    this.value = this.#bed === null ? null : tidy(this.#level - this.#bed);
    this.detail = this.#bed === null ? undefined : { bed: this.#bed };
  }

  #settle(): void {
    const closed = this.#blocks.count - 1;
    const values = this.#blocks.values.slice(0, Math.max(0, closed)).sort();
    const middle = closed >> 1;
    const upper = values[middle] ?? 0;
    this.#bed = closed < fewestBlocks ? null : closed % 2 === 1 ? upper : (upper + (values[middle - 1] ?? upper)) / 2;
    this.#settled = true;
  }

  keep(k: Keeper): void {
    this.#blocks.keep(k);
    this.#newest = k.number(this.#newest);
    this.#level = k.number(this.#level);
    this.#bed = k.maybe(this.#bed);
    this.#settled = k.flag(this.#settled);
    this.value = k.maybe(this.value);
    if (this.#bed !== null) this.detail = { bed: this.#bed };
  }
}

export const aboveBedKind = detectorKind({
  name: 'above-bed',
  about: {
    zh: '泥（水）位高出沟床：最新值减去沟床（时段中位数）',
    en: 'mud or water level above the bed, the bed being the median of the last day',
    source: 'domain.md §2.6',
  },
  fields: { bed: WindowText.prefault('24 h'), unit: z.literal('m') },
  make: (spec) => new AboveBedDetector(spec.bed),
  horizon: (spec) => BlockSeries.horizon(spec.bed),
});
