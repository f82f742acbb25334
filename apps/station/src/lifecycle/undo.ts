import { SECOND } from '#libs/contracts';
import type { Logger } from '#libs/platform';

/**
 * Longest all parts together may take to stop. Shorter: a message on its way to the vendor is left for the next start to ask about. Longer: systemd
 * (90 s) or an impatient person kills the station, and PostgreSQL with it. Nothing acknowledged depends on a clean stop.
 */
export const STOP_LIMIT_MS = 20 * SECOND;
/** What a part has at least, however long those before it took. */
const LEAST_MS = SECOND;

/**
 * What has been started and how to stop it again, last first. One part that won't stop doesn't keep the others running: each may take
 * half of the time that is left, and what has not stopped by then ends with the process.
 */
export class Undo {
  readonly #steps: { name: string; stop: () => Promise<void> }[] = [];
  #running: Promise<void> | undefined;

  constructor(
    private readonly logger: Logger,
    private readonly limitMs = STOP_LIMIT_MS,
  ) {}

  later(name: string, stop: () => Promise<void>): void {
    this.#steps.push({ name, stop });
  }

  /** Stops everything once, however often it is asked. */
  all(): Promise<void> {
    this.#running ??= this.#all();
    return this.#running;
  }

  async #all(): Promise<void> {
    const end = performance.now() + this.limitMs;
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      const { name } = step;
      const limit = Math.max(LEAST_MS, (end - performance.now()) / 2);
      try {
        await within(limit, step.stop());
      } catch (error) {
        this.logger.error({ err: error }, `${name} did not stop cleanly`);
      }
    }
  }
}

async function within(limitMs: number, stopped: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${Math.round(limitMs / SECOND)} s; it is left as it is`)), limitMs);
  });
  try {
    await Promise.race([stopped, late]);
  } finally {
    clearTimeout(timer);
  }
}
