import type { Duplex } from 'node:stream';
import { PacketSizeGuard } from './packet-size.js';

/** The one place all bytes of a connection pass before Aedes sees them. */
export interface Inbound {
  /** While true nothing is read: the socket's buffer fills, then TCP holds the device back. */
  isFull: () => boolean;
}

/**
 * Puts a limit on packet size and on what is under way between a connection and Aedes, which has neither. Aedes reads by `read()`
 * in paused mode, whenever a packet is done or the stream says `readable`; so an answer of "nothing there" loses nothing.
 */
export function watchInbound(stream: Duplex, maxPacketBytes: number, tooLarge: () => void): Inbound {
  const sizes = new PacketSizeGuard(maxPacketBytes);
  const inbound: Inbound = { isFull: () => false };
  const read = stream.read.bind(stream);
  stream.read = (size?: number): unknown => {
    if (inbound.isFull()) return null;
    const chunk: unknown = read(size);
    if (!(chunk instanceof Uint8Array) || sizes.feed(chunk)) return chunk;
    tooLarge();
    stream.destroy();
    return null;
  };
  return inbound;
}
