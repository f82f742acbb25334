import type { Logger } from '#libs/platform';
import type { Database } from '../database.js';
import type { CommitTracker } from './commit-tracker.js';
import { beginRollup, rollUp } from './rollup.js';

/**
 * Time between two rounds, ms. Shorter rewrites the row of a busy minute more often for nothing; longer leaves more readings
 * that a chart must fetch one by one, and late data must be corrected within a minute.
 */
const EVERY_MS = 10_000;

/**
 * Keeps the rollups up to date until `stop`. A round that fails is said and repeated: nothing is lost, charts read the
 * readings themselves meanwhile.
 * @throws StoreAway if the mark can't be read
 */
export async function startRoller(
  db: Database,
  tracker: CommitTracker,
  lastSeq: number,
  logger: Logger,
): Promise<{ stop(): Promise<void> }> {
  await beginRollup(db, tracker, lastSeq);
  let round: Promise<unknown> = Promise.resolve();
  let busy = false;
  let stopping = false;
  const timer = setInterval(() => {
    // The first round over an old store may take minutes.
    if (busy) return;
    busy = true;
    round = rollUp(db, tracker, { goOn: () => !stopping })
      .catch((error: unknown) => logger.error({ err: error }, 'rollups could not be brought up to date; trying again in seconds'))
      .finally(() => (busy = false));
  }, EVERY_MS);
  timer.unref();
  return {
    async stop() {
      stopping = true;
      clearInterval(timer);
      await round;
    },
  };
}
