/**
 * Acknowledgements leave in the order of the messages (MQTT-4.6.0-2), although some are settled sooner (nothing to store)
 * than those before them.
 */
export class InOrder {
  readonly #slots: { settled: boolean; release: () => void }[] = [];

  /** Takes a place; call the answer once, when the message is settled: `release` runs after all places before it. */
  place(release: () => void): () => void {
    const slot = { settled: false, release };
    this.#slots.push(slot);
    return () => {
      slot.settled = true;
      while (this.#slots[0]?.settled) this.#slots.shift()?.release();
    };
  }

  get size(): number {
    return this.#slots.length;
  }
}
