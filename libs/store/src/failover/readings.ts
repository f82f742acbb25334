import type { StoredReading } from '#libs/contracts';
import type { CommitOutcome, ReadingBatch, ReadingStore } from '#libs/ingest';
import type { Journal } from '#libs/platform';
import { StoreAway } from '../sql/errors.js';
import { packBatch, unpackBatch } from './reading-batch.js';
import type { Presence } from './presence.js';
import { SeenReadings } from './seen.js';

const SECTION = 'readings';
/** Holds one record: the highest seq that may have been given. */
const SEQ_SECTION = 'seq';
/**
 * Seqs are reserved on disk this many at a time, for a start that can't ask the database where they stand. Fewer: a fsync more often;
 * more: only larger numbers, and 2^53 is far.
 */
const RESERVE = 1_000_000;
/**
 * Bytes of readings the journal takes: half a day of 1,000 readings a second. Less: a long outage ends in devices that are sent away
 * (they keep what they can themselves); more: the disk fills, and then nothing can be kept, no warning either.
 */
const LIMIT_BYTES = 2 * 1024 ** 3;
/** How long a commit waits for room, ms: that slows the devices. Longer: they give the connection up; shorter: they come again at once. */
const ROOM_PATIENCE_MS = 5_000;
/** Readings in one commit while draining; as many as a large commit of a burst has. */
const DRAIN_BATCH = 3_000;

export interface JournalBacklog {
  records: number;
  readings: number;
  bytes: number;
  /** Receive time of the oldest, epoch ms; undefined when there is none. */
  oldestAt: number | undefined;
  full: boolean;
}

export interface FailoverReadingsOptions {
  journal: Journal;
  database: ReadingStore;
  presence: Pick<Presence, 'stillThere' | 'run' | 'confirm'>;
  /** The disk refused what can wait: the reservation of seqs, the removal of what the database has. Said, not fatal. */
  refused?: (error: unknown) => void;
  limitBytes?: number;
  patienceMs?: number;
}

/**
 * Readings on PostgreSQL, and while that is away on the journal (promise 1). A batch whose commit broke off is written again with the same
 * seqs, there or here: stored once, judged once, and before anything that came after it. Commits come one at a time (GroupCommitter).
 */
export class FailoverReadings implements ReadingStore {
  readonly #seen = new SeenReadings();
  readonly #backlog: JournalBacklog = { records: 0, readings: 0, bytes: 0, oldestAt: undefined, full: false };
  /** False while readings go to the journal; also during draining, until the journal has none. */
  #direct = true;
  #drainedTo = 0;
  #reserved = 0;
  #lastSeq = 0;
  #room: (() => void)[] = [];

  private constructor(private readonly options: FailoverReadingsOptions) {}

  /** Reads what an earlier run left in the journal. */
  static async open(options: FailoverReadingsOptions): Promise<FailoverReadings> {
    const readings = new FailoverReadings(options);
    await readings.#load();
    return readings;
  }

  get backlog(): Readonly<JournalBacklog> {
    return this.#backlog;
  }

  /** Highest seq in the journal, or that an earlier run may have given while nobody could ask the database. */
  get journalledSeq(): number {
    return this.#lastSeq;
  }

  /** Highest seq an earlier run may have given at all: where to go on when the database can't be asked. */
  get reservedSeq(): number {
    return Math.max(this.#reserved, this.#lastSeq);
  }

  async lastSeq(): Promise<number> {
    return Math.max(await this.options.database.lastSeq(), this.#lastSeq);
  }

  /** From now on readings go to the journal. Synchronous: nothing may slip past it to the database. */
  divert(): void {
    this.#direct = false;
  }

  async commit(batch: ReadingBatch): Promise<CommitOutcome> {
    const { presence, database, refused } = this.options;
    // A full disk here must not keep readings from a database that is there; what goes to the journal fails by itself.
    await this.#reserve(batch.readings).catch((error: unknown) => refused?.(error));
    for (let attempt = 1; ; attempt += 1) {
      if (!this.#direct) return this.append(batch);
      try {
        const outcome = await presence.run(() => database.commit(batch));
        for (const reading of batch.readings) this.#seen.add(reading);
        return outcome;
      } catch (error) {
        if (!(error instanceof StoreAway)) throw error;
        if (!(await presence.confirm(error, attempt))) this.#direct = false;
      }
    }
  }

  /** As `commit`, where there is no database to ask. */
  async commitToJournal(batch: ReadingBatch): Promise<CommitOutcome> {
    await this.#reserve(batch.readings);
    return this.append(batch);
  }

  /**
   * Writes a batch to the journal. Resends of what it holds, or of what was committed lately, are duplicates.
   * @throws StoreAway when it is full, JournalError when the disk refuses
   */
  private async append(batch: ReadingBatch): Promise<CommitOutcome> {
    if (this.#backlog.bytes >= (this.options.limitBytes ?? LIMIT_BYTES)) await this.#waitForRoom();
    const bytes = packBatch(batch);
    this.#count(batch.readings, bytes.byteLength);
    try {
      await this.options.journal.append(SECTION, bytes);
    } catch (error) {
      this.#uncount(batch.readings.length, bytes.byteLength);
      throw error;
    }
    const fresh = batch.readings.filter((reading) => this.#seen.add(reading));
    return { storedSeqs: new Set(fresh.map(({ seq }) => seq)), refused: [] };
  }

  /**
   * Commits what the journal holds, in the order of seq, and from the moment it holds nothing lets readings through to the database.
   * Broken off at any point and begun again it ends the same: what was committed already is a duplicate.
   * @throws StoreAway when the database goes away meanwhile
   */
  async drain(): Promise<void> {
    const { journal, presence, database, refused } = this.options;
    // What is appended while a pass runs is met by the next one; the check and the switch happen in one turn of the event loop.
    while (journal.last(SECTION) > this.#drainedTo) {
      // With nothing on its way every position up to here can be read, or will never be there: the disk refused it.
      const known = journal.writing(SECTION) ? 0 : journal.last(SECTION);
      let gathered = nothingGathered();
      const commit = async () => {
        if (gathered.records === 0) return;
        const { readings, quarantine, upTo, bytes, records } = gathered;
        gathered = nothingGathered();
        presence.stillThere();
        await presence.run(() => database.commit({ readings, quarantine }));
        // Left there it is brought in once more at the next start, and is a duplicate. Stopping here would keep readings from the database.
        await journal.remove(SECTION, upTo).catch((error: unknown) => refused?.(error));
        this.#drainedTo = upTo;
        this.#uncount(readings.length, bytes, records);
        this.#backlog.oldestAt = this.#backlog.records === 0 ? undefined : readings.at(-1)?.receivedAt;
      };
      for await (const { position, bytes } of journal.read(SECTION, this.#drainedTo)) {
        const batch = unpackBatch(bytes);
        gathered.readings.push(...batch.readings);
        gathered.quarantine.push(...batch.quarantine);
        gathered.upTo = position;
        gathered.bytes += bytes.byteLength;
        gathered.records += 1;
        if (gathered.readings.length >= DRAIN_BATCH) await commit();
      }
      await commit();
      this.#drainedTo = Math.max(this.#drainedTo, known);
      // An append under way has its position but may not be on disk: the next pass finds it there.
      if (journal.last(SECTION) > this.#drainedTo) await new Promise((resolve) => setImmediate(resolve));
    }
    presence.stillThere();
    this.#direct = true;
  }

  async #load(): Promise<void> {
    const { journal } = this.options;
    this.#drainedTo = journal.last(SECTION);
    for await (const { position, bytes } of journal.read(SECTION)) {
      this.#drainedTo = Math.min(this.#drainedTo, position - 1);
      const { readings } = unpackBatch(bytes);
      this.#count(readings, bytes.byteLength);
      for (const reading of readings) this.#seen.add(reading);
      this.#lastSeq = Math.max(this.#lastSeq, readings.at(-1)?.seq ?? 0);
    }
    for await (const { bytes } of journal.read(SEQ_SECTION)) this.#reserved = Number(new TextDecoder().decode(bytes));
  }

  async #reserve(readings: readonly StoredReading[]): Promise<void> {
    const last = readings.at(-1)?.seq ?? 0;
    if (last <= this.#reserved) return;
    const { journal } = this.options;
    const reserved = last + RESERVE;
    const position = await journal.append(SEQ_SECTION, new TextEncoder().encode(String(reserved)));
    this.#reserved = reserved;
    await journal.remove(SEQ_SECTION, position - 1);
  }

  async #waitForRoom(): Promise<void> {
    this.#backlog.full = true;
    const room = new Promise<boolean>((resolve) => this.#room.push(() => resolve(true)));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), this.options.patienceMs ?? ROOM_PATIENCE_MS)));
    const free = await Promise.race([room, late]);
    clearTimeout(timer);
    if (!free) throw new StoreAway('database is away and the journal of readings is full: devices keep what they measure', false);
  }

  #count(readings: readonly StoredReading[], bytes: number): void {
    this.#backlog.records += 1;
    this.#backlog.readings += readings.length;
    this.#backlog.bytes += bytes;
    this.#backlog.oldestAt ??= readings[0]?.receivedAt;
  }

  #uncount(readings: number, bytes: number, records = 1): void {
    this.#backlog.records -= records;
    this.#backlog.readings -= readings;
    this.#backlog.bytes -= bytes;
    if (this.#backlog.bytes >= (this.options.limitBytes ?? LIMIT_BYTES)) return;
    this.#backlog.full = false;
    for (const enter of this.#room.splice(0)) enter();
  }
}

const nothingGathered = () => ({
  readings: [] as StoredReading[],
  quarantine: [] as ReadingBatch['quarantine'][number][],
  upTo: 0,
  bytes: 0,
  records: 0,
});
