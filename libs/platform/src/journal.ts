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
  #waiting: Append[] = [];
  #writing: Promise<void> | undefined;

  private constructor(level: ClassicLevel<string, Uint8Array>) {
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
    const journal = new Journal(level);
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
      this.#waiting.push({ section, position, bytes, done: () => resolve(position), failed: reject });
      this.#writing ??= this.#write();
    });
  }

  /** Position of the newest record ever appended to the section; 0 before the first. */
  last(section: string): number {
    return this.#last.get(section) ?? 0;
  }

  /** Records after a position, oldest first. */
  async *read(section: string, after = 0): AsyncGenerator<JournalRecord> {
    for await (const [name, bytes] of this.#level.iterator({ gt: key(section, after), lt: `${section}0` }))
      yield { position: Number(name.slice(section.length + 1)), bytes };
  }

  /** Drops records up to and including a position, once they are safe elsewhere. */
  async remove(section: string, upTo: number): Promise<void> {
    await this.#level.clear({ gte: key(section, 0), lte: key(section, upTo) });
  }

  /** Waits for what is being written and lets go of the directory. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#level.close();
  }

  /** One batch at a time: two at once could reach the disk in the wrong order, and a crash between them would leave a hole. */
  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#level.batch(
          group.flatMap(({ section, position, bytes }) => [
            { type: 'put' as const, key: key(section, position), value: bytes },
            { type: 'put' as const, key: lastKey(section), value: new TextEncoder().encode(String(position)) },
          ]),
          { sync: true },
        );
        for (const { done } of group) done();
      } catch (error) {
        const failure = new JournalError(`journal can't be written: ${text(error)}; check the disk of the data directory`, {
          cause: error,
        });
        for (const { failed } of group) failed(failure);
      }
    }
    this.#writing = undefined;
  }
}

const text = (error: unknown): string =>
  error instanceof Error ? `${error.message}${error.cause ? ` (${text(error.cause)})` : ''}` : String(error);
