import type { StoredReading } from '#libs/contracts';
import { civilDay } from './civil-day.js';
import { DayCounts } from './day-counts.js';
import type { DeviceKpiStore } from './ports.js';

/**
 * Counts stored readings by device, channel and day of device time. The sums go to the store together with how far they reach, so each
 * reading is counted once, also across a crash: what was not yet written is counted again from the store at the next start.
 */
export class SampleCounter {
  #counts = new DayCounts();
  #countedTo = 0;
  #seen = 0;
  #flushing: Promise<void> = Promise.resolve();

  constructor(private readonly store: DeviceKpiStore) {}

  async start(): Promise<void> {
    await this.#catchUp();
  }

  /** Readings in the order of seq. */
  follow(readings: readonly StoredReading[]): void {
    for (const { deviceId, channel, time, seq } of readings) {
      if (seq <= this.#seen) continue;
      this.#seen = seq;
      this.#counts.add(civilDay(time), deviceId, channel, 1);
    }
  }

  /** Writes what has been counted. @throws when the store is away; nothing is lost */
  flush(): Promise<void> {
    const mine = this.#flushing.then(() => this.#flush());
    this.#flushing = mine.catch(() => undefined);
    return mine;
  }

  async #flush(): Promise<void> {
    if (this.#counts.empty) return;
    const counts = this.#counts;
    const to = this.#seen;
    this.#counts = new DayCounts();
    try {
      if (await this.store.add(counts.all(), this.#countedTo, to)) this.#countedTo = to;
      // Another station counted on this database: its mark is the truth.
      else await this.#catchUp();
    } catch (error) {
      // Nothing was written: what was counted meanwhile comes on top.
      counts.addAll(this.#counts);
      this.#counts = counts;
      throw error;
    }
  }

  async #catchUp(): Promise<void> {
    let from = await this.store.countedTo();
    for (;;) {
      const { counts, to } = await this.store.since(from);
      if (to <= from) break;
      await this.store.add(counts, from, to);
      from = to;
    }
    this.#countedTo = from;
    this.#seen = Math.max(this.#seen, this.#countedTo);
    this.#counts = new DayCounts();
  }
}
