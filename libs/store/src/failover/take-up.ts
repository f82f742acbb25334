import type { Clock, StageBus } from '#libs/contracts';
import type { JournalRecords, Step } from '../journal/records.js';
import type { DeliveryMirror } from './delivery-mirror.js';
import type { EventRing } from './event-ring.js';

/** Deliveries the journal takes over in one record: more would hold up a PUBACK while they are sealed, fewer cost an fsync each. */
const AT_ONCE = 500;

interface TakeUpNeeds {
  book: JournalRecords;
  events: EventRing;
  deliveries: DeliveryMirror;
  clock: Clock;
  bus: StageBus;
}

/** The journal goes on where the database stopped: events after its last number, and the deliveries it had not finished. */
export async function takeUp({ book, events, deliveries, clock, bus }: TakeUpNeeds): Promise<void> {
  // What the database had answered before it went away is taken note of first.
  await new Promise((resolve) => setImmediate(resolve));
  book.begin(events.lastSeq);
  const unfinished = deliveries.unfinished();
  if (unfinished.length === 0) return;
  await book.inTurn(async () => {
    for (let from = 0; from < unfinished.length; from += AT_ONCE) {
      const some = unfinished.slice(from, from + AT_ONCE);
      await book.write({ kind: 'entry', entry: { deliveries: some.map(({ intent }) => intent) }, events: [] });
      const steps = some.map(({ intent, state: to }): Step => ({ id: intent.id, from: 'pending', to, source: 'station', at: clock.now() }));
      await book.write({ kind: 'steps', steps });
    }
  });
  await bus.publish('ledger.written', { events: [], deliveries: unfinished.length });
}
