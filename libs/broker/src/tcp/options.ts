import type { Clock, LinkDialect, LinkNotice, RegistryView } from '#libs/contracts';
import type { Packet } from '#libs/ingest';
import type { Logger } from '#libs/platform';

export interface TcpListenerOptions {
  dialect: LinkDialect;
  host?: string;
  /** 0 = any free port. */
  port: number;
  /** Messages a second one connection may send; 0 = no limit. */
  deviceRate: number;
  registry: RegistryView;
  clock: Clock;
  logger: Logger;
  /** Takes one message. The protocol's answer leaves when it resolves; when it rejects, the connection is closed without. */
  accept(packet: Packet): Promise<void>;
  notice?(notice: LinkNotice): void;
  limits?: Partial<TcpLimits>;
}

export interface TcpLimits {
  /** Connections at a time. More than the stations of a province; each holds some kilobytes. */
  connections: number;
  /** Until the first whole message, and from the first byte of a message to its last, ms. Less: a slow radio link fails; more: connections that only drip pile up. */
  messageMs: number;
  /** Without any byte, ms: longer than the heartbeat of any station (an hour would be one a day too many on a bad link). */
  idleMs: number;
  /** Messages under way before a connection is no longer read. */
  inFlight: number;
  /** Bytes of answers a peer may leave unread. */
  unread: number;
}

export const tcpLimits: TcpLimits = { connections: 4_000, messageMs: 60_000, idleMs: 30 * 60_000, inFlight: 32, unread: 64 * 1024 };

export interface TcpListener {
  readonly port: number;
  connections(): number;
  /** Closes every connection of the device. */
  disconnect(deviceId: string): void;
  /** Takes nothing more, waits for what is being accepted (at most `graceMs`), then closes every connection. */
  stop(graceMs?: number): Promise<void>;
}
