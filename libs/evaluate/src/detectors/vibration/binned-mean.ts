import { z } from 'zod';

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
    const from = Math.max(this.#open + 1, bin - this.bins + 1);
    for (let at = from; at <= bin; at += 1) this.#set(at, 0, 0);
    this.#open = Math.max(this.#open, bin);
    if (bin <= this.#open - this.bins) return;
    const at = this.#place(bin);
    this.#set(bin, (this.#sums[at] ?? 0) + value, (this.#counts[at] ?? 0) + 1);
  }

  // Added up afresh, a dozen numbers or two: a running sum of squares would keep the rounding errors of the last explosion.
  get count(): number {
    return this.#counts.reduce((sum, one) => sum + one, 0);
  }

  /** NaN without values. */
  get mean(): number {
    return this.#sums.reduce((sum, one) => sum + one, 0) / this.count;
  }

  clear(): void {
    this.#sums.fill(0);
    this.#counts.fill(0);
    this.#open = Number.NEGATIVE_INFINITY;
  }

  memory(): BinnedMeanMemory {
    return { open: Number.isFinite(this.#open) ? this.#open : null, sums: [...this.#sums], counts: [...this.#counts] };
  }

  recall({ open, sums, counts }: BinnedMeanMemory): void {
    if (sums.length !== this.bins || counts.length !== this.bins) return this.clear();
    this.#open = open ?? Number.NEGATIVE_INFINITY;
    this.#sums.set(sums);
    this.#counts.set(counts);
  }

  #place(bin: number): number {
    return ((bin % this.bins) + this.bins) % this.bins;
  }

  #set(bin: number, sum: number, count: number): void {
    const at = this.#place(bin);
    this.#sums[at] = sum;
    this.#counts[at] = count;
  }
}

export { Memory as BinnedMeanMemory };
