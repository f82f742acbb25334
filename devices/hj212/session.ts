import { topics, type LinkDialect, type LinkSession, type LinkStep, type LinkTools } from '#libs/contracts';
import { acknowledge, parsePacket, withoutPassword, type Hj212Packet } from './packet.js';

/** Bytes without a good packet before a connection is closed: one of the longest packets, so that one that was garbled is survived. */
const MAX_NOISE = 12_288;
/** First parts kept for the time they give to the others; a logger sends one message after another. */
const MAX_KEPT = 4;

/** Data upwards. Answers of the logger to commands nobody here gives, and its heartbeat, need nothing. */
const silent: ReadonlySet<string> = new Set(['9011', '9012', '9013', '9014', '9015']);

/** HJ 212-2017 on one connection, read only: it answers data (9014) when it is durable and never commands. */
export class Hj212Session implements LinkSession {
  #waiting: Uint8Array = new Uint8Array();
  #noise = 0;
  readonly #firsts = new Map<string, Uint8Array>();

  constructor(private readonly tools: LinkTools) {}

  feed(chunk: Uint8Array): LinkStep[] {
    const bytes = new Uint8Array(this.#waiting.length + chunk.length);
    bytes.set(this.#waiting);
    bytes.set(chunk, this.#waiting.length);
    const steps: LinkStep[] = [];
    let at = 0;
    while (at < bytes.length) {
      const parsed = parsePacket(bytes.subarray(at));
      if (parsed === 'more') break;
      if (parsed === 'bad') {
        const next = bytes.indexOf(0x23, at + 1);
        this.#noise += (next < 0 ? bytes.length : next) - at;
        at = next < 0 ? bytes.length : next;
      } else {
        this.#noise = 0;
        steps.push(...this.#packet(parsed.packet, bytes.subarray(at, at + parsed.size)));
        at += parsed.size;
      }
    }
    this.#waiting = bytes.slice(at);
    if (this.#noise > MAX_NOISE) steps.push({ do: 'end', notice: 'unreadable', detail: `${this.#noise} bytes without an HJ 212 packet` });
    return steps;
  }

  /** Each part is stored and answered for itself: nothing falls due. */
  wake(): LinkStep[] {
    return [];
  }

  #packet(packet: Hj212Packet, bytes: Uint8Array): LinkStep[] {
    const deviceId = this.tools.login([packet.mn], packet.password);
    if (deviceId === undefined)
      return [{ do: 'end', notice: 'refused', detail: `logger ${packet.mn.slice(0, 64)}: not registered, or wrong password` }];
    if (silent.has(packet.cn)) return [{ do: 'note', notice: 'heartbeat', deviceId, detail: '' }];
    const answer = (): Uint8Array[] => (packet.wantsAnswer ? [acknowledge(packet)] : []);
    return [{ do: 'take', deviceId, payload: this.#withTime(packet, withoutPassword(bytes)), answer }];
  }

  /**
   * Parts are not gathered: some loggers send the next only when the last was answered, and an answer leaves only when what
   * it answers is stored. A later part goes to ingest behind the first, from which it has its time where it gives none.
   */
  #withTime({ mn, qn, part }: Hj212Packet, bytes: Uint8Array): Uint8Array {
    if (!part || part.total === 1) return bytes;
    const key = `${mn} ${qn}`;
    if (part.number === 1) {
      this.#firsts.delete(key);
      this.#firsts.set(key, bytes);
      const [oldest] = this.#firsts.keys();
      if (this.#firsts.size > MAX_KEPT && oldest !== undefined) this.#firsts.delete(oldest);
      return bytes;
    }
    const first = this.#firsts.get(key);
    if (part.number === part.total) this.#firsts.delete(key);
    if (!first) return bytes;
    const both = new Uint8Array(first.length + bytes.length);
    both.set(first);
    both.set(bytes, first.length);
    return both;
  }
}

/** HJ 212-2017 for the listener. */
export const hj212Dialect = (): LinkDialect => ({ name: 'hj212', topic: topics.hj212, open: (tools) => new Hj212Session(tools) });
