import type { ReadingStore } from '#libs/ingest';
import type { Journal } from '#libs/platform';
import { Database } from '../sql/database.js';
import { FailoverReadings, type JournalBacklog } from './readings.js';

/** Readings of a station that was started without its database. */
export interface ColdReadings extends ReadingStore {
  readonly backlog: Readonly<JournalBacklog>;
}

/**
 * Accepts readings into the journal without ever having seen the database. Seqs go on after the highest one an earlier run may have given, so none
 * is given twice; nothing is judged until the database is there.
 */
export async function openColdReadings(journal: Journal): Promise<ColdReadings> {
  const nobody = { stillThere: () => undefined, run: unreachable, confirm: () => Promise.resolve(false) };
  const readings = await FailoverReadings.open({ journal, database: { lastSeq: unreachable, commit: unreachable }, presence: nobody });
  const from = readings.reservedSeq;
  return {
    get backlog() {
      return readings.backlog;
    },
    lastSeq: () => Promise.resolve(from),
    commit: (batch) => readings.commitToJournal(batch),
  };
}

const unreachable = (): Promise<never> => Promise.reject(new Error('the database is not there'));

/** True when a database answers at this address. Never throws. */
export async function databaseAnswers(url: string): Promise<boolean> {
  const db = new Database({ url, max: 1, statementTimeoutMs: 1_500, answerGraceMs: 0, connectTimeoutMs: 1_000, name: 'wangshan waiting' });
  try {
    return await db.ping();
  } finally {
    await db.close();
  }
}
