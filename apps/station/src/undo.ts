import type { Logger } from '#libs/platform';

/** What has been started and how to stop it again, last first. One part that won't stop doesn't keep the others running. */
export class Undo {
  readonly #steps: { name: string; stop: () => Promise<void> }[] = [];
  #running: Promise<void> | undefined;

  constructor(private readonly logger: Logger) {}

  later(name: string, stop: () => Promise<void>): void {
    this.#steps.push({ name, stop });
  }

  /** Stops everything once, however often it is asked. */
  all(): Promise<void> {
    this.#running ??= this.#all();
    return this.#running;
  }

  async #all(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      const { name } = step;
      try {
        await step.stop();
      } catch (error) {
        this.logger.error({ err: error }, `${name} did not stop cleanly`);
      }
    }
  }
}
