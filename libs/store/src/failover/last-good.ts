import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuleVersion } from '#libs/command';
import type { HazardPoint, RegisteredDevice, Settings, WarningRecord } from '#libs/contracts';
import type { DataKey, Logger } from '#libs/platform';
import { writeDurably } from './durable-file.js';
import type { CardsOfPoint } from './card-mirror.js';

/** What the database said last of everything judging, warning and accepting need. */
export interface LastGood {
  /** Epoch ms. */
  savedAt: number;
  registry: { points: HazardPoint[]; devices: RegisteredDevice[] };
  settings: Settings | undefined;
  rules: RuleVersion[];
  recipients: [hazardPoint: string, cards: CardsOfPoint][];
  warnings: WarningRecord[];
}

const context = 'last-good';
const fileIn = (dataDir: string): string => join(dataDir, 'last-good.sealed');

/**
 * Between a change and its writing, ms, and the least between two writings. Shorter: a county entering its cards writes the whole file for each
 * one. Longer: a device registered just before the machine dies is refused until the database is back.
 */
const QUIET_MS = 1_000;
const AGAIN_MS = 5_000;

/** The snapshot of an earlier run; undefined when there is none, or it was sealed with another key. */
export async function readLastGood(dataDir: string, key: DataKey, logger: Logger): Promise<LastGood | undefined> {
  try {
    return JSON.parse(key.decrypt(await readFile(fileIn(dataDir), 'utf8'), context)) as LastGood;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      logger.error({ stage: 'store', err: error }, 'the last good snapshot can’t be read');
    return undefined;
  }
}

/** Writes the snapshot whenever something in it has changed. It holds names and numbers: sealed with the data key. */
export class LastGoodKeeper {
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #writtenAt = -Infinity;
  #changed = false;

  constructor(
    private readonly dataDir: string,
    private readonly key: DataKey,
    private readonly logger: Logger,
    /** What it holds now. Rejects when that can't be known; then it is asked again. */
    private readonly gather: () => Promise<LastGood>,
  ) {}

  /** Something in it has changed. */
  touch(): void {
    this.#changed = true;
    if (this.#timer) return;
    const wait = Math.max(QUIET_MS, this.#writtenAt + AGAIN_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#writing.then(() => this.write());
    }, wait);
    this.#timer.unref();
  }

  /** Writes it now, if anything has changed. */
  async write(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    this.#writtenAt = performance.now();
    try {
      await writeDurably(fileIn(this.dataDir), this.key.encrypt(JSON.stringify(await this.gather()), context));
    } catch (error) {
      this.logger.warn({ stage: 'store', err: error }, 'the last good snapshot could not be written; tried again');
      this.touch();
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    await this.write();
    clearTimeout(this.#timer);
  }
}
