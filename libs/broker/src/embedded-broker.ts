import { createServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { type AuthenticateError, type Client, type PublishPacket } from 'aedes';
import { mayPublish, maySubscribe, type Clock, type RegistryView } from '#libs/contracts';
import type { Packet } from '#libs/ingest';
import type { DataKey, Logger } from '#libs/platform';
import { authenticate, type Authentication } from './authentication.js';
import { Connection } from './connection.js';
import { DownlinkError } from './downlink.js';
import { watchInbound, type Inbound } from './inbound.js';
import { NoSessions } from './no-sessions.js';
import { OneWayAedes } from './one-way-aedes.js';
import { Sessions } from './sessions.js';

/** What is worth counting; each is logged too where a person may have to act. */
export type BrokerNotice =
  | 'connected'
  | 'disconnected'
  | 'takeover'
  | 'refused'
  | 'foreign-topic'
  | 'foreign-subscription'
  | 'too-large'
  | 'slowed'
  | 'not-accepted'
  | 'protocol-error';

export interface EmbeddedBrokerOptions {
  host?: string;
  /** 0 = any free port. */
  port: number;
  /** Messages a second one device may send; 0 = no limit. */
  deviceRate: number;
  registry: RegistryView;
  dataKey: Pick<DataKey, 'deviceSecretHash'>;
  clock: Clock;
  logger: Logger;
  /** Takes one message. PUBACK (QoS 2: PUBREC) leaves when it resolves; when it rejects, the connection is closed without, and the device sends again. */
  accept(packet: Packet): Promise<void>;
  notice?(notice: BrokerNotice): void;
  /** A device subscribed to a topic: what waits for it there can be sent now. */
  listening?(deviceId: string, filter: string): void;
  /** Bytes of the largest MQTT packet; a longer one closes the connection. */
  maxPacketBytes?: number;
}

export interface SendOptions {
  qos?: 0 | 1;
  /** How long the device has for its PUBACK, ms. */
  timeoutMs?: number;
}

export interface EmbeddedBroker {
  readonly port: number;
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
  /** Takes a connection that did not come through the port: a pipe in memory, a listener of its own. Same rules as on the port. */
  attach(stream: Duplex, remote?: string): void;
  /** Takes nothing more, waits for what is being accepted (at most `graceMs`), then closes every connection. */
  stop(graceMs?: number): Promise<void>;
}

/** Less: a device behind a satellite or a GPRS link that stalls is given up while the PUBACK is on its way. More: a command hangs that could be sent anew. */
const SEND_TIMEOUT_MS = 10_000;

/** A frame of the national protocol has at most 64 KiB of JSON, a type 3 frame 64 KiB of stream more; a day of JSON telemetry fits well. */
const MAX_PACKET_BYTES = 1024 * 1024;

/**
 * MQTT for the field devices: Aedes (MQTT 3.1 and 3.1.1) behind device authentication, own topics only, and
 * acknowledgement after acceptance. What a device publishes is handed to `accept` and to nobody else: messages are never
 * forwarded, retained or kept as a will, so that one device can't speak to another.
 *
 * @throws the listen error (`EADDRINUSE`…) when the port can't be opened
 */
export async function createEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const { logger } = options;
  const notice = (kind: BrokerNotice): void => options.notice?.(kind);
  const identities = new WeakMap<Client, Authentication>();
  const connections = new WeakMap<Client, Connection>();
  const inbounds = new WeakMap<object, Inbound>();
  const sessions = new Sessions<Connection>();
  const streams = new Set<Duplex>();
  let stopping = false;
  let accepting = 0;
  const idle: (() => void)[] = [];

  const aedes = await OneWayAedes.open({
    persistence: new NoSessions((client, messageId) => connections.get(client)?.acknowledged(messageId)),
    connectTimeout: 10_000,
    // MQTT 3.1 allows 23 characters; devices of the field use longer ones with 3.1 all the same.
    maxClientsIdLength: 256,
    preConnect: (client, packet, done) => {
      const { username, password, clientId } = packet;
      const identity = authenticate({ clientId, username, password: password?.toString('utf8') }, options.registry, options.dataKey);
      identities.set(client, identity);
      if ('deviceId' in identity) packet.clientId = identity.clientId;
      // Nothing is kept between connections; CONNACK says so (session present = 0), and the device subscribes again (MQTT-3.2.2-2).
      packet.clean = true;
      // A will would be published to the other devices when the connection breaks.
      delete packet.will;
      done(null, !stopping);
    },
    authenticate: (client, username, _password, done) => {
      const identity = identities.get(client);
      if (!identity || 'refused' in identity) {
        const reason = identity?.refused ?? 'no-credentials';
        notice('refused');
        logger.warn(
          { reason, deviceId: reason === 'wrong-client-id' ? username : undefined, clientId: client.id },
          'device refused: check its id and secret',
        );
        done(refusal(reason, identity?.returnCode ?? 4), false);
        return;
      }
      const { session, replaced } = sessions.open((epoch) => new Connection(epoch, identity, client.conn, options.deviceRate));
      connections.set(client, session);
      const inbound = inbounds.get(client.conn);
      if (inbound) inbound.isFull = () => session.isFull();
      notice('connected');
      if (replaced) {
        notice('takeover');
        replaced.destroy();
      }
      client.conn.once('close', () => {
        session.ended();
        if (sessions.close(session)) notice('disconnected');
      });
      done(null, true);
    },
    authorizePublish: (client, packet, done) => {
      const connection = client ? connections.get(client) : undefined;
      if (!connection || stopping) done(new Error('the station is stopping'));
      else if (!mayPublish(connection.deviceId, packet.topic)) {
        notice('foreign-topic');
        logger.warn(
          { deviceId: connection.deviceId, topic: packet.topic.slice(0, 120) },
          'published to a topic that is not its own: connection closed',
        );
        done(new Error('foreign topic'));
      } else take(connection, packet, done);
    },
    authorizeSubscribe: (client, subscription, done) => {
      const deviceId = connections.get(client)?.deviceId;
      const own = deviceId !== undefined && maySubscribe(deviceId, subscription.topic);
      if (!own) {
        notice('foreign-subscription');
        logger.warn({ deviceId, topic: subscription.topic.slice(0, 120) }, 'subscription refused: not one of its own topics');
      }
      // null is SUBACK 0x80 for this filter (MQTT-3.9.3); the connection and its other subscriptions live on.
      done(null, own ? subscription : null);
    },
  });
  aedes.on('subscribe', (subscriptions, client) => {
    const connection = connections.get(client);
    for (const { topic, qos } of subscriptions) {
      if (!connection || Number(qos) === REFUSED) continue;
      connection.subscribed(topic);
      options.listening?.(connection.deviceId, topic);
    }
  });
  aedes.on('unsubscribe', (filters, client) => {
    for (const filter of filters) connections.get(client)?.unsubscribed(filter);
  });
  aedes.on('clientError', (client, error) => fault(client, error));
  aedes.on('connectionError', (client, error) => fault(client, error));

  function fault(client: Client, error: Error): void {
    notice('protocol-error');
    logger.info({ deviceId: connections.get(client)?.deviceId, error: error.message }, 'connection ended by an error');
  }

  function take(connection: Connection, packet: PublishPacket, done: (error?: Error | null) => void): void {
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const message: Packet = {
      deviceId: connection.deviceId,
      topic: packet.topic,
      payload,
      dup: packet.dup ?? false,
      receivedAt: options.clock.now(),
    };
    const settle = connection.hold(payload.length, done);
    const slowed = connection.pacer.enter(() => void accept(message).then(settle));
    if (slowed) notice('slowed');
  }

  /** Null: accepted. Else the error that closes the connection without PUBACK. */
  async function accept(message: Packet): Promise<Error | null> {
    accepting += 1;
    try {
      await options.accept(message);
      return null;
    } catch (error) {
      notice('not-accepted');
      logger.warn(
        { deviceId: message.deviceId, error: error instanceof Error ? error.message : String(error) },
        'message not stored, connection closed: the device sends it again',
      );
      return new Error('not accepted');
    } finally {
      accepting -= 1;
      if (accepting === 0) for (const resolve of idle.splice(0)) resolve();
    }
  }

  function attach(stream: Duplex, remote = ''): void {
    streams.add(stream);
    stream.once('close', () => streams.delete(stream));
    const inbound = watchInbound(stream, options.maxPacketBytes ?? MAX_PACKET_BYTES, () => {
      notice('too-large');
      logger.warn({ remote }, 'packet over the size limit: connection closed');
    });
    inbounds.set(stream, inbound);
    aedes.handle(stream);
  }

  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => attach(socket, socket.remoteAddress));
  await listen(server, options.port, options.host);

  return {
    port: portOf(server),
    connections: () => sessions.size,
    connected: (deviceId) => sessions.connected(deviceId),
    listens: (deviceId, topic) => sessions.of(deviceId).some((each) => each.listens(topic)),
    send: async (deviceId, topic, payload, { qos = 1, timeoutMs = SEND_TIMEOUT_MS } = {}) => {
      const all = sessions.of(deviceId);
      const connection = all.findLast((each) => each.listens(topic)) ?? all.at(-1);
      if (!connection) throw new DownlinkError('not-connected', deviceId);
      await connection.downlink.send(topic, payload, qos, timeoutMs);
    },
    attach,
    stop: async (graceMs = 5_000) => {
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if (accepting > 0) await Promise.race([new Promise<void>((resolve) => idle.push(resolve)), pause(graceMs)]);
      // Lets acknowledgements just released leave the process before their sockets go.
      await pause(20);
      for (const stream of streams) stream.destroy();
      await closed;
      await new Promise<void>((resolve) => aedes.close(resolve));
    },
  };
}

/** SUBACK of a filter that was refused (MQTT-3.9.3). */
const REFUSED = 0x80;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** Aedes declares its codes as an ambient const enum, which isolated modules can't name. */
function refusal(reason: string, returnCode: number): AuthenticateError {
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the CONNACK code as MQTT 3.1.1 §3.2.2.3 numbers it
  return Object.assign(new Error(`refused: ${reason}`), { returnCode });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
