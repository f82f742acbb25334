/**
 * Beginning of a message that is kept when it is too large, bytes. Less: a person can't see in quarantine what the device sends.
 * More: a fleet of misconfigured devices fills the database with what nobody can read.
 */
const HEAD = 64 * 1024;

/** A PUBLISH too large to be handed on: its beginning, while the rest goes by. */
export class LargeMessage {
  readonly #head: Buffer;
  #have = 0;
  #rest: number;

  /**
   * @param first byte 0 of the packet: type and flags (MQTT 3.1.1 §3.3.1)
   * @param length bytes after the fixed header
   */
  constructor(
    private readonly first: number,
    readonly length: number,
  ) {
    this.#head = Buffer.alloc(Math.min(HEAD, length));
    this.#rest = length;
  }

  /** Takes what belongs to the message. @returns how many bytes that were */
  add(bytes: Buffer): number {
    const step = Math.min(this.#rest, bytes.length);
    this.#have += bytes.copy(this.#head, this.#have, 0, step);
    this.#rest -= step;
    return step;
  }

  complete(): boolean {
    return this.#rest === 0;
  }

  /** False: topic and message id are not where MQTT has them; what follows can't be trusted. */
  readable(): boolean {
    return this.qos < 3 && this.#payloadAt <= this.#head.length;
  }

  get qos(): number {
    return (this.first >> 1) & 3;
  }

  get dup(): boolean {
    return (this.first & 0x08) !== 0;
  }

  get topic(): string {
    return this.#head.toString('utf8', 2, 2 + this.#topicLength);
  }

  /** Undefined for QoS 0. */
  get messageId(): number | undefined {
    return this.qos === 0 ? undefined : this.#head.readUInt16BE(2 + this.#topicLength);
  }

  /** The beginning of the payload. */
  get head(): Buffer {
    return this.#head.subarray(this.#payloadAt);
  }

  /** Bytes of the whole payload. */
  get payloadLength(): number {
    return this.length - this.#payloadAt;
  }

  get #topicLength(): number {
    return this.#head.readUInt16BE(0);
  }

  get #payloadAt(): number {
    return 2 + this.#topicLength + (this.qos === 0 ? 0 : 2);
  }
}
