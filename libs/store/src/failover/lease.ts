import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#libs/platform';
import type { Database } from '../sql/database.js';

/** Another station works on this database. */
export class LeaseHeld extends Error {
  override readonly name = 'LeaseHeld';
}

/** Between two looks of a station that waits. */
const LOOK_MS = 2_000;
/**
 * How long the holder must show no life, with the database there all the while, before another station takes over. Shorter: a holder that
 * can't reach the database for a moment but goes on sending from its journal gets a rival, and people get two messages. Longer: a county
 * whose machine died waits that much longer for the second one. A database that was away counts as nothing: both waited for it.
 */
const SILENCE_MS = 60_000;
/** Between two signs of life of the holder. */
const BEAT_MS = 2_500;

interface Row {
  holder: string;
  epoch: number;
  beats: number;
  released: boolean;
}

/**
 * Who works on this database: one station at a time. The holder's `epoch` fences it: one that was taken over finds a higher one and ends.
 * No station takes over while the database is away, because only the database can say who holds it.
 */
export class Lease {
  #epoch = 0;
  #beatAt = -Infinity;

  constructor(
    private readonly db: Database,
    private readonly holder: string,
    private readonly logger: Logger,
  ) {}

  /**
   * Takes the lease, waiting for a holder that shows no life.
   * @throws LeaseHeld when the holder is alive, StoreAway when the database goes away
   */
  async take(silenceMs = SILENCE_MS, lookMs = LOOK_MS): Promise<void> {
    let seen: Row | undefined;
    let seenAt = performance.now();
    for (;;) {
      const [row] = await this.db.query<Row>('select holder, epoch, beats, released from store.lease');
      const silent = seen !== undefined && row?.epoch === seen.epoch && row.beats === seen.beats;
      if (!row || row.released || row.holder === this.holder || (silent && performance.now() - seenAt >= silenceMs)) {
        if (await this.#seize(row)) return;
        continue;
      }
      if (seen && !silent)
        throw new LeaseHeld(
          `Another station (${row.holder}) works on this database. Stop it first; if its machine is gone, start this one again: it takes over after ${silenceMs / 1000} s without a sign of life.`,
        );
      if (!seen) {
        seen = row;
        seenAt = performance.now();
        this.logger.warn(
          { stage: 'store', holder: row.holder },
          'another station held this database last: waiting to see whether it lives',
        );
      }
      await sleep(lookMs);
    }
  }

  /**
   * True while this station still holds it; also gives the sign of life.
   * @param durable writes, and to disk: a database that is read-only or full does not count as being there
   */
  async check(durable: boolean): Promise<boolean> {
    const now = performance.now();
    if (!durable && now - this.#beatAt < BEAT_MS) {
      const [row] = await this.db.query<Row>('select holder, epoch, beats, released from store.lease');
      return row?.epoch === this.#epoch && row.holder === this.holder;
    }
    this.#beatAt = now;
    return this.db.tx(async (sql) => {
      if (!durable) await sql.run('set local synchronous_commit = off');
      return (await sql.run('update store.lease set beats = beats + 1 where holder = $1 and epoch = $2', [this.holder, this.#epoch])) === 1;
    });
  }

  /** Gives it back, so that another station need not wait. */
  async release(): Promise<void> {
    await this.db.run('update store.lease set released = true where holder = $1 and epoch = $2', [this.holder, this.#epoch]);
  }

  async #seize(row: Row | undefined): Promise<boolean> {
    const epoch = (row?.epoch ?? 0) + 1;
    const taken = row
      ? await this.db.run(
          `update store.lease set holder = $1, epoch = $2, beats = 0, released = false, taken_at = now() where epoch = $3 and beats = $4`,
          [this.holder, epoch, row.epoch, row.beats],
        )
      : await this.db.run('insert into store.lease (holder, epoch) values ($1, $2) on conflict do nothing', [this.holder, epoch]);
    if (taken === 1) this.#epoch = epoch;
    return taken === 1;
  }
}

/** How long a session that was told to end may take, ms. */
const END_LIMIT_MS = 3_000;

/**
 * Ends what an earlier connection of this station still has under way in the server: a statement sent before the database went away could
 * otherwise be committed after what followed it.
 * @returns false when one does not end
 */
export async function fence(db: Database, name: string): Promise<boolean> {
  const end = performance.now() + END_LIMIT_MS;
  for (;;) {
    const rows = await db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = $1 and datname = current_database() and usename = current_user and pid <> pg_backend_pid()`,
      [name],
    );
    if (rows.length === 0) return true;
    if (performance.now() > end) return false;
    await sleep(50);
  }
}
