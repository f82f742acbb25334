import type { QuarantinedPayload, Reading, StoredReading } from '#libs/contracts';
import type { CommitOutcome, ReadingStore } from './ports.js';

export interface CommitterOptions {
  store: ReadingStore;
  /** Highest seq ever given; the next reading gets one more. */
  lastSeq: number;
  /**
   * Readings that may wait for the running commit, and as many that may be committed and not yet announced. Fewer: a burst
   * of many devices after an outage is slowed for nothing. More: memory, and a longer way to go at a stop.
   */
  maxWaiting: number;
  /** Readings in one commit. More: one poisoned reading makes a longer search, one commit holds all PUBACKs longer. */
  maxBatch: number;
  /** Hears of every commit's new readings, in the order of seq, one call at a time, behind the acknowledgement. */
  announce(readings: readonly StoredReading[]): Promise<void>;
  /** An announcement failed: the readings are stored, but some stage did not hear of them. */
  announceFailed(error: unknown): void;
  /** A commit ended: how much it had and what came of it; undefined: it failed. */
  committed?(batch: { packets: number; readings: number; quarantine: number }, outcome: CommitOutcome | undefined): void;
  /**
   * Runs `work` when what has arrived by now has been read, without waiting for anything to arrive; in the order of the calls. Sooner: the packets of
   * one turn of the event loop go to the database in several commits, each of which costs as much as fifty readings. Default: a microtask.
   */
  turn?(work: () => void): void;
}

interface Waiting {
  readings: readonly Reading[];
  quarantine: readonly QuarantinedPayload[];
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Many packets, one commit. Flushes at once when no commit is in flight; what arrives meanwhile is the next batch, so the
 * running commit is the window and no timer is ever waited for. One commit at a time keeps seq, storage and announcement in
 * one order. Bounded: `whenRoom` holds the callers back (and they their devices), nothing is dropped.
 */
export class GroupCommitter {
  #seq: number;
  #queue: Waiting[] = [];
  #waiting = 0;
  #unannounced = 0;
  /** A commit is under way or about to begin. */
  #running = false;
  readonly #held: (() => void)[] = [];
  #announcing: Promise<void> = Promise.resolve();
  #idle: (() => void)[] = [];

  constructor(private readonly options: CommitterOptions) {
    this.#seq = options.lastSeq;
  }

  /** Readings waiting for a commit, and callers held back: for metrics and health. */
  get backlog(): { readings: number; held: number; unannounced: number } {
    return { readings: this.#waiting, held: this.#held.length, unannounced: this.#unannounced };
  }

  /** True when a caller may add at once: there is room, and nobody who asked before waits. */
  get hasRoom(): boolean {
    return this.#held.length === 0 && this.#isRoomy();
  }

  /** Runs `enter` now, or as soon as there is room and all who asked before have entered. */
  whenRoom(enter: () => void): void {
    if (this.hasRoom) enter();
    else this.#held.push(enter);
  }

  /**
   * Adds one packet's readings and quarantine to the next commit.
   * @returns resolves when they are durable; rejects when the commit failed (then they are not stored, and must be sent again)
   */
  add(readings: readonly Reading[], quarantine: readonly QuarantinedPayload[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ readings, quarantine, resolve, reject });
      this.#waiting += readings.length;
      this.#schedule();
    });
  }

  /** Resolves when everything added is committed or refused, and everything committed announced. */
  async drain(): Promise<void> {
    while (this.#running || this.#queue.length > 0 || this.#held.length > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    await this.#announcing;
  }

  #isRoomy(): boolean {
    return this.#waiting < this.options.maxWaiting && this.#unannounced < this.options.maxWaiting;
  }

  #letIn(): void {
    // Taken off together: one by one costs as much as the packet itself where thousands wait.
    let entered = 0;
    try {
      while (entered < this.#held.length && this.#isRoomy()) {
        entered += 1;
        this.#held[entered - 1]?.();
      }
    } finally {
      this.#held.splice(0, entered);
    }
  }

  /** At the end of the turn: the packets that have arrived in it share a commit. */
  #schedule(): void {
    if (this.#running) return;
    this.#running = true;
    this.#turn(() => void this.#commit(this.#take()));
  }

  /** A commit has ended. */
  #next(): void {
    this.#running = false;
    if (this.#queue.length > 0) this.#schedule();
    else for (const resolve of this.#idle.splice(0)) resolve();
  }

  #turn(work: () => void): void {
    if (this.options.turn) this.options.turn(work);
    else queueMicrotask(work);
  }

  #take(): Waiting[] {
    let size = 0;
    let count = 0;
    for (const { readings } of this.#queue) {
      if (count > 0 && size + readings.length > this.options.maxBatch) break;
      size += readings.length;
      count += 1;
    }
    const batch = this.#queue.splice(0, count);
    this.#waiting -= size;
    this.#letIn();
    return batch;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    // Numbers of a failed batch are not given again: its outcome may be unknown, and a seq must never mean two readings.
    const readings: StoredReading[] = [];
    const quarantine: QuarantinedPayload[] = [];
    for (const packet of batch) {
      for (const reading of packet.readings) readings.push(numbered(reading, (this.#seq += 1)));
      for (const payload of packet.quarantine) quarantine.push(payload);
    }
    const size = { packets: batch.length, readings: readings.length, quarantine: quarantine.length };
    let outcome: CommitOutcome;
    try {
      outcome = await this.options.store.commit({ readings, quarantine });
    } catch (error) {
      for (const packet of batch) packet.reject(error);
      this.options.committed?.(size, undefined);
      this.#next();
      return;
    }
    for (const packet of batch) packet.resolve();
    this.options.committed?.(size, outcome);
    // First the devices have their answer, then the database its next batch, and while it works at that this one is judged.
    this.#next();
    this.#announce(outcome.storedSeqs.size === readings.length ? readings : readings.filter(({ seq }) => outcome.storedSeqs.has(seq)));
  }

  #announce(readings: readonly StoredReading[]): void {
    if (readings.length === 0) return;
    this.#unannounced += readings.length;
    const turn = new Promise<void>((resolve) => this.#turn(resolve));
    this.#announcing = this.#announcing
      .then(() => turn)
      .then(() => this.options.announce(readings))
      .catch((error: unknown) => this.options.announceFailed(error))
      .finally(() => {
        this.#unannounced -= readings.length;
        this.#letIn();
        // Who was let in may have had nothing to commit: then no run ends, and who waits for the end looks again here.
        for (const resolve of this.#idle.splice(0)) resolve();
      });
  }
}

/** Field by field: a spread costs ten times as much, and every reading passes here. */
const numbered = ({ deviceId, hazardPoint, channel, time, value, quality, receivedAt }: Reading, seq: number): StoredReading => ({
  deviceId,
  hazardPoint,
  channel,
  time,
  value,
  quality,
  receivedAt,
  seq,
});
