import type { Ledger, LedgerEntry } from '#libs/alert';
import type { WallEvent } from '#libs/contracts';
import { StoreAway } from '../sql/errors.js';

/** What became of each of some entries, in their order. */
export type EntryOutcomes = readonly PromiseSettledResult<readonly WallEvent[]>[];

export interface EntryQueueOptions {
  /**
   * Writes entries in their order. Rejects when it is not known of any of them that it was written; then they may all be written again.
   * Entries the database has are in one transaction, so one it refuses refuses all.
   */
  write: (entries: readonly LedgerEntry[]) => Promise<EntryOutcomes>;
}

/**
 * Entries in one write at most. Fewer: the last of many decisions of one moment waits for more commits, each a flush to disk. More: a transaction
 * holds its locks longer, and the first of them waits for the statements of the last (some 0.3 ms each).
 */
export const MOST_TOGETHER = 32;
/**
 * Messages of an entry that still shares. A release to thousands takes the database a second: in one transaction with it a red of another point would
 * be on the wall a second later than alone. Fewer: the messages of ordinary points, some dozens, each cost a flush of their own.
 */
export const MOST_MESSAGES = 100;

interface Waiting {
  entry: LedgerEntry;
  resolve: (events: readonly WallEvent[]) => void;
  reject: (error: unknown) => void;
}

/**
 * The entries of the ledger, one write after another, in the order they came. What comes while one is under way goes together with the next: as with
 * readings the running commit is the window, and no timer is waited for. An entry that is refused is found by halves, and alone has the error.
 */
export class EntryQueue implements Ledger {
  readonly #waiting: Waiting[] = [];
  #running = false;

  constructor(private readonly options: EntryQueueOptions) {}

  write(entry: LedgerEntry): Promise<readonly WallEvent[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) await this.#together(this.#take());
    this.#running = false;
  }

  #take(): Waiting[] {
    const count = this.#waiting.findIndex(({ entry }, at) => at === MOST_TOGETHER || (at > 0 && isLarge(entry)));
    const first = this.#waiting[0];
    return this.#waiting.splice(0, first && isLarge(first.entry) ? 1 : count === -1 ? this.#waiting.length : count);
  }

  async #together(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.options.write(group.map(({ entry }) => entry));
      for (const [n, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[n];
        if (outcome?.status === 'fulfilled') resolve(outcome.value);
        else reject(outcome?.reason ?? new Error('a ledger did not say what became of an entry'));
      }
    } catch (error) {
      // Away it is for all of them; refused for one, and the others must not fail with it.
      if (error instanceof StoreAway || group.length === 1) {
        for (const { reject } of group) reject(error);
        return;
      }
      const middle = group.length >> 1;
      await this.#together(group.slice(0, middle));
      await this.#together(group.slice(middle));
    }
  }
}

const isLarge = ({ deliveries }: LedgerEntry): boolean => (deliveries?.length ?? 0) > MOST_MESSAGES;
