import { LargeMessage } from './large-message.js';
import { isPlainPublish } from './plain-publish.js';

export interface PacketLimits {
  /** Bytes of the first packet: CONNECT, from somebody not yet known. */
  first: number;
  /** Bytes of a packet that is handed on. */
  packet: number;
  /** Bytes of a PUBLISH that is taken off the stream; a longer one ends the connection. */
  large: number;
}

const PUBLISH = 3;
/** A fixed header is at most a type and four length bytes (MQTT 3.1.1 §2.2.3). */
const LENGTH_BYTES = 4;
const NOTHING = Buffer.alloc(0);

/**
 * Takes a whole PUBLISH of QoS 0 or 1: `first` is its byte 0, its variable header begins at `from`, it ends before `to`.
 * False: it is not readable and goes to the parser, whose answer to that is the right one.
 */
export type TakePlain = (bytes: Buffer, first: number, from: number, to: number) => boolean;

/**
 * Follows the MQTT fixed headers in a byte stream (MQTT 3.1.1 §2.2) before the parser, which has no limit: one device could
 * make the station hold 256 MB. A PUBLISH that is too long is taken off the stream while it arrives, only its beginning is kept.
 * A PUBLISH of QoS 0 or 1 that lies whole in what has come needs no parser either (ADR 27).
 */
export class PacketFilter {
  #first = true;
  /** Bytes still to come of the packet that is being handed on. */
  #pass = 0;
  /** Beginning of a fixed header whose end has not come. */
  #held: Buffer = NOTHING;
  #large: LargeMessage | undefined;
  /** Begins with a PUBLISH for `plain`, behind what the parser has to read first. */
  #rest: Buffer | undefined;
  /** Who takes whole messages. Undefined before CONNACK: the parser queues until then. */
  plain: TakePlain | undefined;

  constructor(
    private readonly limits: PacketLimits,
    private readonly took: (message: LargeMessage) => void,
  ) {}

  /** What has come and must be fed before anything else, once the parser has read what it was given; undefined: nothing. */
  takeRest(): Buffer | undefined {
    const rest = this.#rest;
    this.#rest = undefined;
    return rest;
  }

  /** @returns what the parser may see (perhaps nothing); null when a packet is too long or malformed: the connection must be closed */
  feed(chunk: Buffer): Buffer | null {
    // Nearly every chunk lies within one packet or holds whole ones: it is handed on as it is.
    if (chunk.length <= this.#pass) {
      this.#pass -= chunk.length;
      return chunk;
    }
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = NOTHING;
    const parts: Buffer[] = [];
    let from = 0;
    let at = 0;
    while (at < bytes.length) {
      if (this.#large) {
        at += this.#large.add(bytes.subarray(at));
        from = at;
        if (!this.#large.complete()) break;
        if (!this.#large.readable()) return null;
        this.took(this.#large);
        this.#large = undefined;
        continue;
      }
      if (this.#pass > 0) {
        const step = Math.min(this.#pass, bytes.length - at);
        this.#pass -= step;
        at += step;
        continue;
      }
      const header = fixedHeader(bytes, at);
      if (header === 'malformed') return null;
      if (header === 'incomplete') {
        this.#held = Buffer.from(bytes.subarray(at));
        parts.push(bytes.subarray(from, at));
        return joined(parts);
      }
      const { length, end } = header;
      const first = bytes[at] ?? 0;
      if (this.plain && isPlainPublish(first) && length <= this.limits.packet && end + length <= bytes.length) {
        if (from < at || parts.length > 0) {
          // Messages are taken in the order they came in: the parser first.
          this.#rest = bytes.subarray(at);
          parts.push(bytes.subarray(from, at));
          return joined(parts);
        }
        if (this.plain(bytes, first, end, end + length)) {
          at = from = end + length;
          continue;
        }
      }
      const type = first >> 4;
      if (length <= (this.#first ? this.limits.first : this.limits.packet)) this.#pass = length;
      else if (this.#first || type !== PUBLISH || length > this.limits.large) return null;
      else {
        parts.push(bytes.subarray(from, at));
        this.#large = new LargeMessage(first, length);
      }
      this.#first = false;
      at = end;
      if (this.#large) from = end;
    }
    if (from === 0) return bytes;
    parts.push(bytes.subarray(from));
    return joined(parts);
  }
}

const joined = (parts: Buffer[]): Buffer => (parts.length === 1 ? (parts[0] ?? NOTHING) : Buffer.concat(parts));

/** Length of the packet whose fixed header begins at `at`, and where that header ends. */
function fixedHeader(bytes: Buffer, at: number): { length: number; end: number } | 'incomplete' | 'malformed' {
  let length = 0;
  for (let digit = 0; digit < LENGTH_BYTES; digit += 1) {
    const byte = bytes[at + 1 + digit];
    if (byte === undefined) return 'incomplete';
    length += (byte & 0x7f) * 2 ** (7 * digit);
    if (!(byte & 0x80)) return { length, end: at + 2 + digit };
  }
  return 'malformed';
}
