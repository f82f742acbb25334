import { civilMidnight } from '#libs/contracts';
import { at, type Database } from '../sql/database.js';
import type { CommitTracker } from './commit-tracker.js';
import { rollDays, rollHours, rollMinutes } from './rollup-sql.js';

/**
 * Minutes written in one transaction. Fewer makes the first run over years of history slow; more holds a connection and
 * the row locks of as many buckets for seconds while PUBACKs wait for the same disk.
 */
const STEP = 50_000;
/**
 * Readings rolled up in one transaction at most. A minute is computed from all its readings, so a stretch that ends within minutes of
 * thousands of readings computes them again with the next one: such readings are taken in longer stretches. More: a transaction of ten seconds.
 */
const MOST = 5_000_000;

interface Bucket {
  series: number;
  bucket: number;
}

/** Before which each resolution is not complete, as the database writes times: `-infinity` has no number. */
interface Floor {
  readings: string;
  minutes: string;
  hours: string;
}

const arrays = (buckets: readonly Bucket[]): unknown[] => [buckets.map(({ series }) => series), buckets.map(({ bucket }) => at(bucket))];

/**
 * Rolls up what has been stored by now and since the last call. What is stored meanwhile waits for the next call: a round that ran after it would
 * never end under load, and write the minutes, hours and days that still go on again and again.
 * @returns numbers (seq) covered
 * @throws StoreAway; the next call goes on where this one was
 */
export async function rollUp(
  db: Database,
  tracker: CommitTracker,
  { step = STEP, goOn = always }: { step?: number; goOn?: () => boolean } = {},
): Promise<number> {
  let covered = 0;
  let most = step;
  const end = tracker.storedTo;
  const take = () => tracker.take(Math.min(most, end - tracker.rolledTo));
  for (let next = take(); next; next = goOn() ? take() : undefined) {
    const { from, to } = next;
    try {
      const minutes = await rollStretch(db, from, to);
      most = minutes === 0 ? step : Math.min(MOST, Math.max(step, Math.floor((step * (to - from)) / minutes)));
      await tracker.inTurn(() => db.run('update ingest.rollup_mark set rolled_to = $1', [Math.min(to, tracker.rolledTo)]));
    } catch (error) {
      tracker.giveBack(from);
      throw error;
    }
    covered += to - from;
  }
  return covered;
}

const always = (): boolean => true;

/** Tells the tracker what is stored and rolled up; once, before `rollUp`. */
export async function beginRollup(db: Database, tracker: CommitTracker, lastSeq: number): Promise<void> {
  const [mark] = await db.query<{ rolled_to: number }>('select rolled_to from ingest.rollup_mark');
  tracker.begin(lastSeq, mark?.rolled_to ?? 0);
}

/** @returns minutes computed */
async function rollStretch(db: Database, from: number, to: number): Promise<number> {
  return db.tx(async (sql) => {
    // Held until this ends: retention must not drop what is being computed from.
    const [floor] = await sql.query<Floor>(
      'select readings::text as readings, minutes::text as minutes, hours::text as hours from ingest.retention for share',
    );
    if (!floor) throw new Error('ingest.retention has lost its row: insert into ingest.retention default values');
    const hours = await sql.query<Bucket & { minutes: number }>(rollMinutes, [from, to, floor.readings, floor.minutes]);
    if (hours.length === 0) return 0;
    await sql.run(rollHours, [...arrays(hours), floor.minutes]);
    const days = new Map(
      hours.map(({ series, bucket }) => [`${series} ${civilMidnight(bucket)}`, { series, bucket: civilMidnight(bucket) }]),
    );
    await sql.run(rollDays, [...arrays([...days.values()]), floor.hours]);
    return hours.reduce((sum, { minutes }) => sum + minutes, 0);
  });
}
