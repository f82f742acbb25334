import type { Ledger, LedgerEntry } from '#libs/alert';
import type { StageBus, WallEvent } from '#libs/contracts';
import type { DataKey, Logger } from '#libs/platform';
import { auditWriter, type AuditWriter } from './audit.js';
import type { Database } from '../sql/database.js';
import { deliveriesName } from '../outbox/delivery-write.js';
import { importEvents, lastEventSeq, pgEvents, placed, placeEvents } from './event.js';
import { entryStatements } from './ledger-write.js';
import { runAll, type Statement } from '../sql/statement.js';

export interface PgLedger extends Ledger {
  /**
   * Entries in one transaction, in their order: all of them, or none and an error.
   * @returns the events of each, with their places
   * @throws StoreAway, or what the database refuses of one of them
   */
  writeTogether(entries: readonly LedgerEntry[]): Promise<readonly (readonly WallEvent[])[]>;
  /** Writes an entry whose events have their places already (drained from the journal). Publishes nothing: it was published when it was made. */
  restore(entry: LedgerEntry, events: readonly WallEvent[]): Promise<void>;
  /** Everything up to this seq has been published by somebody else (the journal): it is not published again. */
  announced(seq: number): void;
  /** Resolves when everything committed so far has been published. */
  settled(): Promise<void>;
}

export interface PgLedgerOptions {
  bus: StageBus;
  dataKey: DataKey;
  logger: Logger;
  audit?: AuditWriter;
}

/** The ledger on PostgreSQL: one transaction after another, each with one entry or several. */
export function pgLedger(db: Database, options: PgLedgerOptions): PgLedger {
  return new PostgresLedger(db, options);
}

class PostgresLedger implements PgLedger {
  /** Entries wait for the one before: events are numbered in the order of commit, so no client that has seen n can be shown n-1 later. */
  #writing: Promise<unknown> = Promise.resolve();
  #publishing: Promise<void> = Promise.resolve();
  /** Seq of the newest event; undefined when it has to be read from the database. */
  #lastSeq: number | undefined;
  #announced: number | undefined;
  readonly #audit: AuditWriter;

  constructor(
    readonly db: Database,
    readonly options: PgLedgerOptions,
  ) {
    this.#audit = options.audit ?? auditWriter(db);
  }

  async write(entry: LedgerEntry): Promise<readonly WallEvent[]> {
    const [events] = await this.writeTogether([entry]);
    return events ?? [];
  }

  writeTogether(entries: readonly LedgerEntry[]): Promise<readonly (readonly WallEvent[])[]> {
    return this.#inTurn(async () => {
      const last = await this.#position();
      const { events, deliveries } = await this.#attempt(() => this.#commit(entries, last));
      this.#lastSeq = last + events.length;
      this.#announce(events, deliveries);
      return ofEach(entries, events);
    });
  }

  restore(entry: LedgerEntry, events: readonly WallEvent[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#position();
      await this.#attempt(() => this.#import(entry, events));
      this.#lastSeq = await lastEventSeq(this.db);
      this.#announced = this.#lastSeq;
    });
  }

  announced(seq: number): void {
    this.#announced = Math.max(this.#announced ?? 0, seq);
  }

  settled(): Promise<void> {
    return this.#writing.then(
      () => this.#publishing,
      () => this.#publishing,
    );
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#writing.then(work, work);
    this.#writing = turn;
    // The caller has the rejection; the chain only needs to know that the turn is over.
    turn.catch(() => undefined);
    return turn;
  }

  /** One transaction whose statements leave together: a warning waits for one answer, not for one after another. */
  async #commit(entries: readonly LedgerEntry[], last: number): Promise<{ events: WallEvent[]; deliveries: number }> {
    const statements: Statement[] = [];
    for (const entry of entries) for (const statement of await entryStatements(entry, this.options.dataKey)) statements.push(statement);
    const drafts = entries.flatMap(({ events = [] }) => events);
    const answers = await this.db.together([
      ...statements,
      ...(drafts.length > 0 ? [placeEvents(drafts, last)] : []),
      // Last: from here on the transaction may do nothing but insert audit records.
      ...(await this.#audit.statements(entries.flatMap(({ audit = [] }) => audit))),
    ]);
    const deliveries = statements.reduce((sum, { name }, n) => sum + (name === deliveriesName ? (answers[n]?.rowCount ?? 0) : 0), 0);
    const events = drafts.length > 0 ? placed(drafts, answers[statements.length]?.rows ?? []) : [];
    return { events, deliveries };
  }

  /** As `#commit`, for an entry whose events have their places. */
  #import(entry: LedgerEntry, events: readonly WallEvent[]): Promise<void> {
    return this.db.tx(async (sql) => {
      await runAll(sql, await entryStatements(entry, this.options.dataKey));
      await importEvents(sql, events);
      await this.#audit.append(sql, entry.audit ?? []);
    });
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // A commit that failed may have happened: ask the database where we are before the next entry.
      this.#lastSeq = undefined;
      throw error;
    }
  }

  /** Newest seq. After a commit of unknown outcome, also tells what that commit wrote and nobody has heard of. */
  async #position(): Promise<number> {
    if (this.#lastSeq !== undefined) return this.#lastSeq;
    const last = await lastEventSeq(this.db);
    const announced = (this.#announced ??= last);
    if (last > announced) this.#announce(await pgEvents(this.db).since(announced, '', last - announced), 0);
    this.#lastSeq = last;
    return last;
  }

  /**
   * Publishes in the order of commit, without holding up the writer: a listener may itself write to the ledger, and
   * would otherwise wait for itself. A listener's failure is its own; the entry is written.
   */
  #announce(events: readonly WallEvent[], deliveries: number): void {
    this.#announced = Math.max(this.#announced ?? 0, ...events.map((event) => event.seq));
    this.#publishing = this.#publishing
      .then(() => this.options.bus.publish('ledger.written', { events, deliveries }))
      .catch((error: unknown) => this.options.logger.error({ stage: 'store', err: error }, 'a listener of ledger.written failed'));
  }
}

/** Which of the placed events belongs to which entry; one that several have belongs to the first. */
function ofEach(entries: readonly LedgerEntry[], events: readonly WallEvent[]): WallEvent[][] {
  const byId = new Map(events.map((event) => [event.id, event]));
  return entries.map((entry) =>
    (entry.events ?? []).flatMap(({ id }) => {
      const event = byId.get(id);
      byId.delete(id);
      return event ? [event] : [];
    }),
  );
}
