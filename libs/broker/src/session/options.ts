import type { Duplex } from 'node:stream';
import type { Clock, RegistryView } from '#libs/contracts';
import type { Packet } from '#libs/ingest';
import type { DataKey, Logger } from '#libs/platform';
import type { TlsOptions } from '../edge/listener.js';

/** What is worth counting; each is logged too where a person may have to act. */
export type BrokerNotice =
  | 'connected'
  | 'disconnected'
  | 'takeover'
  | 'refused'
  | 'flapping'
  | 'full'
  | 'foreign-topic'
  | 'foreign-subscription'
  | 'large-message'
  | 'too-large'
  | 'slow-reader'
  | 'slowed'
  | 'not-accepted'
  | 'protocol-error';

export interface EmbeddedBrokerOptions {
  host?: string;
  /** 0 = any free port. */
  port: number;
  /** A second port, with TLS. */
  tls?: (TlsOptions & { port: number }) | undefined;
  /** Messages a second one device may send; 0 = no limit. */
  deviceRate: number;
  registry: RegistryView;
  dataKey: Pick<DataKey, 'deviceSecretHash'>;
  clock: Clock;
  logger: Logger;
  /** Takes one message. PUBACK (QoS 2: PUBREC) leaves when it resolves; when it rejects, the connection is closed without, and the device sends again. */
  accept(packet: Packet): Promise<void>;
  notice?(notice: BrokerNotice): void;
  /** A device has subscribed to one of its topics: what waits for it can be sent now. */
  listening?(deviceId: string): void;
  /** Bytes of the largest MQTT packet that is handed on whole; of a larger message only the beginning is. */
  maxPacketBytes?: number;
  /** Bytes of the largest MQTT packet at all; a longer one closes the connection. */
  maxLargeBytes?: number;
  /** Connections at a time; default: what the descriptors of this process allow. */
  maxConnections?: number;
  /** Connections one device may open within a minute; 0 = no limit. */
  connectsAMinute?: number;
  /** How long a connection may stay without CONNECT, ms. */
  connectTimeoutMs?: number;
  /** How long a device may leave its socket's buffer full, ms. */
  drainTimeoutMs?: number;
}

export interface SendOptions {
  qos?: 0 | 1;
  /** How long the device has for its PUBACK, ms. */
  timeoutMs?: number;
}

export interface EmbeddedBroker {
  readonly port: number;
  /** Of TLS, when it was asked for. */
  readonly tlsPort: number | undefined;
  /** Connections that may be open at a time. */
  readonly maxConnections: number;
  connections(): number;
  connected(deviceId: string): boolean;
  /** True while the device is connected and has subscribed to this topic. */
  listens(deviceId: string, topic: string): boolean;
  /**
   * Sends to the device's own connection and to nobody else: the one that has subscribed to the topic, else its newest. Without a
   * subscription too: stations of the national protocol are sent commands without asking for them.
   * Resolves at the device's PUBACK (QoS 1, the default).
   * @throws DownlinkError `not-connected`, `timeout` or `busy`
   */
  send(deviceId: string, topic: string, payload: Uint8Array, options?: SendOptions): Promise<void>;
  /** Closes every connection of the device. What it is owed for messages under way it does not get: it may not speak any more. */
  disconnect(deviceId: string): void;
  /** Takes a connection that did not come through the port: a pipe in memory, a listener of its own. Same rules as on the port. */
  attach(stream: Duplex, remote?: string): void;
  /** Takes nothing more, waits for what is being accepted (at most `graceMs`), then closes every connection. */
  stop(graceMs?: number): Promise<void>;
}
