import type { Sql } from '../sql/database.js';

/**
 * Least time between two records of store time, ms. Shorter costs a quiet station as many bytes for times as for readings;
 * longer no longer tells whether the store kept up when somebody asks why a warning was late.
 */
const EVERY_MS = 10_000;

/** Keeps when readings were stored: one row for all commits of ten seconds, not eight bytes in each reading. */
export class StoreTimes {
  #writtenAt = -Infinity;
  #first = Infinity;
  #last = -Infinity;

  /** Called after each commit with what it was given. What was not written when the process ends has the next row as its bound. */
  async note(sql: Sql, readings: readonly { seq: number }[]): Promise<void> {
    for (const { seq } of readings) {
      this.#first = Math.min(this.#first, seq);
      this.#last = Math.max(this.#last, seq);
    }
    const now = performance.now();
    if (this.#last < this.#first || now - this.#writtenAt < EVERY_MS) return;
    await sql.run('insert into ingest.store_time (stored_at, first_seq, last_seq) values (now(), $1, $2)', [this.#first, this.#last]);
    this.#writtenAt = now;
    this.#first = Infinity;
    this.#last = -Infinity;
  }
}
