/**
 * Follows the MQTT fixed headers in a byte stream (MQTT 3.1.1 §2.2) to find a packet that announces more than the limit, before
 * it is buffered: the parser behind it has no limit, and one device could make the station hold 256 MB.
 */
export class PacketSizeGuard {
  #skip = 0;
  #state: 'type' | 'length' = 'type';
  #length = 0;
  #shift = 0;

  constructor(readonly limit: number) {}

  /** @returns false when a packet is longer than the limit, or its length is malformed; the connection must then be closed */
  feed(chunk: Uint8Array): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, chunk.length - at);
        this.#skip -= step;
        at += step;
      } else if (this.#state === 'type') {
        this.#state = 'length';
        this.#length = 0;
        this.#shift = 0;
        at += 1;
      } else {
        const byte = chunk[at] ?? 0;
        at += 1;
        this.#length += (byte & 0x7f) * 2 ** this.#shift;
        this.#shift += 7;
        if (this.#length > this.limit || (this.#shift >= 28 && byte & 0x80)) return false;
        if (!(byte & 0x80)) {
          this.#state = 'type';
          this.#skip = this.#length;
        }
      }
    }
    return true;
  }
}
