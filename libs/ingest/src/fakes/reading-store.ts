import type { QuarantinedPayload, StoredReading } from '#libs/contracts';
import type { CommitOutcome, ReadingBatch, ReadingStore } from '../ports.js';

/** A ReadingStore in memory, with the port's promises; each commit can be held or made to fail. */
export class FakeReadingStore implements ReadingStore {
  readonly readings: StoredReading[] = [];
  readonly quarantine: QuarantinedPayload[] = [];
  readonly batches: ReadingBatch[] = [];
  readonly #keys = new Set<string>();
  #failures = 0;
  #gate: Promise<void> | undefined;
  #open: (() => void) | undefined;

  /** Commits wait until `release`. */
  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }
  release(): void {
    this.#gate = undefined;
    this.#open?.();
  }
  /** The next `count` commits fail. */
  fail(count: number): void {
    this.#failures = count;
  }

  lastSeq(): Promise<number> {
    return Promise.resolve(Math.max(0, ...this.readings.map(({ seq }) => seq)));
  }

  async commit(batch: ReadingBatch): Promise<CommitOutcome> {
    this.batches.push(batch);
    await this.#gate;
    if (this.#failures > 0) {
      this.#failures -= 1;
      throw new Error('the store is away');
    }
    const storedSeqs = new Set<number>();
    for (const reading of batch.readings) {
      const key = `${reading.deviceId} ${reading.channel} ${reading.time}`;
      if (this.#keys.has(key)) continue;
      this.#keys.add(key);
      storedSeqs.add(reading.seq);
      this.readings.push(reading);
    }
    this.quarantine.push(...batch.quarantine);
    return { storedSeqs, refused: [] };
  }
}
