import { Inject, Injectable } from '@nestjs/common';
import { connectExternalBroker, createEmbeddedBroker, DownlinkError, type EmbeddedBroker, type ExternalBroker } from '#libs/broker';
import { topics, type Clock, type CodecTools, type PortView, type RegistryView } from '#libs/contracts';
import type { Packet } from '#libs/ingest';
import {
  clientCa,
  serverCertificate,
  stageLogger,
  token,
  type Config,
  type DataKey,
  type Health,
  type Logger,
  type Metrics,
} from '#libs/platform';
import { idsInFrame } from './frame-ids.js';
import { linkCounters, openLinks, type Links } from './links.js';
import { portError } from './port-error.js';

type Asked = 'mqttsPort' | 'tlsCert' | 'tlsKey' | 'tlsClientCa' | 'dataDir' | 'mqttUrl' | 'sl651Port' | 'hj212Port';

/** Stage `broker`: the MQTT edge. */
@Injectable()
export class BrokerService {
  #handle: ((packet: Packet) => Promise<void>) | undefined;
  #listening: (deviceId: string) => void = () => undefined;
  #tools: Pick<CodecTools, 'openEnvelope'> = {};
  #broker: EmbeddedBroker | undefined;
  #external: ExternalBroker | undefined;
  #links: Links | undefined;
  #full = false;
  #counters: ReturnType<typeof counters> | undefined;

  constructor(
    @Inject(token.config) private readonly config: Pick<Config, 'mqttPort' | 'deviceRate'> & Partial<Pick<Config, Asked>>,
    @Inject(token.registry) private readonly registry: RegistryView,
    @Inject(token.dataKey) private readonly dataKey: Pick<DataKey, 'deviceSecretHash'>,
    @Inject(token.clock) private readonly clock: Clock,
    @Inject(token.logger) private readonly logger: Logger,
    @Inject(token.metrics) private readonly metrics: Metrics,
    @Inject(token.health) private readonly health: Health,
  ) {}

  /** Who takes the messages. PUBACK leaves when `handle` resolves; when it rejects, the device is made to send again. */
  connect(handle: (packet: Packet) => Promise<void>): void {
    this.#handle = handle;
  }

  /** Who hears that a device has subscribed to one of its topics: low-power devices connect for seconds, what waits for them goes then. */
  onListening(listener: (deviceId: string) => void): void {
    this.#listening = listener;
  }

  /**
   * How an encrypted frame of an external broker is looked into for who sent it; without it such frames are nobody's. It must not count as
   * opening: ingest opens the envelope itself. Call before `start`.
   */
  equip(tools: Pick<CodecTools, 'openEnvelope'>): void {
    this.#tools = tools;
  }

  /**
   * Opens the listeners that are asked for, then the MQTT ports; with WANGSHAN_MQTT_URL an existing broker is read in their place, and `port` is 0.
   * @throws Error naming the variable when a port or a certificate can't be had
   */
  async start(): Promise<{ port: number; tlsPort: number | undefined; links: readonly PortView[] }> {
    const handle = this.#handle;
    if (!handle) throw new Error('the broker was started before it was connected to ingest');
    const logger = stageLogger(this.logger, 'broker');
    const known = (this.#counters ??= counters(this.metrics));
    const { config, registry, clock } = this;
    this.#links = await openLinks({ config, registry, clock, logger, counters: known.links, accept: handle });
    const links = this.#links.ports;
    if (this.config.mqttUrl === undefined) return { ...(await this.#listen(handle, logger, known)), links };
    this.#read(this.config.mqttUrl, handle, logger, known);
    return { port: 0, tlsPort: undefined, links };
  }

  /** Reads the existing broker. It may be away: then the stage is degraded until it answers. */
  #read(url: string, handle: (packet: Packet) => Promise<void>, logger: Logger, { notices, messages }: Counters): void {
    this.#external = connectExternalBroker({
      url,
      registry: this.registry,
      clock: this.clock,
      logger,
      idsIn: (payload) => idsInFrame(payload, this.clock.now(), this.#tools),
      accept: (packet) => {
        messages.inc();
        return handle(packet);
      },
      notice: (kind) => notices.inc({ kind: `external-${kind}` }),
      state: (away) => (away === undefined ? this.health.set('broker', 'ok') : this.health.set('broker', 'degraded', away)),
    });
  }

  async #listen(
    handle: (packet: Packet) => Promise<void>,
    logger: Logger,
    { notices, messages, connections, connectionLimit }: Counters,
  ): Promise<{ port: number; tlsPort: number | undefined }> {
    const tls = await this.#tls();
    try {
      this.#broker = await createEmbeddedBroker({
        port: this.config.mqttPort,
        tls,
        deviceRate: this.config.deviceRate,
        registry: this.registry,
        dataKey: this.dataKey,
        clock: this.clock,
        logger,
        accept: (packet) => {
          messages.inc();
          return handle(packet);
        },
        listening: (deviceId) => this.#listening(deviceId),
        notice: (kind) => {
          notices.inc({ kind });
          if (kind === 'connected' || kind === 'disconnected') connections.set(this.#broker?.connections() ?? 0);
          if (kind === 'full' || kind === 'disconnected') this.#room(kind === 'disconnected');
        },
      });
    } catch (error) {
      throw portError(error, { mqtt: this.config.mqttPort, mqtts: tls?.port });
    }
    const { port, tlsPort, maxConnections } = this.#broker;
    connectionLimit.set(maxConnections);
    this.health.set('broker', 'ok');
    logger.info({ port, tlsPort, maxConnections }, 'MQTT listens');
    return { port, tlsPort };
  }

  /** True while the device has a connection (not the same as online: sleeping devices connect for seconds). */
  connected(deviceId: string): boolean {
    return this.#broker?.connected(deviceId) ?? false;
  }

  /** True while the device is connected and has subscribed to this topic. */
  listens(deviceId: string, topic: string): boolean {
    // Who has subscribed at an external broker is not known here; its answer to a publish tells (reason code 0x10).
    if (this.#external) return this.#external.isThere && topic === topics.commandDown(deviceId);
    return this.#broker?.listens(deviceId, topic) ?? false;
  }

  /**
   * Sends to the device's own connection. Resolves at its PUBACK.
   * @throws DownlinkError `not-connected`, `timeout` or `busy`
   */
  async send(deviceId: string, topic: string, payload: Uint8Array): Promise<void> {
    if (this.#external) return this.#external.send(topic, payload);
    if (!this.#broker) throw new DownlinkError('not-connected', deviceId);
    await this.#broker.send(deviceId, topic, payload);
  }

  /** Closes every connection of the device. An external broker keeps its own: what comes from there is refused by name (ADR 15). */
  disconnect(deviceId: string): void {
    this.#broker?.disconnect(deviceId);
    this.#links?.disconnect(deviceId);
  }

  /** Asks a device for what is missing (epoch ms), where its protocol has words for it. @returns whether it was asked, or will be when it next speaks */
  rerequest({ deviceId, from, to }: { deviceId: string; from: number; to: number }): boolean {
    return this.#links?.rerequest(deviceId, from, to) ?? false;
  }

  /** Takes no more messages, lets those under way be acknowledged, closes every connection. */
  async stop(): Promise<void> {
    const parts = [this.#broker, this.#external, this.#links].filter((part) => part !== undefined);
    this.#broker = this.#external = this.#links = undefined;
    if (parts.length === 0) return;
    await Promise.all(parts.map((part) => part.stop()));
    this.health.set('broker', 'down', 'stopped');
  }

  /** Health follows whether devices can still connect. */
  #room(free: boolean): void {
    if (this.#full === !free) return;
    this.#full = !free;
    if (free) this.health.set('broker', 'ok');
    else this.health.set('broker', 'degraded', 'no more connections: devices are refused; raise the limit of open files');
  }

  async #tls() {
    const { mqttsPort, tlsCert, tlsKey, tlsClientCa, dataDir } = this.config;
    if (mqttsPort === undefined || dataDir === undefined) return undefined;
    const files = await serverCertificate({ tlsCert, tlsKey, dataDir }, this.clock.now());
    return { ...files, clientCa: clientCa(tlsClientCa), port: mqttsPort };
  }
}

type Counters = ReturnType<typeof counters>;
const counters = (metrics: Metrics) => ({
  links: linkCounters(metrics),
  notices: metrics.counter('broker', 'notices_total', 'What happened at the MQTT edge, by kind', ['kind']),
  messages: metrics.tally('broker', 'messages_total', 'Messages of devices handed to ingest'),
  connections: metrics.gauge('broker', 'connections', 'Devices connected now'),
  connectionLimit: metrics.gauge('broker', 'connections_limit', 'Connections that may be open at a time; more are refused'),
});
