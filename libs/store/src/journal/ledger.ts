import type { Ledger } from '#libs/alert';
import type { StageBus, WallEvent } from '#libs/contracts';
import type { Logger } from '#libs/platform';
import type { JournalRecords } from './records.js';

/**
 * The ledger while the database is away: an entry is on disk, whole, before `write` resolves. Its events carry on the
 * numbers of the database, so a client's offset holds across the change.
 */
export function journalLedger(
  records: JournalRecords,
  { bus, logger }: { bus: StageBus; logger: Logger },
): Ledger & { settled(): Promise<void> } {
  let publishing: Promise<void> = Promise.resolve();
  return {
    write: (entry) =>
      records.inTurn(async () => {
        const events: WallEvent[] = [];
        const seen = new Set(records.placed);
        for (const draft of entry.events ?? []) {
          if (seen.has(draft.id)) continue;
          seen.add(draft.id);
          events.push({ ...draft, seq: records.lastSeq + events.length + 1 });
        }
        const before = records.deliveries.size;
        await records.write({ kind: 'entry', entry, events });
        const deliveries = records.deliveries.size - before;
        // As on PostgreSQL: told in order, without holding up the writer, and a listener's failure is its own.
        publishing = publishing
          .then(() => bus.publish('ledger.written', { events, deliveries }))
          .catch((error: unknown) => logger.error({ stage: 'store', err: error }, 'a listener of ledger.written failed'));
        return events;
      }),
    settled: () => records.inTurn(async () => undefined).then(() => publishing),
  };
}
