import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client, PublishPacket } from 'aedes';
import { mayPublish, maySubscribe } from '#libs/contracts';
import type { Packet } from '#libs/ingest';
import { Acceptance } from './edge/acceptance.js';
import { Admission } from './edge/admission.js';
import { authenticate, type Authentication } from './edge/authentication.js';
import { Connection } from './session/connection.js';
import { connectionLimit, descriptorLimit } from './edge/descriptor-limit.js';
import { certificateProof } from './edge/device-certificate.js';
import { DownlinkError } from './downlink.js';
import { FlapGuard } from './edge/flap-guard.js';
import { HeldBudget } from './packet/held-budget.js';
import { maxUnread, watchInbound, type Inbound, type InboundFault } from './packet/inbound.js';
import type { LargeMessage } from './packet/large-message.js';
import { connectTimeoutMs, openListener } from './edge/listener.js';
import { NoSessions } from './session/no-sessions.js';
import { OneWayAedes } from './session/one-way-aedes.js';
import type { BrokerNotice, EmbeddedBroker, EmbeddedBrokerOptions } from './session/options.js';
import { packetLimits } from './packet/packet-limits.js';
import type { PlainPublish } from './packet/plain-publish.js';
import { PubackRound } from './packet/puback-round.js';
import { refusal } from './edge/refusal.js';
import { Sessions } from './session/sessions.js';

/** Less: a device behind a satellite or a GPRS link that stalls is given up while the PUBACK is on its way. More: a command hangs that could be sent anew. */
const SEND_TIMEOUT_MS = 10_000;
/**
 * Packets that may come in one segment with CONNECT. Fewer (Aedes has 42): a device that sends its backlog without waiting for CONNACK
 * is closed each time and never gets rid of it. A segment of 64 KiB holds no more of the shortest; no second one is read before CONNACK.
 */
const MAX_BEFORE_CONNACK = 16 * 1024;
/** A device that leaves more than the socket's buffer unread for so long is cut off. Less: a modem that stalls is lost. More: what it owes is held. */
const DRAIN_TIMEOUT_MS = 30_000;

/**
 * MQTT for the field devices: Aedes (MQTT 3.1 and 3.1.1) behind device authentication, own topics only, and
 * acknowledgement after acceptance. What a device publishes is handed to `accept` and to nobody else: messages are never
 * forwarded, retained or kept as a will, so that one device can't speak to another.
 *
 * @throws the listen error (`EADDRINUSE`…) when a port can't be opened; its `port` says which
 */
export async function createEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const { logger, clock } = options;
  const notice = (kind: BrokerNotice): void => options.notice?.(kind);
  const identities = new WeakMap<Client, Authentication>();
  const connections = new WeakMap<Client, Connection>();
  const inbounds = new WeakMap<object, Inbound>();
  const sessions = new Sessions<Connection>();
  const streams = new Set<Duplex>();
  const flaps = new FlapGuard(options.connectsAMinute);
  const maxConnections = options.maxConnections ?? connectionLimit(descriptorLimit());
  const admission = new Admission(maxConnections, logger, () => notice('full'));
  const limits = packetLimits(options);
  const acceptance = new Acceptance(options);
  const held = new HeldBudget();
  const pubacks = new PubackRound();
  const drainTimeoutMs = options.drainTimeoutMs ?? DRAIN_TIMEOUT_MS;
  let stopping = false;

  const aedes = await OneWayAedes.open({
    persistence: new NoSessions((client, messageId) => connections.get(client)?.acknowledged(messageId)),
    connectTimeout: options.connectTimeoutMs ?? connectTimeoutMs,
    drainTimeout: drainTimeoutMs,
    // MQTT 3.1 allows 23 characters; devices of the field use longer ones with 3.1 all the same.
    maxClientsIdLength: 256,
    queueLimit: MAX_BEFORE_CONNACK,
    preConnect: (client, packet, done) => {
      const { username, password, clientId } = packet;
      const certificate = certificateProof(client.conn);
      if (certificate.kind === 'bad') logger.warn({ clientId, why: certificate.why }, 'client certificate does not verify');
      const given = { clientId, username, password: password?.toString('utf8'), certificate };
      const identity = authenticate(given, options.registry, options.dataKey);
      identities.set(client, identity);
      if ('device' in identity) packet.clientId = identity.clientId;
      // Nothing is kept between connections; CONNACK says so (session present = 0), and the device subscribes again (MQTT-3.2.2-2).
      packet.clean = true;
      // A will would be published to the other devices when the connection breaks.
      delete packet.will;
      done(null, !stopping);
    },
    authenticate: (client, username, _password, done) => {
      const identity = identities.get(client);
      identities.delete(client);
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
      const { device, clientId } = identity;
      const flap = flaps.attempt(device.deviceId, device.interval, clock.now());
      if (flap.may === 'wait') {
        notice('flapping');
        if (flap.begins)
          logger.warn(
            { deviceId: device.deviceId, seconds: Math.round((flap.until - clock.now()) / 1000) },
            'device connects all the time: refused for a while. Are two stations set up with its id? Is its signal weak?',
          );
        done(refusal('flapping', 3), false);
        return;
      }
      // Closed while this was going on: its end has been told already, and a session opened now would never end.
      if (client.conn.destroyed) {
        done(refusal('gone', 3), false);
        return;
      }
      open(client, device.deviceId, clientId);
      done(null, true);
    },
    authorizePublish: (client, packet, done) => {
      const connection = client ? connections.get(client) : undefined;
      if (!connection || stopping) done(new Error('the station is stopping'));
      else if (isOwn(connection, packet.topic)) take(connection, packet, done);
      else done(new Error('foreign topic'));
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
  aedes.on('clientReady', (client) => {
    // Aedes counts from what it reads itself; where it keeps its timer is not in its types.
    const { conn, _keepaliveTimer: timer } = client as Client & { _keepaliveTimer: NodeJS.Timeout | null };
    inbounds.get(conn)?.ready(() => timer?.refresh());
  });
  aedes.on('subscribe', (subscriptions, client) => {
    const connection = connections.get(client);
    if (!connection) return;
    // Aedes puts what SUBACK says into `qos`, which its types have as 0, 1 or 2.
    const granted = subscriptions.filter(({ qos }: { qos: number }) => qos !== REFUSED);
    for (const { topic } of granted) connection.subscribed(topic);
    if (granted.length > 0) options.listening?.(connection.deviceId);
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

  function open(client: Client, deviceId: string, clientId: string): void {
    const { conn } = client;
    const stuck = (): void => cutOff('slow-reader', deviceId);
    const needs = { rate: options.deviceRate, held, pubacks, drainTimeoutMs, stuck };
    const { session, replaced } = sessions.open((epoch) => new Connection(epoch, { deviceId, clientId }, conn, needs));
    connections.set(client, session);
    inbounds.get(conn)?.opened(session);
    notice('connected');
    if (replaced) {
      notice('takeover');
      replaced.destroy();
    }
    conn.once('close', () => {
      session.ended(stopping);
      if (sessions.close(session)) notice('disconnected');
    });
  }

  function isOwn(connection: Connection, topic: string): boolean {
    if (mayPublish(connection.deviceId, topic)) return true;
    notice('foreign-topic');
    logger.warn(
      { deviceId: connection.deviceId, topic: topic.slice(0, 120) },
      'published to a topic that is not its own: connection closed',
    );
    return false;
  }

  function take(connection: Connection, packet: PublishPacket, done: (error?: Error | null) => void): void {
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const { deviceId } = connection;
    hold(connection, { deviceId, topic: packet.topic, payload, dup: packet.dup ?? false, receivedAt: clock.now() }, done);
  }

  function takePlain(connection: Connection, { topic, payload, dup, messageId }: PlainPublish): void {
    const { deviceId } = connection;
    if (stopping || !isOwn(connection, topic)) return connection.destroy();
    const settle = connection.holdPlain(payload.length, messageId);
    pass(connection, { deviceId, topic, payload, dup, receivedAt: clock.now() }, settle);
  }

  /** A message that went by, too large to be handed on: its beginning goes to quarantine, and it is acknowledged like any other. */
  function takeLarge(connection: Connection, message: LargeMessage): void {
    const { deviceId } = connection;
    const { topic, head: payload, dup, payloadLength, qos, messageId } = message;
    if (stopping || !isOwn(connection, topic)) return connection.destroy();
    notice('large-message');
    logger.warn({ deviceId, topic, bytes: payloadLength }, 'message over the size limit: acknowledged, its beginning goes to quarantine');
    const cut = { deviceId, topic, payload, dup, receivedAt: clock.now(), cutFrom: payloadLength };
    hold(connection, cut, (error) => {
      if (error) connection.destroy();
      else if (messageId !== undefined) connection.acknowledge(qos, messageId);
    });
  }

  function hold(connection: Connection, message: Packet, done: (error?: Error | null) => void): void {
    pass(connection, message, connection.hold(message.payload.length, done));
  }

  function pass(connection: Connection, message: Packet, settle: (error: Error | null) => void): void {
    if (connection.pacer.enter(() => acceptance.accept(message, settle))) notice('slowed');
  }

  function attach(stream: Duplex, remote = ''): void {
    streams.add(stream);
    stream.once('close', () => streams.delete(stream));
    const inbound = watchInbound(stream, limits, {
      large: takeLarge,
      plain: takePlain,
      ended: (why, deviceId) => cutOff(why, deviceId, remote),
    });
    inbounds.set(stream, inbound);
    aedes.handle(stream);
  }

  function cutOff(why: InboundFault, deviceId: string | undefined, remote?: string): void {
    notice(why);
    logger.warn({ deviceId, remote }, endings[why]);
  }

  function admit(socket: Duplex): boolean {
    if (!stopping) return admission.admit(socket);
    socket.destroy();
    return false;
  }

  const listeners: { server: Server; port: number }[] = [];
  const listen = async (port: number, tls?: EmbeddedBrokerOptions['tls']): Promise<number> => {
    try {
      const listener = await openListener({ host: options.host, port, tls }, admit, (socket) => attach(socket, socket.remoteAddress));
      listeners.push(listener);
      return listener.port;
    } catch (error) {
      for (const { server } of listeners) server.close();
      await new Promise<void>((resolve) => aedes.close(resolve));
      throw error instanceof Error ? Object.assign(error, { port }) : error;
    }
  };
  const port = await listen(options.port);
  const tlsPort = options.tls && (await listen(options.tls.port, options.tls));

  return {
    port,
    tlsPort,
    maxConnections,
    connections: () => sessions.size,
    connected: (deviceId) => sessions.connected(deviceId),
    listens: (deviceId, topic) => sessions.of(deviceId).some((each) => each.listens(topic)),
    send: async (deviceId, topic, payload, { qos = 1, timeoutMs = SEND_TIMEOUT_MS } = {}) => {
      const all = sessions.of(deviceId);
      const connection = all.findLast((each) => each.listens(topic)) ?? all.at(-1);
      if (connection && connection.unread > maxUnread) {
        cutOff('slow-reader', deviceId);
        connection.destroy();
      }
      if (!connection) throw new DownlinkError('not-connected', deviceId);
      await connection.downlink.send(topic, payload, qos, timeoutMs);
    },
    disconnect: (deviceId) => {
      for (const connection of sessions.of(deviceId)) connection.destroy();
    },
    attach,
    stop: async (graceMs = 5_000) => {
      stopping = true;
      const closed = Promise.all(listeners.map(({ server }) => new Promise<void>((resolve) => server.close(() => resolve()))));
      await acceptance.idle(graceMs);
      // Lets acknowledgements just released leave the process before their sockets go.
      await new Promise((resolve) => setTimeout(resolve, 20).unref());
      for (const stream of [...streams, ...admission.sockets]) stream.destroy();
      await closed;
      await new Promise<void>((resolve) => aedes.close(resolve));
    },
  };
}

const endings = {
  'too-large': 'packet over the size limit, or malformed: connection closed',
  'slow-reader': 'device does not read what is sent to it: connection closed',
} as const;

/** SUBACK of a filter that was refused (MQTT-3.9.3). */
const REFUSED = 0x80;
