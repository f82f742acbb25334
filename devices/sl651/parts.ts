import type { ReadFrame } from './reader.js';

/** A picture of a station; more is no message of this protocol, and one station could fill the memory. */
const MAX_BYTES = 1024 * 1024;
/** How long the next part may take. Less: a slow radio link is asked for what is on its way; more: the station has gone to sleep. */
const PART_WAIT_MS = 10_000;
/** How often a missing part is asked for before what is there is put aside. */
const MAX_ASKED = 3;

/** The parts of one message as they come: at most one message of a connection is being gathered. */
export class Sl651Parts {
  readonly #parts = new Map<number, ReadFrame>();
  #bytes = 0;
  #lastAt = 0;
  #asked = 0;
  #ended = false;

  constructor(readonly first: ReadFrame) {}

  get total(): number {
    return this.first.frame.part?.total ?? 1;
  }

  /** True for a part of this message. */
  belongs({ frame }: ReadFrame): boolean {
    const { frame: first } = this.first;
    return frame.part?.total === this.total && frame.afn === first.afn && frame.station === first.station;
  }

  /** @returns false when the message has become too large */
  add(part: ReadFrame, isLast: boolean, now: number): boolean {
    const number = part.frame.part?.number ?? 1;
    if (!this.#parts.has(number)) this.#bytes += part.bytes.length;
    this.#parts.set(number, part);
    this.#lastAt = now;
    this.#ended ||= isLast;
    return this.#bytes <= MAX_BYTES;
  }

  /** The first part that is not there; undefined: all are. */
  missing(): number | undefined {
    for (let number = 1; number <= this.total; number += 1) if (!this.#parts.has(number)) return number;
    return undefined;
  }

  get isComplete(): boolean {
    return this.#parts.size === this.total;
  }

  /** What is to be done about a missing part now: nothing yet, ask, or give up. */
  due(now: number): 'wait' | 'ask' | 'give-up' {
    const isDue = (this.#ended && this.#asked === 0) || now - this.#lastAt >= PART_WAIT_MS;
    if (this.isComplete || !isDue) return 'wait';
    if (this.#asked >= MAX_ASKED) return 'give-up';
    this.#asked += 1;
    this.#lastAt = now;
    return 'ask';
  }

  /** Bytes of the parts that came, in their order. */
  payload(): Uint8Array {
    const bytes = new Uint8Array(this.#bytes);
    let at = 0;
    for (const [, part] of [...this.#parts].toSorted(([a], [b]) => a - b)) {
      bytes.set(part.bytes, at);
      at += part.bytes.length;
    }
    return bytes;
  }

  /** The part that has serial number and times; undefined while it is missing. */
  get opening(): ReadFrame | undefined {
    return this.#parts.get(1);
  }
}
