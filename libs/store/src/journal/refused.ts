import type { DataKey, Journal } from '#libs/platform';
import { unseal, type JournalledRecord } from './records.js';

/** Where records go that the database refuses for good: kept for whoever repairs it, and out of the way of those behind them. */
export const REFUSED_SECTION = 'refused';

export async function countRefused(journal: Journal): Promise<number> {
  let count = 0;
  for await (const _ of journal.read(REFUSED_SECTION)) count += 1;
  return count;
}

/** What was refused, oldest first. It holds names and numbers. */
export async function* refusedRecords(journal: Journal, key: DataKey): AsyncGenerator<JournalledRecord> {
  for await (const { bytes } of journal.read(REFUSED_SECTION)) yield unseal(key, bytes);
}

/** For whoever has brought in by hand what mattered of it. */
export const dropRefused = (journal: Journal): Promise<void> => journal.remove(REFUSED_SECTION, journal.last(REFUSED_SECTION));
