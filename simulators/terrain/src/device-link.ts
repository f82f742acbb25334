import mqtt, { type MqttClient } from 'mqtt';
import { buildFrame } from '#devices';
import { topics } from '#libs/contracts';
import { Firmware } from './firmware.js';
import type { SensorValue, Upload } from './scenario.js';

/** One simulated device on the real wire: MQTT 3.1.1, QoS 1, its own credentials. It keeps what was not acknowledged and resends it. */
export class DeviceLink {
  readonly #client: MqttClient;
  #sample: () => void = () => undefined;

  constructor(
    url: string,
    readonly deviceId: string,
    secret: string,
    readonly firmware = new Firmware({ uploadInterval: undefined, plusInterval: 60 }),
  ) {
    this.#client = mqtt.connect(url, {
      clientId: deviceId,
      username: deviceId,
      password: secret,
      protocolVersion: 4,
      clean: false,
      reconnectPeriod: 1000,
      connectTimeout: 10_000,
    });
    // mqtt.js reconnects by itself; without a listener a refused connection would end the process.
    this.#client.on('error', () => undefined);
    this.#client.on('message', (_, payload) => this.#hear(payload.toString()));
    this.#client.subscribe(topics.commandDown(deviceId), { qos: 1 }, () => undefined);
  }

  /** Who measures when a command asks for it. */
  onSample(sample: () => void): void {
    this.#sample = sample;
  }

  /** Resolves on PUBACK: the station has stored it. */
  async send(upload: Upload): Promise<void> {
    const [topic, payload] = encode(this.deviceId, upload);
    await this.#client.publishAsync(topic, payload, { qos: 1 });
  }

  #hear(text: string): void {
    const heard = this.firmware.hear(text);
    if (!heard) return;
    this.#client.publish(topics.commandReply(this.deviceId), heard.answer, { qos: 1 }, () => undefined);
    if (heard.sample) this.#sample();
  }

  async close(): Promise<void> {
    await this.#client.endAsync();
  }
}

/** Topic and bytes of an upload in the form the device speaks. */
export function encode(deviceId: string, upload: Upload): [topic: string, payload: Buffer] {
  const national = (type: 1 | 2, sensors: object): [string, Buffer] => [
    topics.nationalUp,
    Buffer.from(buildFrame(type, { [deviceId]: sensors })),
  ];
  if (upload.form === 'status') return national(1, Object.fromEntries(upload.samples.map(({ sensor, value }) => [sensor, value])));
  if (upload.form === 'timed') {
    const sensors: Record<string, Record<string, SensorValue>> = {};
    for (const { sensor, time, value } of upload.samples) (sensors[sensor] ??= {})[new Date(time).toISOString()] = value;
    return national(2, sensors);
  }
  const byTime = new Map<number, Record<string, SensorValue>>();
  for (const { sensor, time, value } of upload.samples) byTime.set(time, { ...byTime.get(time), [sensor]: value });
  const messages = [...byTime].map(([ts, values]) => ({ ts, values }));
  return [topics.telemetry, Buffer.from(JSON.stringify(messages.length === 1 ? messages[0] : messages))];
}
