import type { Duplex } from 'node:stream';

const PUBACK = 0x40;
/** Bytes of a PUBACK (MQTT 3.1.1 §3.4). */
const SIZE = 4;

/** PUBACKs of one connection that have not left. */
export class Pubacks {
  #ids: number[] = [];

  constructor(
    private readonly stream: Duplex,
    private readonly round: PubackRound,
    /** The device has not taken what was sent before. */
    private readonly full: () => void,
  ) {}

  /** Leaves with the others of this turn. */
  add(messageId: number): void {
    if (this.#ids.push(messageId) === 1) this.round.add(this);
  }

  send(): void {
    const ids = this.#ids;
    this.#ids = [];
    if (ids.length === 0 || this.stream.destroyed) return;
    const bytes = Buffer.allocUnsafe(SIZE * ids.length);
    let at = 0;
    for (const id of ids) {
      bytes[at] = PUBACK;
      bytes[at + 1] = 2;
      bytes[at + 2] = id >> 8;
      bytes[at + 3] = id & 0xff;
      at += SIZE;
    }
    if (!this.stream.write(bytes)) this.full();
  }
}

/** A commit settles messages of many connections in one turn. Each connection's PUBACKs leave in one write when all of them are settled. */
export class PubackRound {
  #due: Pubacks[] = [];

  add(pubacks: Pubacks): void {
    if (this.#due.push(pubacks) === 1) queueMicrotask(() => this.#sendAll());
  }

  #sendAll(): void {
    const due = this.#due;
    this.#due = [];
    for (const each of due) each.send();
  }
}
