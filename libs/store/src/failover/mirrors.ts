import type { LedgerEntry } from '#libs/alert';
import type { Clock, WallEvent } from '#libs/contracts';
import type { DataKey } from '#libs/platform';
import type { Database } from '../sql/database.js';
import type { Store } from '../store.js';
import { CalloutMirror } from './callout-mirror.js';
import { CardMirror } from './card-mirror.js';
import { DeliveryMirror } from './delivery-mirror.js';
import { EventRing } from './event-ring.js';
import { HeldMarks } from './held-marks.js';
import { TaskMirror } from './task-mirror.js';
import { ToldMirror } from './told-mirror.js';
import { WarningMirror } from './warning-mirror.js';

/** What judging and sending need while the database is away, in memory: loaded when the store opens, kept up with every entry of the ledger. */
export class Mirrors {
  readonly warnings = new WarningMirror();
  readonly tasks = new TaskMirror();
  readonly told = new ToldMirror();
  readonly cards = new CardMirror();
  readonly events = new EventRing();
  readonly marks = new HeldMarks();
  readonly deliveries: DeliveryMirror;
  readonly callouts: CalloutMirror;

  private constructor(dataKey: DataKey, clock: Clock) {
    this.deliveries = new DeliveryMirror(dataKey, clock);
    this.callouts = new CalloutMirror(clock);
  }

  /** @throws StoreAway when the database does not answer */
  static async of(store: Store, db: Database, dataKey: DataKey, clock: Clock): Promise<Mirrors> {
    const mirrors = new Mirrors(dataKey, clock);
    await mirrors.deliveries.load(db);
    await mirrors.warnings.load(db, store.consultations);
    await mirrors.tasks.load(store.tasks);
    await mirrors.callouts.load(store.callouts);
    await mirrors.told.load(store.told, mirrors.warnings.open());
    await mirrors.cards.load(store.cards);
    await mirrors.events.load(store.events);
    return mirrors;
  }

  /** An entry is durable, in the database or in the journal. */
  written(entry: LedgerEntry, placed: readonly WallEvent[]): void {
    this.warnings.written(entry);
    this.tasks.written(entry);
    this.callouts.written(entry);
    this.told.written(entry);
    this.events.add(placed);
  }
}
