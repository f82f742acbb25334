import { statfs } from 'node:fs/promises';
import { ClassicLevel } from 'classic-level';

export interface JournalRecord {
  /** Place in its section: rises with every append and never repeats, also after `remove` and a restart. */
  position: number;
  bytes: Uint8Array;
}

/** The journal can't be opened or written; the message says what to do. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

interface Append {
  section: string;
  position: number;
  bytes: Uint8Array;
  done: () => void;
  failed: (error: unknown) => void;
}

/**
 * Free bytes before a journal that could not be written is opened again. Opening writes what the log holds into a table, up to 4 MiB and a
 * copy: with less it fails, and then nothing could be read from it either. More: it takes longer until readings are taken again.
 */
const ROOM_TO_REOPEN = 16 * 1024 ** 2;

const SECTION = /^[a-z][a-z0-9-]{0,31}$/;
/** 16 digits hold every safe integer, so that the order of keys is the order of positions. */
const key = (section: string, position: number): string => `${section}/${String(position).padStart(16, '0')}`;
/** Sorts before every section, as `!` is before the letters. Holds the last position of a section whose records are all removed. */
const lastKey = (section: string): string => `!last/${section}`;

/**
 * Bytes that must survive while the database is away, in named sections, in order (design.md §4.3). An append resolves
 * when it is on disk (fsync): after SIGKILL or power loss every resolved one is there, and none is without those before it.
 * What the bytes mean is the caller's.
 */
export class Journal {
  readonly #level: ClassicLevel<string, Uint8Array>;
  readonly #last = new Map<string, number>();
  /** Appends of each section that are neither on disk nor failed. */
  readonly #pending = new Map<string, number>();
  #waiting: Append[] = [];
  #writing: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  /** A write failed half way. What LevelDB writes behind the torn record is read by this process only: after a restart it is gone. */
  #torn: JournalError | undefined;
  #closed = false;

  private constructor(
    level: ClassicLevel<string, Uint8Array>,
    private readonly directory: string,
  ) {
    this.#level = level;
  }

  /**
   * Opens the journal in a directory of its own, made if missing.
   * @throws JournalError if another process has it open, or the disk refuses
   */
  static async open(directory: string): Promise<Journal> {
    const level = new ClassicLevel<string, Uint8Array>(directory, { keyEncoding: 'utf8', valueEncoding: 'view' });
    try {
      await level.open();
    } catch (error) {
      const locked = (error as { cause?: { code?: unknown } }).cause?.code === 'LEVEL_LOCKED';
      const what = locked ? 'is in use by another process: stop that one first' : `can't be opened: ${text(error)}`;
      throw new JournalError(`journal ${directory} ${what}`, { cause: error });
    }
    const journal = new Journal(level, directory);
    for await (const [name, value] of level.iterator({ gte: '!last/', lt: '!last0' }))
      journal.#last.set(name.slice('!last/'.length), Number(new TextDecoder().decode(value)));
    return journal;
  }

  /**
   * Adds to the end of a section. Appends that come while the disk is busy share the next fsync.
   * @returns the record's position, once it is on disk
   * @throws JournalError if the disk refuses; the record may or may not be there afterwards
   */
  append(section: string, bytes: Uint8Array): Promise<number> {
    if (!SECTION.test(section)) throw new JournalError(`journal section ${JSON.stringify(section)}: 1–32 lower-case letters, digits or -`);
    const position = this.last(section) + 1;
    this.#last.set(section, position);
    return new Promise((resolve, reject) => {
      this.#pending.set(section, (this.#pending.get(section) ?? 0) + 1);
      this.#waiting.push({ section, position, bytes, done: () => resolve(position), failed: reject });
      this.#writing ??= this.#write();
    });
  }

  /** Position of the newest record ever appended to the section; 0 before the first. */
  last(section: string): number {
    return this.#last.get(section) ?? 0;
  }

  /** True while appends to the section are on their way to the disk: their positions are given, their records can't be read yet. */
  writing(section: string): boolean {
    return (this.#pending.get(section) ?? 0) > 0;
  }

  /** Records after a position, oldest first. */
  async *read(section: string, after = 0): AsyncGenerator<JournalRecord> {
    for await (const [name, bytes] of this.#level.iterator({ gt: key(section, after), lt: `${section}0` }))
      yield { position: Number(name.slice(section.length + 1)), bytes };
  }

  /**
   * Drops records up to and including a position, once they are safe elsewhere.
   * @throws JournalError if the disk refuses; they may come again after a restart
   */
  async remove(section: string, upTo: number): Promise<void> {
    try {
      await this.#inTurn(() => this.#level.clear({ gte: key(section, 0), lte: key(section, upTo) }));
    } catch (error) {
      throw this.#tear(error);
    }
  }

  /** Waits for what is being written and lets go of the directory. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    await this.#level.close();
  }

  /** One batch at a time: two at once could reach the disk in the wrong order, and a crash between them would leave a hole. */
  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#inTurn(() => this.#put(group));
        for (const { done } of group) done();
      } catch (error) {
        const failure = error instanceof JournalError ? error : this.#tear(error);
        for (const { failed } of group) failed(failure);
      }
      for (const { section } of group) this.#pending.set(section, (this.#pending.get(section) ?? 1) - 1);
    }
    this.#writing = undefined;
  }

  async #put(group: readonly Append[]): Promise<void> {
    if (this.#torn) await this.#mend(this.#torn);
    await this.#level.batch(
      group.flatMap(({ section, position, bytes }) => [
        { type: 'put' as const, key: key(section, position), value: bytes },
        { type: 'put' as const, key: lastKey(section), value: new TextEncoder().encode(String(position)) },
      ]),
      { sync: true },
    );
  }

  /** Never a write beside another: one that is torn must be known before the next is answered. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #tear(error: unknown): JournalError {
    this.#torn = new JournalError(`journal can't be written: ${text(error)}; check the disk of the data directory`, { cause: error });
    return this.#torn;
  }

  /**
   * Opens it again before anything is written behind a torn record: the whole records before it are kept, and a new log begins. Readings
   * under way end with an error. While the disk is full it stays as it is, so that it can still be read and drained.
   * @throws JournalError when it can't be written yet
   */
  async #mend(torn: JournalError): Promise<void> {
    const { bavail, bsize } = await statfs(this.directory);
    if (this.#closed || bavail * bsize < ROOM_TO_REOPEN) throw torn;
    await this.#level.close();
    await this.#level.open();
    this.#torn = undefined;
  }
}

const text = (error: unknown): string =>
  error instanceof Error ? `${error.message}${error.cause ? ` (${text(error.cause)})` : ''}` : String(error);
