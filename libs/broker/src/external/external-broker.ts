import type { IPublishPacket, Packet as MqttPacket } from 'mqtt-packet';
import { Acceptance } from '../edge/acceptance.js';
import { InOrder } from '../packet/in-order.js';
import { Downlinks } from './downlinks.js';
import { connackFault, Mqtt5Connection, userProperty, type Mqtt5Settings } from './mqtt5.js';
import type { ExternalBroker, ExternalBrokerOptions } from './options.js';
import { filtersOf, SENDER_PROPERTY, senderOf } from './sender.js';

/** All stations of a county read as one group: each message goes to one of them. */
const GROUP = 'wangshan';
/** Name of the session, kept over restarts: with a new name each time, what waits in the old session would be read by nobody. */
const CLIENT_ID = 'wangshan-station';
/** How long the broker keeps what the station has not acknowledged. Less: a weekend without the station loses readings; more is the broker's disk. */
const SESSION_SECONDS = 7 * 86_400;
/** Messages under way: several commits' worth. Fewer: the database waits for the network; more: memory, and more to send again after a crash. */
const RECEIVE_MAXIMUM = 1_000;
/** As the embedded broker takes. The broker drops longer packets of devices without a word (MQTT 5 §3.1.2.11.4). */
const MAX_PACKET_BYTES = 1024 * 1024;
/** Wait before the next try, doubled up to the longest. Shorter: a broker that restarts is hammered; longer: warnings are late by it. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;
const SUBSCRIBE_ID = 0xffff;

/**
 * Reads an existing broker in place of the embedded one: MQTT 5 shared subscription, session kept, every message acknowledged
 * when it is durable and in the order it came, many under way at a time. Starts also while the broker is away, and comes back.
 */
export function connectExternalBroker(options: ExternalBrokerOptions): ExternalBroker {
  const url = new URL(options.url);
  const settings: Mqtt5Settings = {
    url,
    clientId: url.searchParams.get('client') ?? CLIENT_ID,
    keepaliveSeconds: 30,
    sessionSeconds: SESSION_SECONDS,
    receiveMaximum: options.receiveMaximum ?? RECEIVE_MAXIMUM,
    maxPacketBytes: MAX_PACKET_BYTES,
  };
  return new Reader(options, settings);
}

class Reader implements ExternalBroker {
  readonly #acceptance: Acceptance;
  readonly #downlinks = new Downlinks();
  #connection: Mqtt5Connection | undefined;
  #wait = FIRST_WAIT_MS;
  #retry: NodeJS.Timeout | undefined;
  #stopping = false;
  isThere = false;

  constructor(
    private readonly options: ExternalBrokerOptions,
    private readonly settings: Mqtt5Settings,
  ) {
    this.#acceptance = new Acceptance({
      accept: (packet) => options.accept(packet),
      logger: options.logger,
      notice: () => options.notice?.('not-accepted'),
    });
    options.state?.('the external broker has not answered yet');
    this.#open();
  }

  async send(topic: string, payload: Uint8Array): Promise<void> {
    const connection = this.#connection;
    if (!connection || !this.isThere) throw new Error('the external broker is away');
    await this.#downlinks.send((messageId) =>
      connection.send({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, dup: false, retain: false, messageId }),
    );
  }

  async stop(graceMs = 5_000): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#retry);
    await this.#acceptance.idle(graceMs);
    this.#connection?.disconnect();
    this.#connection = undefined;
    this.isThere = false;
    this.#downlinks.ended();
  }

  #open(): void {
    // Of this connection alone: in the next one the ids of messages mean others.
    const order = new InOrder();
    const connection = Mqtt5Connection.open(this.settings, {
      packet: (packet) => this.#packet(connection, order, packet),
      closed: (why) => this.#closed(connection, why),
    });
    this.#connection = connection;
  }

  #closed(connection: Mqtt5Connection, why: string): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.isThere = false;
    this.#downlinks.ended();
    if (this.#stopping) return;
    this.options.notice?.('away');
    this.options.state?.(`the external broker ${this.settings.url.host} is away (${why}): devices’ messages wait there`);
    this.options.logger.warn({ broker: this.settings.url.host, why, retryMs: this.#wait }, 'external broker away');
    this.#retry = setTimeout(() => this.#open(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }

  #packet(connection: Mqtt5Connection, order: InOrder, packet: MqttPacket): void {
    if (this.#connection !== connection) return;
    if (packet.cmd === 'connack') {
      const fault = connackFault(packet);
      if (fault === undefined) this.#subscribe(connection);
      else this.#refused(connection, fault);
    } else if (packet.cmd === 'suback') {
      const refused = packet.granted.find((code) => typeof code !== 'number' || code >= 0x80);
      if (refused === undefined) this.#subscribed();
      else this.#refused(connection, 'the subscription was refused: check the access rules of the broker for $share/wangshan/…');
    } else if (packet.cmd === 'publish') this.#take(connection, order, packet);
    else if (packet.cmd === 'puback') this.#downlinks.acknowledged(packet.messageId ?? 0, packet.reasonCode ?? 0);
    else if (packet.cmd === 'disconnect')
      connection.close(`it ended the session with reason code 0x${(packet.reasonCode ?? 0).toString(16)}`);
  }

  #subscribe(connection: Mqtt5Connection): void {
    const sharesAll = this.settings.url.searchParams.get('share') === 'all';
    // rh 2: a retained message is something a device said some day, and would come again with every connection.
    const subscriptions = filtersOf(GROUP, sharesAll).map((topic) => ({ topic, qos: 1 as const, rh: 2 }));
    connection.send({ cmd: 'subscribe', messageId: SUBSCRIBE_ID, subscriptions });
  }

  #subscribed(): void {
    this.isThere = true;
    this.options.notice?.('connected');
    this.options.state?.(undefined);
    this.options.logger.info({ broker: this.settings.url.host }, 'external broker read');
  }

  #refused(connection: Mqtt5Connection, fault: string): void {
    this.options.notice?.('refused');
    connection.close(fault);
  }

  #take(connection: Mqtt5Connection, order: InOrder, packet: IPublishPacket): void {
    if (this.#stopping) return;
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const { messageId } = packet;
    const acknowledged = order.place(() => {
      if (packet.qos > 0 && messageId !== undefined) connection.send({ cmd: 'puback', messageId, reasonCode: 0 });
    });
    const sender = senderOf({ topic: packet.topic, payload, property: userProperty(packet, SENDER_PROPERTY) }, this.options);
    if (!sender) {
      this.options.notice?.('foreign-topic');
      acknowledged();
      return;
    }
    const message = { ...sender, payload, dup: packet.dup, receivedAt: this.options.clock.now() };
    this.#acceptance.accept(message, (error) => {
      // Not stored: nothing behind it may be acknowledged either. The broker sends all of it again to the next connection.
      if (error) connection.close('a message could not be stored');
      else {
        // Only now: with the store away the broker would be asked for the same messages four times a second.
        this.#wait = FIRST_WAIT_MS;
        acknowledged();
      }
    });
  }
}
