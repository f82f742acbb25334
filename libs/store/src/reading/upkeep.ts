import { DAY, MINUTE, type Clock } from '#libs/contracts';
import type { Logger } from '#libs/platform';
import type { Database } from '../sql/database.js';
import { packReadings } from './pack.js';
import { ensurePartitions } from '../sql/partitions.js';

/**
 * First packing after a start. Sooner: it is in the way of points that read their history; later: a station that is restarted daily never
 * packs, and its readings take twice the room.
 */
const FIRST_PACK_MS = 10 * MINUTE;

export interface UpkeepOptions {
  db: Database;
  /** Runs `work` on a connection of its own, without a limit of statement time. */
  withDatabase: (work: (db: Database) => Promise<void>) => Promise<void>;
  clock: Clock;
  logger: Logger;
}

/** Makes the partitions of the coming weeks and packs the past ones, once a day until `stop`; only for who holds the database. */
export function startUpkeep(
  { db, withDatabase, clock, logger }: UpkeepOptions,
  everyMs = DAY,
  firstPackMs = FIRST_PACK_MS,
): { stop(): Promise<void> } {
  let packing: Promise<void> | undefined;
  let stopping = false;
  let breakOff = (): void => undefined;
  const pack = (): void => {
    packing ??= withDatabase(async (own) => {
      breakOff = () => own.breakOff();
      await packReadings(own);
    })
      .catch((error: unknown) => {
        if (!stopping) logger.error({ err: error }, 'indexes of readings could not be packed; trying again tomorrow');
      })
      .finally(() => (packing = undefined));
  };
  const first = setTimeout(pack, firstPackMs);
  const daily = setInterval(() => {
    ensurePartitions(db, clock.now()).catch((error: unknown) =>
      logger.error({ err: error }, 'partitions of the coming weeks could not be made; trying again tomorrow'),
    );
    pack();
  }, everyMs);
  for (const timer of [first, daily]) timer.unref();
  return {
    /** Does not wait for an index that is being built: PostgreSQL drops the half of it, the next run begins anew. */
    async stop() {
      stopping = true;
      clearTimeout(first);
      clearInterval(daily);
      breakOff();
      await packing;
    },
  };
}
