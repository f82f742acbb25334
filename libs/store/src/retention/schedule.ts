import { DAY, HOUR, MINUTE, type Clock, type Retention } from '#libs/contracts';
import type { Logger } from '#libs/platform';
import type { AuditWriter } from '../ledger/audit.js';
import type { Database } from '../sql/database.js';
import { retentionState } from './floors.js';
import { runRetention } from './run.js';

/** How often it is asked whether a day has gone by, ms: counted in the database, so that a station that is restarted daily still does it. */
const LOOK_EVERY_MS = HOUR;
/** First look after a start. Sooner: it is in the way of points that read their history; later: a station that is restarted each hour never comes to it. */
const FIRST_LOOK_MS = MINUTE;

export interface RetentionSchedule {
  /** Runs `work` on a connection of its own, without a limit of statement time. */
  withDatabase: (work: (db: Database) => Promise<void>) => Promise<void>;
  /** How long things are kept, as the settings say now. */
  kept: () => Promise<Retention>;
  audit: AuditWriter;
  clock: Clock;
  logger: Logger;
}

/** Carries retention out once a day until `stop`; only for who holds the database. A run that fails is said and tried again within the hour; nothing depends on it. */
export function startRetention(schedule: RetentionSchedule, everyMs = LOOK_EVERY_MS, firstMs = FIRST_LOOK_MS): { stop(): Promise<void> } {
  const { withDatabase, logger } = schedule;
  let round: Promise<void> = Promise.resolve();
  let stopping = false;
  let breakOff = (): void => undefined;
  let timer: NodeJS.Timeout;
  const look = (): void => {
    round = withDatabase((db) => {
      breakOff = () => db.breakOff();
      return runWhenDue(db, schedule);
    })
      .catch((error: unknown) => {
        if (!stopping) logger.error({ err: error }, 'old data could not be dropped; trying again within the hour');
      })
      .finally(() => wait(everyMs));
  };
  const wait = (ms: number): void => {
    if (stopping) return;
    timer = setTimeout(look, ms);
    timer.unref();
  };
  wait(firstMs);
  return {
    /** Does not wait for a run under way: what it was doing is undone, the next one goes on. */
    async stop() {
      stopping = true;
      clearTimeout(timer);
      breakOff();
      await round;
    },
  };
}

async function runWhenDue(db: Database, { kept, audit, clock, logger }: RetentionSchedule): Promise<void> {
  const now = clock.now();
  const { ran_at } = await retentionState(db);
  // A last run in the future was one of a wrong clock.
  if (ran_at !== null && ran_at <= now && now - ran_at < DAY) return;
  const report = await runRetention(db, { kept: await kept(), now, audit });
  const heeded = report.clockAhead || report.held.length > 0;
  logger[heeded ? 'warn' : 'info'](report, heeded ? 'old data are held back: see clockAhead and held' : 'old data were dropped');
}
