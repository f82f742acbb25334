/**
 * Acknowledgements leave in the order of the messages (MQTT-4.6.0-2), although some are settled sooner (nothing to store)
 * than those before them.
 */
export class InOrder {
  #slots: { settled: boolean; release: () => void }[] = [];

  /** Takes a place; call the answer once, when the message is settled: `release` runs after all places before it. */
  place(release: () => void): () => void {
    const slot = { settled: false, release };
    this.#slots.push(slot);
    return () => {
      slot.settled = true;
      let count = 0;
      while (this.#slots[count]?.settled) count += 1;
      for (const each of this.#slots.splice(0, count)) each.release();
    };
  }

  get size(): number {
    return this.#slots.length;
  }
}
