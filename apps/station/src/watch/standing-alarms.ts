import { SECOND, type SystemAlarm } from '#libs/contracts';
import type { Logger } from '#libs/platform';

/** Between two tries to say an alarm that could not be written. */
const AGAIN_MS = SECOND;

/** Says each alarm once when it begins and once when it ends, in that order, and again what could not be said. */
export class StandingAlarms {
  readonly #wanted = new Map<string, SystemAlarm>();
  #saying = Promise.resolve();

  constructor(
    private readonly alarm: (alarm: SystemAlarm) => Promise<void>,
    private readonly logger: Logger,
  ) {}

  say(one: Omit<SystemAlarm, 'standing'>, standing: boolean): void {
    if ((this.#wanted.get(one.code)?.standing ?? false) === standing) return;
    const next = { ...one, standing };
    this.#wanted.set(one.code, next);
    this.#queue(next);
  }

  /** Resolves when what was said so far is told, or will be tried again. */
  settled(): Promise<void> {
    return this.#saying;
  }

  #queue(next: SystemAlarm): void {
    const tell = (): Promise<void> => this.#tell(next);
    this.#saying = this.#saying.then(tell);
  }

  async #tell(next: SystemAlarm): Promise<void> {
    try {
      await this.alarm(next);
    } catch (error) {
      this.logger.error({ stage: 'wall', code: next.code, err: error }, 'an alarm of the station could not be told; tried again');
      // Only while it is still true; the newer one tells itself.
      setTimeout(() => {
        if (this.#wanted.get(next.code) === next) this.#queue(next);
      }, AGAIN_MS).unref();
    }
  }
}
