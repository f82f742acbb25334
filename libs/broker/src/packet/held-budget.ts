/**
 * What all connections together may have under way, bytes. Each alone may hold a megabyte; 18,000 of them would be the memory of the machine.
 * Less: a county whose devices all come back after an outage is slowed before there is need. More: the station is killed for its memory.
 */
const LIMIT = 256 * 1024 * 1024;
/** What a held message costs beside its bytes: packet, closures, its place in the order. */
const OVERHEAD = 1024;

/** Counts what is held over all connections. */
export class HeldBudget {
  #bytes = 0;

  constructor(private readonly limit = LIMIT) {}

  take(bytes: number): void {
    this.#bytes += bytes + OVERHEAD;
  }

  giveBack(bytes: number): void {
    this.#bytes -= bytes + OVERHEAD;
  }

  /**
   * True when it is used up. Then a connection is read only while it has nothing under way: each goes on, one message at a time, woken by
   * its own acknowledgement, and none can be forgotten.
   */
  get scarce(): boolean {
    return this.#bytes > this.limit;
  }
}
