import { z } from 'zod';
import type { Keeper } from '../../keep/keeper.js';

const Memory = z.object({ open: z.number().nullable(), sums: z.array(z.number()), counts: z.array(z.number()) });
export type BinnedMeanMemory = z.infer<typeof Memory>;

/**
 * Mean over a sliding window that moves in steps of a bin: between bins − 1 and bins parts of the window, the running one included at once.
 * O(1) a value and a few numbers whatever the rate, so that it can be kept over a restart as it is.
 */
export class BinnedMean {
  readonly #length: number;
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;
  #open = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #count = 0;

  /** @param window ms */
  constructor(
    window: number,
    private readonly bins: number,
  ) {
    this.#length = window / bins;
    this.#sums = new Float64Array(bins);
    this.#counts = new Float64Array(bins);
  }

  /** A value of a time, ms; one older than the window changes nothing. */
  add(time: number, value: number): void {
    const bin = Math.floor(time / this.#length);
    if (bin > this.#open) this.#advance(bin);
    if (bin <= this.#open - this.bins) return;
    const at = this.#place(bin);
    this.#sums[at] = (this.#sums[at] ?? 0) + value;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }

  /** NaN without values. */
  get mean(): number {
    return this.#sum / this.#count;
  }

  clear(): void {
    this.#sums.fill(0);
    this.#counts.fill(0);
    this.#open = Number.NEGATIVE_INFINITY;
    this.#addUp();
  }

  memory(): BinnedMeanMemory {
    return { open: Number.isFinite(this.#open) ? this.#open : null, sums: [...this.#sums], counts: [...this.#counts] };
  }

  recall({ open, sums, counts }: BinnedMeanMemory): void {
    if (sums.length !== this.bins || counts.length !== this.bins) return this.clear();
    this.#open = open ?? Number.NEGATIVE_INFINITY;
    this.#sums.set(sums);
    this.#counts.set(counts);
    this.#addUp();
  }

  #place(bin: number): number {
    return ((bin % this.bins) + this.bins) % this.bins;
  }

  #advance(bin: number): void {
    for (let at = Math.max(this.#open + 1, bin - this.bins + 1); at <= bin; at += 1) {
      this.#sums[this.#place(at)] = 0;
      this.#counts[this.#place(at)] = 0;
    }
    this.#open = bin;
    this.#addUp();
  }

  /** Afresh with every bin, a dozen numbers or two: a sum that runs on would keep the rounding errors of the last explosion. */
  #addUp(): void {
    this.#sum = this.#sums.reduce((sum, one) => sum + one, 0);
    this.#count = this.#counts.reduce((sum, one) => sum + one, 0);
  }

  keep(k: Keeper): void {
    k.list(this.#sums);
    k.list(this.#counts);
    this.#open = k.number(this.#open);
    this.#sum = k.number(this.#sum);
    this.#count = k.number(this.#count);
  }
}

export { Memory as BinnedMeanMemory };
