import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#libs/contracts';
import { redactPhones, type Logger } from '#libs/platform';
import { StoreAway } from '../sql/errors.js';
import { next, type Mode } from './mode.js';

/**
 * Between two looks at the database, ms. A database that hangs without breaking a connection is noticed by this alone; rarer takes from
 * the five seconds a red warning has, oftener costs a quiet station a statement each time.
 */
const LOOK_EVERY_MS = 500;
/**
 * How long a failure may be a hiccup, ms. Shorter: every quick restart of PostgreSQL (under a second here) and every cancelled
 * statement becomes an outage on the wall. Longer: it is taken from the five seconds of a red warning that crosses just then.
 */
const CONFIRM_MS = 1_000;
const CONFIRM_PAUSE_MS = 200;
/** Failures of one piece of work in a row, with a database that answers probes, before it counts as away (disk full, read-only). */
const STUBBORN = 3;
/** After draining broke off on something that is not the database: sooner would only repeat the error in the log. */
const DRAIN_AGAIN_MS = 5_000;

export interface PresenceOptions {
  /** True when the database answers and can be worked with. Bounded in time, never throws. `thorough`: it must also write durably. */
  probe: (thorough: boolean) => Promise<boolean>;
  /** The mode has just become `away`; called synchronously, before anybody else runs. */
  onAway: (why: string) => void;
  /** Brings in what the journal holds. Throws StoreAway when the database goes away meanwhile. */
  drain: () => Promise<void>;
  /** The mode changed; for people. */
  onMode: (mode: Mode, why: string) => void;
  clock: Clock;
  logger: Logger;
}

/** Whether the database is there: looks by itself, is told of failures, and says where records go. */
export class Presence {
  #mode: Mode = 'up';
  #since: number;
  #why = '';
  #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #draining: Promise<void> | undefined;
  #drainAfter = -Infinity;
  #confirming: Promise<boolean> | undefined;
  readonly #waiting = new Set<(error: StoreAway) => void>();

  constructor(private readonly options: PresenceOptions) {
    this.#since = options.clock.now();
  }

  get mode(): Mode {
    return this.#mode;
  }

  /** Since when (epoch ms) and why it is away; for health and alarms. */
  get state(): { mode: Mode; since: number; why: string } {
    return { mode: this.#mode, since: this.#since, why: this.#why };
  }

  start(): void {
    this.#loop = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    // Draining must not wait out a statement on a server that hangs.
    if (this.#mode === 'draining') this.#rejectAll(new StoreAway('the station stops', true));
    await this.#loop;
    await this.#draining;
  }

  /**
   * Work that needs the database. Rejects at once while it is away, and as soon as it goes away with the work under way.
   * @throws StoreAway, or what the work throws
   */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#mode === 'away') return Promise.reject(new StoreAway(this.#said(), false));
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      work()
        .then(resolve, reject)
        .finally(() => this.#waiting.delete(reject));
    });
  }

  /** @throws StoreAway when it is away, or the station stops: a long draining is not waited for, the next start goes on with it */
  stillThere(): void {
    if (this.#stopping.signal.aborted) throw new StoreAway('the station stops', false);
    if (this.#mode === 'away') throw new StoreAway(this.#said(), false);
  }

  /**
   * Work failed with a StoreAway. Resolves when it is clear what that means: true, the database answers, try again; false, it is away.
   * @param attempt how often this piece of work has failed now
   */
  async confirm(failure: StoreAway, attempt: number): Promise<boolean> {
    if (this.#mode === 'away') return false;
    if (attempt >= STUBBORN) {
      this.#away(failure.message);
      return false;
    }
    this.#confirming ??= this.#confirm(failure);
    return this.#confirming;
  }

  async #confirm(failure: StoreAway): Promise<boolean> {
    try {
      const end = performance.now() + CONFIRM_MS;
      do {
        if (await this.options.probe(false)) return true;
        await sleep(CONFIRM_PAUSE_MS);
      } while (performance.now() < end);
      this.#away(failure.message);
      return false;
    } finally {
      this.#confirming = undefined;
    }
  }

  #away(why: string): void {
    if (!this.#turn('lost', why)) return;
    const error = new StoreAway(this.#said(), true);
    this.#rejectAll(error);
  }

  #rejectAll(error: StoreAway): void {
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  #said(): string {
    return `database is away: ${this.#why}`;
  }

  #turn(happening: Parameters<typeof next>[1], why: string): boolean {
    const mode = next(this.#mode, happening);
    if (mode === this.#mode) return false;
    if (this.#mode === 'up' || mode === 'up') this.#since = this.options.clock.now();
    this.#mode = mode;
    this.#why = redactPhones(why);
    if (mode === 'away') this.options.onAway(this.#why);
    this.options.onMode(mode, this.#why);
    return true;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (this.#mode === 'away') {
        if (await this.options.probe(true)) this.#turn('answers', '');
      } else if (!(await this.options.probe(false))) await this.confirm(new StoreAway('it does not answer', true), 1);
      // Beside the looks: a database that hangs while it is drained must be noticed as soon as ever.
      if (this.#mode === 'draining' && performance.now() >= this.#drainAfter) this.#draining ??= this.#drain();
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #drain(): Promise<void> {
    try {
      await this.options.drain();
      this.#turn('drained', '');
    } catch (error) {
      if (this.#stopping.signal.aborted) this.options.logger.info({ err: error }, 'draining is left for the next start');
      else if (error instanceof StoreAway) this.#away(error.message);
      else {
        this.#drainAfter = performance.now() + DRAIN_AGAIN_MS;
        this.options.logger.error({ err: error }, 'the journal could not be drained; tried again in five seconds');
      }
    } finally {
      this.#draining = undefined;
    }
  }
}
