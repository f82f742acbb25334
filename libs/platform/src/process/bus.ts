import type { StageBus, StageEvents } from '#libs/contracts';

type Listener = { owner: string; call: (payload: never) => void | Promise<void> };

/**
 * The bus between stages inside one process. `publish` awaits every listener in order of registration; a listener that
 * throws fails the publish after the others have run, because a stage that lost an event must not look healthy.
 */
export class InProcessBus implements StageBus {
  readonly #listeners = new Map<keyof StageEvents, Listener[]>();

  async publish<K extends keyof StageEvents>(event: K, payload: StageEvents[K]): Promise<void> {
    const failures: unknown[] = [];
    for (const { call } of this.#listeners.get(event) ?? []) {
      try {
        await (call as (payload: StageEvents[K]) => void | Promise<void>)(payload);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0)
      throw failures.length === 1 ? failures[0] : new AggregateError(failures, `${failures.length} listeners of ${event} failed`);
  }

  listen<K extends keyof StageEvents>(owner: string, event: K, listener: (payload: StageEvents[K]) => void | Promise<void>): void {
    // A new list each time: who listens while an event is being published hears the next one.
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), { owner, call: listener }]);
  }

  leave(owner: string): void {
    for (const [event, list] of this.#listeners)
      this.#listeners.set(
        event,
        list.filter((listener) => listener.owner !== owner),
      );
  }
}
