import { defaultRetention } from '#libs/contracts';
import { archiveState } from './backup/archiver.js';
import { auditWriter, pgAudit } from './ledger/audit.js';
import { pgRecentReadings } from './reading/baseline.js';
import { pgGaps } from './reading/gap.js';
import { pgMaintenance } from './ledger/maintenance.js';
import { pgCallouts } from './outbox/callout.js';
import { pgCards } from './registry/card.js';
import { pgConsultations } from './ledger/consultation.js';
import { Database } from './sql/database.js';
import { pgDeliveryAudit } from './outbox/delivery-audit.js';
import { pgDeliveries } from './outbox/delivery.js';
import { pgDeviceCommands } from './registry/device-command.js';
import { pgDensified, pgDeviceIntervals } from './registry/device-interval.js';
import { pgDeviceKpis } from './registry/device-kpi.js';
import { pgDryRuns } from './judgement/dry-run.js';
import { pgEvents } from './ledger/event.js';
import { pgHistory } from './history/history.js';
import { pgIdempotency } from './ledger/idempotency.js';
import { pgJudgements } from './judgement/judgement.js';
import { pgLatest } from './reading/latest.js';
import { pgLedger, type PgLedger } from './ledger/ledger.js';
import { migrate } from './sql/migrate.js';
import { pgOutbox } from './outbox/outbox.js';
import { ensurePartitions } from './sql/partitions.js';
import { readingObserver } from './reading/reading-metrics.js';
import { pgReadings } from './reading/reading.js';
import { pgRegistry } from './registry/registry.js';
import { startRetention } from './retention/schedule.js';
import { CommitTracker } from './rollup/commit-tracker.js';
import { startRoller } from './rollup/roller.js';
import { pgResponsePlans, pgResponses } from './ledger/response.js';
import { pgRules } from './judgement/rule.js';
import { pgShadows } from './judgement/rule-shadow.js';
import { pgSessions } from './registry/session.js';
import { pgSettings } from './registry/settings.js';
import { pgSilences } from './ledger/silence.js';
import type { Store, StoreOptions } from './store.js';
import { pgTasks } from './ledger/task.js';
import { pgNumbers } from './outbox/dead-number.js';
import { pgTold } from './outbox/told.js';
import { startUpkeep } from './reading/upkeep.js';
import { pgThresholds } from './judgement/threshold.js';
import { pgUsers } from './registry/user.js';
import { pgWarnings } from './ledger/warning.js';
import { pgWarningKpis } from './ledger/warning-kpi.js';

/**
 * Connects, brings the schema up to date and puts every adapter on one database. Readings have two connections of their
 * own: whatever people ask of the history, a PUBACK never waits for a free one.
 * @throws StoreAway if the database does not answer, MigrationError if it does not belong to this program
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { store, begin } = await openParts(options);
  await begin();
  return store;
}

/** A store, and the parts of it that fail-over works with. */
export interface StoreParts {
  store: Store;
  /** All there are, to break off together. */
  connections: readonly Database[];
  db: Database;
  ledger: PgLedger;
  /**
   * Begins to keep rollups, partitions, indexes and what is dropped. Only once nobody else works on the database: two who roll up would raise
   * each other's mark over readings a journal has just brought, which then are in no rollup, and after a crash are not found for judging.
   * @throws StoreAway if the mark can't be read
   */
  begin: () => Promise<void>;
}

/** As `openStore`. @param name what the server shows the connections as */
export async function openParts(options: StoreOptions, name?: string): Promise<StoreParts> {
  const { url, bus, dataKey, clock } = options;
  const logger = options.logger.child({ stage: 'store' });
  const onIdleError = (error: Error): void => logger.warn({ err: error }, 'a connection to the database broke while idle');

  const applied = await withDatabase(url, async (db) => {
    const names = await migrate(db);
    await ensurePartitions(db, clock.now());
    return names;
  });
  if (applied.length > 0) logger.info({ migrations: applied }, 'schema brought up to date');

  const db = new Database({ url, onIdleError, ...(name === undefined ? {} : { name }) });
  const intake = new Database({ url, max: 2, onIdleError, ...(name === undefined ? {} : { name }) });
  // A warning waits for no free connection. One is enough: the ledger writes one transaction after another.
  const record = new Database({ url, max: 1, onIdleError, ...(name === undefined ? {} : { name }) });
  const audit = auditWriter(db);
  // What works in the background, on a connection of its own, so that its server process can give way to the commits.
  const background = new Database({ url, max: 2, onIdleError, ...(name === undefined ? {} : { name }), onBackend: options.giveWay });
  const ledger = pgLedger(record, { bus, dataKey, logger, audit });

  const tracker = new CommitTracker();
  const readings = pgReadings(intake, readingObserver(options.metrics, logger), tracker);
  const settings = pgSettings(db, dataKey);
  const begun: { stop(): Promise<void> }[] = [];
  const begin = async (): Promise<void> => {
    const ofItsOwn = (work: (own: Database) => Promise<void>): Promise<void> => withDatabase(url, work, options.giveWay);
    const kept = async () => (await settings.current())?.settings.retention ?? defaultRetention;
    begun.push(await startRoller(background, tracker, await readings.lastSeq(), logger));
    begun.push(startUpkeep({ db, withDatabase: ofItsOwn, clock, logger }));
    begun.push(startRetention({ withDatabase: ofItsOwn, kept, audit, clock, logger }));
  };

  const store: Store = {
    readings,
    judgements: pgJudgements(db),
    history: { ...pgHistory(db), ...pgDeliveries(db, dataKey) },
    latest: pgLatest(db),
    ledger,
    warnings: pgWarnings(db),
    tasks: pgTasks(db),
    callouts: pgCallouts(db, dataKey),
    deliveryAudit: pgDeliveryAudit(db),
    numbers: pgNumbers(db, dataKey),
    told: pgTold(db, dataKey),
    outbox: pgOutbox(db, dataKey, clock),
    events: pgEvents(db),
    consultations: pgConsultations(db),
    registry: pgRegistry(db),
    cards: pgCards(db, dataKey),
    users: pgUsers(db, dataKey),
    sessions: pgSessions(db),
    settings,
    audit: pgAudit(db, audit),
    idempotency: pgIdempotency(db, dataKey),
    rules: pgRules(db),
    shadows: pgShadows(db),
    dryRuns: pgDryRuns(db),
    thresholds: pgThresholds(db),
    deviceCommands: pgDeviceCommands(db),
    deviceIntervals: pgDeviceIntervals(db),
    densified: pgDensified(db),
    kpis: pgDeviceKpis(db),
    maintenance: pgMaintenance(db),
    silences: pgSilences(db),
    plans: pgResponsePlans(db),
    responses: pgResponses(db),
    warningKpis: pgWarningKpis(db),
    gaps: pgGaps(db),
    recent: pgRecentReadings(db),
    archive: { state: () => archiveState(db) },
    ping: () => db.ping(),
    async close() {
      await Promise.all(begun.map((each) => each.stop()));
      await ledger.settled();
      await Promise.all([db, intake, record, background].map((each) => each.close()));
    },
  };
  return { store, connections: [db, intake, record, background], db, ledger, begin };
}

/** Migrations have a connection without time limit: an index on years of readings takes its time. */
async function withDatabase<T>(url: string, work: (db: Database) => Promise<T>, onBackend?: (pid: number) => void): Promise<T> {
  const db = new Database({ url, max: 1, statementTimeoutMs: 0, onBackend });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
