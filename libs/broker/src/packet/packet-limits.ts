import type { EmbeddedBrokerOptions } from '../session/options.js';
import type { PacketLimits } from './packet-filter.js';

/** CONNECT with id, secret and a will; from somebody who is not known yet, 18,000 times at once. */
const FIRST_PACKET_BYTES = 16 * 1024;
/** A frame of the national protocol has at most 64 KiB of JSON, a type 3 frame 64 KiB of stream more; a day of JSON telemetry fits well. */
const MAX_PACKET_BYTES = 1024 * 1024;
/**
 * A message up to this size is let by, acknowledged and put into quarantine (ADR 14): closing the connection would make the
 * device send it again for ever. Less: a device with a week of backlog in one message is stuck. More: one device's mistake
 * fills a shared GPRS line for hours, and a closed connection is what makes somebody look.
 */
const MAX_LARGE_BYTES = 16 * 1024 * 1024;

/** How large a packet may be, bytes: the first of a connection, one that is handed on, one that goes by to quarantine. */
export const packetLimits = ({
  maxPacketBytes,
  maxLargeBytes,
}: Pick<EmbeddedBrokerOptions, 'maxPacketBytes' | 'maxLargeBytes'>): PacketLimits => ({
  first: FIRST_PACKET_BYTES,
  packet: maxPacketBytes ?? MAX_PACKET_BYTES,
  large: maxLargeBytes ?? MAX_LARGE_BYTES,
});
