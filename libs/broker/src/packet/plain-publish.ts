const NOTHING = Buffer.alloc(0);

/** A PUBLISH of QoS 0 or 1 (MQTT 3.1.1 §3.3). */
export interface PlainPublish {
  topic: string;
  /** Lies in the bytes it was read from. */
  payload: Buffer;
  dup: boolean;
  /** Undefined for QoS 0. */
  messageId: number | undefined;
}

/** Whether byte 0 of a packet begins a PUBLISH of QoS 0 or 1. */
export const isPlainPublish = (first: number): boolean => first >> 4 === 3 && (first & 0x04) === 0;

/** Reads the messages of one connection. A device names one topic again and again: its text is made once. */
export class PublishReader {
  #topicBytes = NOTHING;
  #topic = '';

  /**
   * @param first byte 0 of the packet, of which `isPlainPublish` is true
   * @param from  where the variable header begins
   * @param to    where the packet ends
   * @returns undefined when it is malformed
   */
  read(bytes: Buffer, first: number, from: number, to: number): PlainPublish | undefined {
    const hasId = (first & 0x02) !== 0;
    if (to - from < 2) return undefined;
    const topicAt = from + 2;
    const topicEnd = topicAt + bytes.readUInt16BE(from);
    const payloadAt = hasId ? topicEnd + 2 : topicEnd;
    if (payloadAt > to) return undefined;
    const messageId = hasId ? bytes.readUInt16BE(topicEnd) : undefined;
    // MQTT-2.3.1-1: an id is never 0.
    if (messageId === 0) return undefined;
    return { topic: this.#topicOf(bytes, topicAt, topicEnd), payload: bytes.subarray(payloadAt, to), dup: (first & 0x08) !== 0, messageId };
  }

  #topicOf(bytes: Buffer, from: number, to: number): string {
    const known = this.#topicBytes;
    let same = known.length === to - from;
    for (let at = 0; same && at < known.length; at += 1) same = known[at] === bytes[from + at];
    if (!same) {
      this.#topic = bytes.toString('utf8', from, to);
      this.#topicBytes = Buffer.from(bytes.subarray(from, to));
    }
    return this.#topic;
  }
}
