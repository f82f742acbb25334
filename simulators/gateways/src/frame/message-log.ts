import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { mkdir, open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { normaliseNumber } from './numbers.js';

/** A call as the person at the phone meets it. */
const Call = z.object({
  state: z.enum(['ringing', 'ended']),
  /** Key → what is read out after it. */
  menu: z.record(z.string(), z.string()),
  /** Key that was pressed. */
  dtmf: z.string().optional(),
  /** Times the text is read. */
  plays: z.number().int(),
  /** Seconds somebody listened. */
  seconds: z.number().int().default(0),
});
export type Call = z.infer<typeof Call>;

/** A message or a call a simulated vendor took. */
const AcceptedMessage = z.object({
  id: z.string(),
  to: z.string(),
  sign: z.string(),
  templateCode: z.string(),
  text: z.string(),
  parts: z.number().int(),
  outId: z.string(),
  /** The vendor's own name for it. */
  bizId: z.string(),
  provider: z.string(),
  channel: z.string(),
  at: z.number(),
  /** Error code of the receipt, `DELIVERED`, or null when none will come. */
  receipt: z.string().nullable(),
  /** When the receipt is in. */
  receiptAt: z.number().default(0),
  call: Call.optional(),
  /** Where the vendor was asked to tell what becomes of it, when it is told in each request. */
  callback: z.string().optional(),
});
export type AcceptedMessage = z.infer<typeof AcceptedMessage>;

const Reply = z.object({
  id: z.string().default(() => randomUUID()),
  from: z.string(),
  text: z.string(),
  at: z.number(),
  /** Whose message it answers; empty when nothing was ever sent there. */
  provider: z.string().default(''),
});
export type Reply = z.infer<typeof Reply>;

const Change = AcceptedMessage.pick({ id: true, receipt: true, receiptAt: true, call: true });
type Change = z.infer<typeof Change>;

const Line = z.union([z.object({ message: AcceptedMessage }), z.object({ reply: Reply }), z.object({ change: Change })]);
type Line = z.infer<typeof Line>;

/**
 * Lines wait this long for others before they go to the disk together. A vendor answers within tens of milliseconds; without it the simulator of a bench
 * spends a fifth of its time on flushing four lines at a time.
 */
const GATHER_MS = 2;

/**
 * What was accepted, in a file of JSON lines: written and fsynced before the vendor's answer leaves, because a test kills this
 * process too and then counts. Lines that arrive together share one fsync.
 */
export class MessageLog {
  readonly messages: AcceptedMessage[] = [];
  readonly replies: Reply[] = [];
  readonly #byNumber = new Map<string, AcceptedMessage[]>();
  readonly #byId = new Map<string, AcceptedMessage>();
  readonly #file: FileHandle;
  readonly #watchers = new Set<(number: string) => void>();
  #waiting: { text: string; done: () => void; failed: (error: unknown) => void }[] = [];
  #writing: Promise<void> | undefined;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Opens the log of a directory and reads it back; half a line at the end (a kill during a write) is cut off: its sender had no answer. */
  static async open(directory: string): Promise<MessageLog> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, 'accepted.jsonl');
    const file = await open(path, 'a', 0o600);
    const log = new MessageLog(file);
    const bytes = await readFile(path);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    if (whole < bytes.length) await truncate(path, whole);
    for (const text of bytes.subarray(0, whole).toString('utf8').split('\n')) if (text !== '') log.#index(Line.parse(JSON.parse(text)));
    return log;
  }

  /** Resolves when it is on disk. */
  async add(line: Line): Promise<void> {
    await new Promise<void>((done, failed) => {
      this.#waiting.push({ text: `${JSON.stringify(line)}\n`, done, failed });
      this.#writing ??= this.#drain();
    });
    const number = this.#index(line);
    for (const watcher of this.#watchers) watcher(number);
  }

  /** Messages to a number, oldest first. */
  to(number: string): readonly AcceptedMessage[] {
    return this.#byNumber.get(normaliseNumber(number)) ?? [];
  }

  byId(id: string): AcceptedMessage | undefined {
    return this.#byId.get(id);
  }

  /** Tells the number of every phone on which something happens. @returns ends it */
  watch(watcher: (number: string) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  /** A file opened to append: what one write left over goes behind it. */
  async #append(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) at += (await this.#file.write(bytes, at)).bytesWritten;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await sleep(GATHER_MS);
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#append(Buffer.from(batch.map(({ text }) => text).join('')));
        await this.#file.datasync();
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#writing = undefined;
  }

  /** @returns the phone it is about */
  #index(line: Line): string {
    if ('reply' in line) {
      this.replies.push(line.reply);
      return normaliseNumber(line.reply.from);
    }
    if ('change' in line) {
      const message = this.#byId.get(line.change.id);
      if (message) Object.assign(message, line.change);
      return message ? normaliseNumber(message.to) : '';
    }
    const { message } = line;
    this.messages.push(message);
    this.#byId.set(message.id, message);
    const number = normaliseNumber(message.to);
    const own = this.#byNumber.get(number);
    if (own) own.push(message);
    else this.#byNumber.set(number, [message]);
    return number;
  }
}
