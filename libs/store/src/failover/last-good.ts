import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuleVersion } from '#libs/command';
import type { Clock, HazardPoint, RegisteredDevice, Settings, WarningRecord } from '#libs/contracts';
import type { DataKey, Logger } from '#libs/platform';
import { writeDurably } from './durable-file.js';
import type { Store } from '../store.js';
import type { CardMirror, CardsOfPoint } from './card-mirror.js';
import type { Presence } from './presence.js';
import type { WarningMirror } from './warning-mirror.js';

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

/** Ports whose records are in the snapshot, and their methods that change nothing. */
const readsOf: Partial<Record<string, ReadonlySet<string>>> = {
  registry: new Set(['load']),
  settings: new Set(['current']),
  rules: new Set(['active', 'versions', 'activations']),
};

export interface LastGoodOptions {
  dataDir: string;
  store: Pick<Store, 'registry' | 'settings' | 'rules'>;
  presence: Pick<Presence, 'run'>;
  cards: Pick<CardMirror, 'all'>;
  warnings: Pick<WarningMirror, 'open'>;
  key: DataKey;
  clock: Clock;
  logger: Logger;
}

/** Writes the snapshot whenever something in it has changed. It holds names and numbers: sealed with the data key. */
export class LastGoodKeeper {
  readonly #stale = new Set(['registry', 'settings', 'rules']);
  #asked: Pick<LastGood, 'registry' | 'settings' | 'rules'> = { registry: { points: [], devices: [] }, settings: undefined, rules: [] };
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #writtenAt = -Infinity;
  #changed = false;

  private constructor(private readonly options: LastGoodOptions) {}

  /** Reads what it holds, and writes it soon. */
  static async of(options: LastGoodOptions): Promise<LastGoodKeeper> {
    const keeper = new LastGoodKeeper(options);
    await keeper.#ask();
    keeper.touch();
    return keeper;
  }

  /** For `guarded`: who is told of calls of this port; undefined: nothing of it is in the snapshot. */
  watches(port: string): ((method: string) => void) | undefined {
    const reads = readsOf[port];
    return (
      reads &&
      ((method) => {
        if (reads.has(method)) return;
        this.#stale.add(port);
        this.touch();
      })
    );
  }

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
      await this.#ask();
      const { dataDir, key, clock, cards, warnings } = this.options;
      const lastGood: LastGood = { savedAt: clock.now(), ...this.#asked, recipients: [...cards.all()], warnings: warnings.open() };
      await writeDurably(fileIn(dataDir), key.encrypt(JSON.stringify(lastGood), context));
    } catch (error) {
      this.options.logger.warn({ stage: 'store', err: error }, 'the last good snapshot could not be written; tried again');
      this.touch();
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    await this.write();
    clearTimeout(this.#timer);
  }

  /** Reads again what has changed; what can't be read now stays to be read. */
  async #ask(): Promise<void> {
    const { store, presence } = this.options;
    const fresh = async <T>(port: string, read: () => Promise<T>, known: T): Promise<T> => {
      if (!this.#stale.delete(port)) return known;
      try {
        return await presence.run(read);
      } catch (error) {
        this.#stale.add(port);
        throw error;
      }
    };
    const { registry, settings, rules } = this.#asked;
    this.#asked = {
      registry: await fresh('registry', () => store.registry.load(), registry),
      settings: await fresh('settings', async () => (await store.settings.current())?.settings, settings),
      rules: await fresh('rules', () => store.rules.active(), rules),
    };
  }
}
