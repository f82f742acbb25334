import type { FrameValue } from '#libs/contracts';

/**
 * Values one client has not been sent because its transport was still busy with something else: the newest of each channel, for the
 * next frame. Without this a frame that met a busy transport was lost, and a wall did not show the reading before the instrument's next
 * one, which for a crack meter may be an hour away. Never more than a value a channel, so a client that takes nothing costs little.
 */
export class Owed {
  readonly #values = new Map<number, FrameValue>();

  /**
   * What is to be sent now: `news` itself when nothing was owed, everything owed and new otherwise, nothing while the transport is busy.
   * @param ready whether the transport takes something now
   */
  take(news: readonly FrameValue[], ready: boolean): readonly FrameValue[] {
    if (ready && this.#values.size === 0) return news;
    for (const value of news) this.#values.set(value[0], value);
    if (!ready) return [];
    const all = [...this.#values.values()];
    this.#values.clear();
    return all;
  }
}
