import { SECOND, type Clock } from '#libs/contracts';
import { hashId, type Logger } from '#libs/platform';
import type { Store } from '#libs/store';

/** At most one event a warning and second: 5,000 deliveries change status 15,000 times in seconds, and people read one line. */
const EVERY_MS = SECOND;

type SummaryStore = Pick<Store, 'ledger' | 'warnings' | 'outbox'> & { callouts: Pick<Store['callouts'], 'households'> };

/** Tells the wall how a warning's deliveries stand, when that changed. */
export class SummaryPublisher {
  readonly #store: SummaryStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #changed = new Set<string>();
  readonly #last = new Map<string, string>();
  readonly #division = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #publishing: Promise<void> | undefined;

  constructor(store: SummaryStore, clock: Clock, logger: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      this.#publishing ??= this.publish().finally(() => (this.#publishing = undefined));
    }, EVERY_MS);
  }

  changed(warningId: string): void {
    this.#changed.add(warningId);
  }

  /** Publishes what changed since the last time; what could not be written is tried again the next time. */
  async publish(): Promise<void> {
    // Only what changed until now: what changes meanwhile has its turn a second later.
    const batch = Array.from(this.#changed);
    for (const warningId of batch) {
      this.#changed.delete(warningId);
      try {
        await this.#publishOne(warningId);
      } catch (error) {
        this.#changed.add(warningId);
        this.#logger.warn({ warningId, err: error }, 'the summary of deliveries could not be written; tried again');
        return;
      }
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#publishing;
    await this.publish();
  }

  async #publishOne(warningId: string): Promise<void> {
    const households = await this.#store.callouts.households(warningId);
    const summary = { ...(await this.#store.outbox.summary(warningId)), ...(households ? { households } : {}) };
    const text = JSON.stringify([summary.total, summary.acknowledged, Object.entries(summary.byStatus).toSorted(), households]);
    if (summary.total === 0 || this.#last.get(warningId) === text) return;
    const divisionCode = await this.#divisionOf(warningId);
    if (divisionCode === undefined) return;
    const at = this.#clock.now();
    const id = hashId(24, 'delivery.summary', warningId, text, at);
    await this.#store.ledger.write({ events: [{ id, type: 'delivery.summary', at, divisionCode, payload: summary }] });
    this.#last.set(warningId, text);
  }

  async #divisionOf(warningId: string): Promise<string | undefined> {
    const known = this.#division.get(warningId);
    if (known !== undefined) return known;
    const divisionCode = (await this.#store.warnings.find(warningId))?.divisionCode;
    if (divisionCode !== undefined) this.#division.set(warningId, divisionCode);
    return divisionCode;
  }
}
