import type { Logger } from '#libs/platform';
import type { Database } from '../sql/database.js';
import type { CommitTracker } from './commit-tracker.js';
import { beginRollup, rollUp } from './rollup.js';

/**
 * Time between two rounds, ms. Shorter writes the rows of a minute that still goes on, its hour and its day again and again; longer leaves more
 * readings that a chart must fetch one by one, and late data must be corrected within a minute.
 */
const EVERY_MS = 30_000;
/** A round begins this long after a full or half minute, ms: what was measured in that minute has arrived, and its row is written once more and no more. */
const AFTER_MS = 2_000;
const untilNext = (now: number): number => EVERY_MS - ((now - AFTER_MS) % EVERY_MS);

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
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  // One after another: the first round over an old store may take minutes.
  const wait = (): void => {
    if (stopping) return;
    timer = setTimeout(() => {
      round = rollUp(db, tracker, { goOn: () => !stopping })
        .catch((error: unknown) => logger.error({ err: error }, 'rollups could not be brought up to date; trying again in half a minute'))
        .finally(wait);
    }, untilNext(Date.now()));
    timer.unref();
  };
  wait();
  return {
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await round;
    },
  };
}
