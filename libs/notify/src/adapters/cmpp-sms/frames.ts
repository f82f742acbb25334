import { HEADER_BYTES } from './codec.js';

/**
 * Longest packet believed. The longest a gateway sends us is a DELIVER of 360 bytes; a length above this is no packet but a stream that is out
 * of step. Smaller refuses vendors' extensions; larger lets a broken peer make us wait for, and keep, megabytes.
 */
const MAX_PACKET_BYTES = 4_096;

/** Cuts a stream of bytes into packets. Total: a length that can't be is a fault, after which the connection is of no use. */
export class FrameReader {
  #left: Buffer = Buffer.alloc(0);

  /** @returns whole packets, in order, and the fault that ends the stream */
  push(chunk: Buffer): { packets: Buffer[]; fault?: string } {
    let bytes = this.#left.length === 0 ? chunk : Buffer.concat([this.#left, chunk]);
    const packets: Buffer[] = [];
    while (bytes.length >= 4) {
      const length = bytes.readUInt32BE(0);
      if (length < HEADER_BYTES || length > MAX_PACKET_BYTES) return { packets, fault: `a packet of ${length} bytes` };
      if (bytes.length < length) break;
      packets.push(bytes.subarray(0, length));
      bytes = bytes.subarray(length);
    }
    this.#left = bytes;
    return { packets };
  }
}
