import type { Journal, Logger } from '#libs/platform';
import { Database } from '../sql/database.js';
import { StoreAway } from '../sql/errors.js';
import { writeDownlink } from '../registry/device-downlink.js';
import { journalFaults } from '../outbox/delivery-audit.js';
import { drainLedger } from '../journal/drain.js';
import { journalLedger } from '../journal/ledger.js';
import { journalOutbox } from '../journal/outbox.js';
import { JournalRecords } from '../journal/records.js';
import { countRefused } from '../journal/refused.js';
import { openParts, type StoreParts } from '../open-store.js';
import type { Store, StoreOptions } from '../store.js';
import { mirroredCallouts } from './callout-mirror.js';
import { mirroredCards } from './card-mirror.js';
import { mirroredDownlink } from './downlink.js';
import { guarded } from './guard.js';
import { LastGoodKeeper } from './last-good.js';
import { fence, Lease } from './lease.js';
import { Mirrors } from './mirrors.js';
import type { Mode } from './mode.js';
import { Presence } from './presence.js';
import { FailoverReadings, type JournalBacklog } from './readings.js';
import { RecordsSwitch } from './records.js';
import { mirroredSessions } from './session-mirror.js';
import { takeUp } from './take-up.js';
import { mirroredTasks } from './task-mirror.js';
import { mirroredTold } from './told-mirror.js';
import { mirroredConsultations, mirroredWarnings } from './warning-mirror.js';

/**
 * Longest a look at the database may take, ms, and longest to connect for it. Shorter: a slow disk or a busy machine is taken for an outage.
 * Longer: with the confirmation after it a server that hangs takes too much of the five seconds of a red warning.
 */
const LOOK_LIMIT_MS = 1_500;
const CONNECT_LIMIT_MS = 1_000;

const TAKEN_OVER = 'another station has taken over this database';

export interface FailoverStoreOptions extends StoreOptions {
  /** Opened by the caller, who closes it after the store. */
  journal: Journal;
  /** Names this data directory, see stationId. */
  station: string;
  /** Where the last good snapshot is kept. */
  dataDir: string;
  /** Breaks off opening between two portions of what an earlier run left in the journal; the next start goes on with it. */
  signal?: AbortSignal | undefined;
  /** Bytes of readings the journal takes, unless its own default. */
  journalLimitBytes?: number;
  /** Another station has taken over: this one must end. What its journal held is in the database. */
  lost: (why: string) => void;
}

/** Where records go now, and what waits for the database. */
export interface FailoverState {
  mode: Mode;
  /** Since when, epoch ms. */
  since: number;
  why: string;
  readings: Readonly<JournalBacklog>;
  /** Deliveries in the journal. */
  deliveries: number;
  /** Records in the journal that the database refused for good. */
  refused: number;
}

export interface FailoverStore extends Store {
  failover: {
    state(): FailoverState;
    /** Called at each change of the mode. */
    onMode(listener: (state: FailoverState) => void): void;
  };
}

/**
 * Every store port over a database that may go away (design promises 1–3). While it is away readings, ledger and outbox go on in the
 * journal; what judging and sending need is answered from copies in memory; everything else rejects with StoreAway at once.
 * Opening drains what an earlier run left in the journal.
 * @throws StoreAway when the database does not answer, LeaseHeld when another station works on it
 */
export async function openFailoverStore(options: FailoverStoreOptions): Promise<FailoverStore> {
  const logger = options.logger.child({ stage: 'store' });
  const name = `wangshan ${options.station}`;
  const parts = await openParts(options, name);
  const limits = { statementTimeoutMs: LOOK_LIMIT_MS, answerGraceMs: 0, connectTimeoutMs: CONNECT_LIMIT_MS };
  const look = new Database({ url: options.url, max: 1, name: `${name} look`, ...limits });
  const lease = new Lease(look, options.station, logger);
  try {
    await lease.take();
    await fence(look, name);
    await parts.begin();
    return await compose(options, { parts, look, lease, name, logger });
  } catch (error) {
    await Promise.allSettled([parts.store.close(), look.close()]);
    throw error;
  }
}

interface Pieces {
  parts: StoreParts;
  look: Database;
  lease: Lease;
  name: string;
  logger: Logger;
}

async function compose(options: FailoverStoreOptions, { parts, look, lease, name, logger }: Pieces): Promise<FailoverStore> {
  const { journal, dataKey, bus, clock } = options;
  const { store, connections, db, ledger } = parts;
  const listeners: ((state: FailoverState) => void)[] = [];
  const stillThere = (): void => {
    if (options.signal?.aborted) throw new StoreAway('the station stops', false);
    presence.stillThere();
  };
  const drainTarget = { db, ledger, outbox: store.outbox, dataKey, logger, stillThere, refused: () => void (refused += 1) };
  let lost = false;
  let refused = await countRefused(journal);

  const presence: Presence = new Presence({
    async probe(thorough) {
      try {
        if (!lost && !(await lease.check(thorough))) {
          lost = true;
          if (presence.mode === 'up') options.lost(TAKEN_OVER);
        }
        return !thorough || (await fence(look, name));
      } catch (error) {
        if (!(error instanceof StoreAway)) logger.error({ err: error }, 'the database could not be looked at');
        look.breakOff();
        return false;
      }
    },
    onAway() {
      for (const each of [...connections, look]) each.breakOff();
      readings.divert();
      const fresh = !records.onJournal;
      records.divert(fresh ? takeUp({ book, events, deliveries, clock, bus }) : Promise.resolve());
    },
    drain,
    onMode(mode, why) {
      logger[mode === 'up' ? 'info' : 'warn']({ mode, why, ...readings.backlog }, 'where records go has changed');
      for (const listener of listeners) listener(state());
      if (mode === 'up' && lost) options.lost(TAKEN_OVER);
    },
    clock,
    logger,
  });
  const readings = await FailoverReadings.open({
    journal,
    database: store.readings,
    presence: { stillThere, run: (work) => presence.run(work), confirm: (...args) => presence.confirm(...args) },
    ...(options.journalLimitBytes === undefined ? {} : { limitBytes: options.journalLimitBytes }),
    refused: (error) => logger.error({ err: error }, 'the journal refuses what can wait; the database has the readings'),
  });

  // What an earlier run left: into the database before anybody works.
  await readings.drain();
  const left = await drainLedger(journal, drainTarget);
  if (left > 0) logger.warn({ records: left }, 'an earlier run ended without the database: what its journal held is brought in');

  const book = await JournalRecords.open(journal, dataKey, 0);
  const mirrors = await Mirrors.of(store, db, dataKey, clock);
  const { deliveries, warnings, tasks, told, callouts, cards, events, marks } = mirrors;
  /** Warnings whose deliveries changed in the journal: told once the database has them. */
  let changed: string[] = [];

  const records = new RecordsSwitch({
    presence,
    ledger: { database: ledger, journal: journalLedger(book, { bus, logger }) },
    outbox: { database: store.outbox, journal: journalOutbox(book, clock) },
    downlink: {
      database: (write) => writeDownlink(db, write),
      journal: (write) => book.inTurn(() => book.write({ kind: 'downlink', write })),
    },
    committed: (entry) => deliveries.committed(entry),
    written: (entry, placed) => {
      mirrors.written(entry, placed);
      if (entry.warnings?.length) snapshot.touch();
    },
    follow: (outbox) => {
      const followed = deliveries.follow(outbox);
      return {
        ...followed,
        takeTurns: async (calls, windows) => {
          const waits = await followed.takeTurns(calls, windows);
          book.note(calls.filter((_, n) => waits[n] === 0).map(({ id, address }) => ({ id, address, at: clock.now() })));
          return waits;
        },
        reap: async () => {
          const reaped = await followed.reap();
          return { ...reaped, warnings: [...(reaped.warnings ?? []), ...changed.splice(0)] };
        },
      };
    },
  });

  async function drain(): Promise<void> {
    ledger.announced(book.lastSeq);
    await readings.drain();
    // Most of the records while work goes on in the journal, the rest while nobody works.
    await presence.run(() => drainLedger(journal, drainTarget));
    await records.restore((done) =>
      book.inTurn(async () => {
        await presence.run(() => drainLedger(journal, drainTarget));
        presence.stillThere();
        ledger.announced(book.lastSeq);
        changed = [...new Set([...changed, ...[...book.deliveries.values()].map(({ intent }) => intent.warningId)])];
        deliveries.takeOver(book.deliveries.values());
        book.reset();
        done();
      }),
    );
    await presence.run(() => marks.save(store.judgements));
  }

  const state = (): FailoverState => ({ ...presence.state, readings: readings.backlog, deliveries: book.deliveries.size, refused });

  /** The database while it has the newest records; else, or when it goes away meanwhile, what is known. Undefined: only the database knows. */
  async function ask<T>(database: () => Promise<T>, otherwise: () => T | undefined): Promise<T> {
    try {
      if (!records.onJournal) return await presence.run(database);
    } catch (error) {
      if (!(error instanceof StoreAway)) throw error;
      const known = otherwise();
      if (known === undefined) throw error;
      return known;
    }
    const known = otherwise();
    return known ?? presence.run(database);
  }

  const { sessions, users } = mirroredSessions(store.sessions, store.users, ask);
  const snapshot = await LastGoodKeeper.of({ dataDir: options.dataDir, store, presence, cards, warnings, key: dataKey, clock, logger });
  const guards = Object.fromEntries(
    Object.entries(store).map(([port, value]) => [
      port,
      typeof value === 'object' ? guarded(value, presence, snapshot.watches(port)) : value,
    ]),
  ) as unknown as Store;
  presence.start();

  return {
    ...guards,
    readings,
    ledger: records.ledger,
    outbox: records.outbox,
    ...mirroredDownlink({
      database: guards,
      write: (write) => records.writeDownlink(write),
      onJournal: () => records.onJournal,
      journalled: (msgid) => book.commands.get(msgid),
    }),
    warnings: mirroredWarnings(store.warnings, warnings, ask),
    tasks: mirroredTasks(store.tasks, tasks, ask),
    callouts: mirroredCallouts(guards.callouts, callouts, ask),
    deliveryAudit: {
      faults: (now) =>
        ask(
          () => store.deliveryAudit.faults(now),
          () => journalFaults(book.deliveries.values(), now),
        ),
    },
    told: mirroredTold(store.told, told, ask),
    sessions,
    users,
    judgements: marks.over(guards.judgements, () => presence.mode),
    consultations: mirroredConsultations(guards.consultations, warnings, () => records.onJournal),
    cards: mirroredCards(guards.cards, cards, ask, () => snapshot.touch()),
    events: {
      lastSeq: () =>
        ask(
          () => store.events.lastSeq(),
          () => events.lastSeq,
        ),
      since: (offset, scope, limit) =>
        ask(
          () => store.events.since(offset, scope, limit),
          () => events.since(offset, scope, limit),
        ),
      ofType: (type, from) => store.events.ofType(type, from),
    },
    ping: async () => presence.mode !== 'away' && store.ping(),
    failover: { state, onMode: (listener) => void listeners.push(listener) },
    async close() {
      await presence.stop();
      // What hangs is not waited for: all of it is in the journal, or was never acknowledged.
      if (presence.mode !== 'up') for (const each of [...connections, look]) each.breakOff();
      await snapshot.stop();
      if (presence.mode === 'up') await lease.release().catch(() => undefined);
      await Promise.allSettled([store.close(), look.close()]);
    },
  };
}
