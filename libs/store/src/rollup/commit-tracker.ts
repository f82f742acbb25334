import type { Sql } from '../sql/database.js';

/**
 * Which readings are certainly stored, for the rollups: they may count everything up to a seq only when no commit with an
 * older one is still on its way. A commit that brings older readings after all (a drained journal) lowers the mark first,
 * so that a crash between the two loses nothing.
 */
export class CommitTracker {
  readonly #open = new Map<symbol, number>();
  #highest = 0;
  #rolledTo = 0;
  #turn: Promise<unknown> = Promise.resolve();

  /** Runs one commit of these readings. Rejects as `commit`, or when the mark could not be lowered: then nothing was stored. */
  async during<T>(sql: Sql, readings: readonly { seq: number }[], commit: () => Promise<T>): Promise<T> {
    let first = Infinity;
    let last = 0;
    for (const { seq } of readings) {
      first = Math.min(first, seq);
      last = Math.max(last, seq);
    }
    const own = Symbol('commit');
    this.#open.set(own, first);
    try {
      if (first <= this.#rolledTo) {
        this.#rolledTo = first - 1;
        await this.inTurn(() => sql.run('update ingest.rollup_mark set rolled_to = least(rolled_to, $1::bigint)', [first - 1]));
      }
      return await commit();
    } finally {
      this.#open.delete(own);
      this.#highest = Math.max(this.#highest, last);
    }
  }

  /** What the store holds at start, and what of it is rolled up. */
  begin(stored: number, rolledTo: number): void {
    this.#highest = Math.max(this.#highest, stored);
    this.#rolledTo = rolledTo;
  }

  /** The next stretch to roll up: (from, to], at most `most` numbers; undefined when there is none. From now on it counts as taken. */
  take(most: number): { from: number; to: number } | undefined {
    const from = this.#rolledTo;
    const to = Math.min(this.storedTo, from + most);
    if (to <= from) return undefined;
    this.#rolledTo = to;
    return { from, to };
  }

  /** Up to which everything that will ever have such a number is stored. */
  get storedTo(): number {
    return Math.min(this.#highest, Math.min(...this.#open.values()) - 1);
  }

  /** How far it is rolled up now: less than what was taken when older readings have come meanwhile. */
  get rolledTo(): number {
    return this.#rolledTo;
  }

  /** The stretch could not be rolled up: again from its beginning. */
  giveBack(from: number): void {
    this.#rolledTo = Math.min(this.#rolledTo, from);
  }

  /** Writes of the mark, one after another: otherwise a lowered mark could be raised again by a write that was sent before. */
  inTurn<T>(write: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(write, write);
    this.#turn = next.catch(() => undefined);
    return next;
  }
}
