import type { Ledger, LedgerEntry } from '#libs/alert';
import type { WallEvent } from '#libs/contracts';
import type { Outbox } from '#libs/notify';
import { StoreAway } from '../sql/errors.js';
import type { DownlinkWrite } from '../registry/device-downlink.js';
import type { PgLedger } from '../ledger/ledger.js';
import { EntryQueue, type EntryOutcomes } from './entry-queue.js';
import type { Presence } from './presence.js';

export interface RecordsSwitchOptions {
  presence: Pick<Presence, 'run' | 'confirm'>;
  ledger: { database: PgLedger; journal: Ledger };
  outbox: { database: Outbox; journal: Outbox };
  /** What goes down to devices. */
  downlink: Record<'database' | 'journal', (write: DownlinkWrite) => Promise<void>>;
  /** An entry was committed in the database. */
  committed: (entry: LedgerEntry) => void;
  /** An entry is durable, there or in the journal. */
  written: (entry: LedgerEntry, events: readonly WallEvent[]) => void;
  /** Follows what the outbox of the database was asked and answered, for the copy that is worked from without it. */
  follow: (outbox: Outbox) => Outbox;
}

/**
 * The ledger, the outbox and what goes down to devices, on the database or on the journal, never on both: while records are brought in, all wait (`hold`). What failed
 * because the database went away is done again on the journal; every record is idempotent, so an unknown outcome does no harm.
 */
export class RecordsSwitch {
  #held: Promise<void> | undefined;
  #onJournal = false;
  readonly ledger: Ledger;
  readonly outbox: Outbox;

  /** One write about a command to a device, durable when it resolves. */
  writeDownlink(write: DownlinkWrite): Promise<void> {
    const { database, journal } = this.options.downlink;
    return this.#either(
      () => database(write),
      () => journal(write),
    );
  }

  /** True while the journal has them. */
  get onJournal(): boolean {
    return this.#onJournal;
  }

  constructor(private readonly options: RecordsSwitchOptions) {
    // In one queue, so that entries are numbered in one order whichever of the two has them.
    this.ledger = new EntryQueue({ write: (entries) => this.#write(entries) });
    const { database, journal } = options.outbox;
    const followed = options.follow(database);
    this.outbox = {
      claim: (...args) =>
        this.#either(
          () => followed.claim(...args),
          () => journal.claim(...args),
        ),
      claimUnknown: (...args) =>
        this.#either(
          () => followed.claimUnknown(...args),
          () => journal.claimUnknown(...args),
        ),
      takeTurns: (...args) =>
        this.#either(
          () => followed.takeTurns(...args),
          () => journal.takeTurns(...args),
        ),
      settle: (...args) =>
        this.#either(
          () => followed.settle(...args),
          () => journal.settle(...args),
        ),
      receive: (...args) =>
        this.#either(
          () => followed.receive(...args),
          () => journal.receive(...args),
        ),
      acknowledge: (...args) =>
        this.#either(
          () => followed.acknowledge(...args),
          () => journal.acknowledge(...args),
        ),
      awaitingReceipt: (...args) =>
        this.#either(
          () => followed.awaitingReceipt(...args),
          () => journal.awaitingReceipt(...args),
        ),
      summary: (...args) =>
        this.#either(
          () => followed.summary(...args),
          () => journal.summary(...args),
        ),
      reap: () =>
        this.#either(
          () => followed.reap(),
          () => journal.reap(),
        ),
      abandon: (...args) =>
        this.#either(
          () => followed.abandon(...args),
          () => journal.abandon(...args),
        ),
    };
  }

  /** From now on the journal has them. Synchronous; `ready` holds everybody back until the journal has what the database left unfinished. */
  divert(ready: Promise<void>): void {
    this.#onJournal = true;
    this.#hold(ready);
  }

  /**
   * Runs `last` with nobody working from either. It calls `done` when the database has everything, in the same turn of the event loop in which
   * it has made sure that the database is still there.
   */
  async restore(last: (done: () => void) => Promise<void>): Promise<void> {
    const work = last(() => void (this.#onJournal = false));
    this.#hold(work);
    await work;
  }

  #hold(until: Promise<void>): void {
    const held = until
      .catch(() => undefined)
      .then(() => {
        if (this.#held === held) this.#held = undefined;
      });
    this.#held = held;
  }

  async #write(entries: readonly LedgerEntry[]): Promise<EntryOutcomes> {
    const { committed, written, ledger } = this.options;
    const { database, journal } = ledger;
    let noted = false;
    const outcomes = await this.#either(
      async (): Promise<EntryOutcomes> => {
        const placed = await database.writeTogether(entries);
        for (const entry of entries) committed(entry);
        return placed.map((value) => ({ status: 'fulfilled', value }));
      },
      // Each as it is told, not when all are on disk: a wall that comes back in between would never be shown what was told before it came.
      () => {
        noted = true;
        return Promise.allSettled(
          entries.map(async (entry) => {
            const events = await journal.write(entry);
            written(entry, events);
            return events;
          }),
        );
      },
    );
    for (const [n, entry] of entries.entries()) {
      const outcome = outcomes[n];
      if (!noted && outcome?.status === 'fulfilled') written(entry, outcome.value);
    }
    return outcomes;
  }

  async #either<T>(inDatabase: () => Promise<T>, inJournal: () => Promise<T>): Promise<T> {
    const { presence } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      while (this.#held) await this.#held;
      if (this.#onJournal) return inJournal();
      try {
        return await presence.run(inDatabase);
      } catch (error) {
        if (!(error instanceof StoreAway)) throw error;
        if (!(await presence.confirm(error, attempt)) && !this.#onJournal) throw error;
      }
    }
  }
}
