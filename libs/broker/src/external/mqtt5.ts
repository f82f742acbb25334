import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { generate, parser, type IConnackPacket, type IPublishPacket, type Packet } from 'mqtt-packet';

export interface Mqtt5Settings {
  url: URL;
  clientId: string;
  keepaliveSeconds: number;
  /** How long the broker keeps the session while nobody is connected. */
  sessionSeconds: number;
  /** QoS 1 messages the broker may have under way to us. */
  receiveMaximum: number;
  maxPacketBytes: number;
}

export interface Mqtt5Events {
  packet(packet: Packet): void;
  /** Once, whatever ended it. */
  closed(why: string): void;
}

/** How long the broker may take for TCP, TLS and CONNACK. */
const CONNECT_MS = 10_000;

/** One MQTT 5 connection: packets in, packets out, keep-alive. What they mean is the owner's. */
export class Mqtt5Connection {
  #lastHeard = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  private constructor(
    private readonly socket: Socket,
    private readonly settings: Mqtt5Settings,
    private readonly events: Mqtt5Events,
  ) {
    const packets = parser({ protocolVersion: 5 });
    packets.on('packet', (packet) => this.#packet(packet));
    packets.on('error', (error) => this.close(error.message));
    socket.on('data', (chunk) => {
      this.#lastHeard = performance.now();
      // The broker keeps to the packet size agreed in CONNECT; a device's own size never reaches this parser.
      if (!this.#over) packets.parse(Buffer.from(chunk));
    });
    socket.on('error', (error) => this.close(error.message));
    socket.on('close', () => this.close('the connection was closed'));
  }

  /** Opens the connection and sends CONNECT; CONNACK comes as an event. */
  static open(settings: Mqtt5Settings, events: Mqtt5Events): Mqtt5Connection {
    const { url } = settings;
    const isTls = url.protocol === 'mqtts:' || url.protocol === 'ssl:';
    const host = url.hostname.replaceAll(/^\[|\]$/g, '');
    const port = Number(url.port || (isTls ? 8883 : 1883));
    const socket = isTls ? connectTls({ host, port, servername: host }) : connectTcp({ host, port });
    socket.setNoDelay(true);
    const connection = new Mqtt5Connection(socket, settings, events);
    socket.once(isTls ? 'secureConnect' : 'connect', () => connection.#connect());
    connection.#timer = setTimeout(() => connection.close('no answer within 10 s'), CONNECT_MS);
    return connection;
  }

  send(packet: Packet): void {
    if (!this.#over) this.socket.write(generate(packet, { protocolVersion: 5 }));
  }

  /** Bytes the broker has not taken yet. */
  get unsent(): number {
    return this.socket.writableLength;
  }

  close(why: string): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.socket.destroy();
    this.events.closed(why);
  }

  /** Says goodbye; the session stays. */
  disconnect(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.socket.end(generate({ cmd: 'disconnect', reasonCode: 0 }, { protocolVersion: 5 }));
    setTimeout(() => this.socket.destroy(), 500).unref();
  }

  #connect(): void {
    const { url, clientId, keepaliveSeconds, sessionSeconds, receiveMaximum, maxPacketBytes } = this.settings;
    this.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 5,
      clean: false,
      clientId,
      keepalive: keepaliveSeconds,
      ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
      ...(url.password ? { password: Buffer.from(decodeURIComponent(url.password)) } : {}),
      properties: { sessionExpiryInterval: sessionSeconds, receiveMaximum, maximumPacketSize: maxPacketBytes },
    });
  }

  #packet(packet: Packet): void {
    if (packet.cmd === 'connack') {
      clearTimeout(this.#timer);
      this.#timer = setInterval(() => this.#keepAlive(), (this.settings.keepaliveSeconds * 1000) / 2);
    }
    this.events.packet(packet);
  }

  /** A broker that vanished without a word is found after one and a half keep-alives. */
  #keepAlive(): void {
    if (performance.now() - this.#lastHeard > this.settings.keepaliveSeconds * 1500) this.close('the broker does not answer');
    else this.send({ cmd: 'pingreq' });
  }
}

/** Why the broker did not let us in; undefined: it did. */
export const connackFault = (packet: IConnackPacket): string | undefined =>
  packet.reasonCode === 0 ? undefined : `refused with reason code 0x${(packet.reasonCode ?? packet.returnCode ?? 0).toString(16)}`;

/** The user property `name` of a publish; the first where there are several. */
export function userProperty(packet: IPublishPacket, name: string): string | undefined {
  const value = packet.properties?.userProperties?.[name];
  return Array.isArray(value) ? value[0] : value;
}
