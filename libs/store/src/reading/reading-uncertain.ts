/** As many as a few large batches; each entry costs 8 bytes or so. Beyond it the oldest are forgotten, see below. */
const LIMIT = 200_000;

/**
 * Sequences of readings whose commit broke off with its outcome unknown. If they are in the store, nobody was told; when
 * the device resends them they are duplicates for the database but new for judgement. One that is forgotten is still
 * stored, once; a restart judges it, if its point has not been judged past it meanwhile.
 */
export class UncertainSeqs {
  readonly #seqs = new Set<number>();

  add(readings: readonly { seq: number }[]): void {
    for (const { seq } of readings) this.#seqs.add(seq);
    for (const oldest of this.#seqs) {
      if (this.#seqs.size <= LIMIT) break;
      this.#seqs.delete(oldest);
    }
  }

  /** Their commit was done again and answered: whoever is told of them is told now. Left in, a resend would be told of a second time. */
  settle(readings: readonly { seq: number }[]): void {
    if (this.#seqs.size > 0) for (const { seq } of readings) this.#seqs.delete(seq);
  }

  /** True once for each sequence that is in here. */
  take(seq: number): boolean {
    return this.#seqs.delete(seq);
  }
}
