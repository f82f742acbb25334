import { mkdir, open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { normaliseNumber } from './numbers.js';

/** A message a simulated vendor took. */
const AcceptedMessage = z.object({
  id: z.string(),
  to: z.string(),
  sign: z.string(),
  templateCode: z.string(),
  text: z.string(),
  parts: z.number().int(),
  outId: z.string(),
  bizId: z.string(),
  provider: z.string(),
  channel: z.string(),
  at: z.number(),
  /** Error code of the receipt, `DELIVERED`, or null when none will come. */
  receipt: z.string().nullable(),
});
export type AcceptedMessage = z.infer<typeof AcceptedMessage>;

const Reply = z.object({ from: z.string(), text: z.string(), at: z.number() });
export type Reply = z.infer<typeof Reply>;

const Line = z.union([z.object({ message: AcceptedMessage }), z.object({ reply: Reply })]);
type Line = z.infer<typeof Line>;

/**
 * What was accepted, in a file of JSON lines: written and fsynced before the vendor's answer leaves, because a test kills this
 * process too and then counts. Lines that arrive together share one fsync.
 */
export class MessageLog {
  readonly messages: AcceptedMessage[] = [];
  readonly replies: Reply[] = [];
  readonly #byNumber = new Map<string, AcceptedMessage[]>();
  readonly #file: FileHandle;
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
    this.#index(line);
  }

  /** Messages to a number, oldest first. */
  to(number: string): readonly AcceptedMessage[] {
    return this.#byNumber.get(normaliseNumber(number)) ?? [];
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#file.appendFile(batch.map(({ text }) => text).join(''));
        await this.#file.datasync();
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#writing = undefined;
  }

  #index(line: Line): void {
    if ('reply' in line) {
      this.replies.push(line.reply);
      return;
    }
    this.messages.push(line.message);
    const number = normaliseNumber(line.message.to);
    const own = this.#byNumber.get(number);
    if (own) own.push(line.message);
    else this.#byNumber.set(number, [line.message]);
  }
}
