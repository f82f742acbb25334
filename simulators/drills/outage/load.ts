import { expect } from 'vitest';
import { buildFrame } from '#devices';
import { MINUTE, SECOND, toIso } from '#libs/contracts';
import { type County, RecordingDevice, socketTransport, until } from '#libs/testing';

/** What one device published: device time → value, and which of it was acknowledged. */
interface Published {
  sent: Map<number, number>;
  acknowledged: Set<number>;
}

/** Messages a device has under way at once. */
const WINDOW = 20;
/** Samples in one message: a device sends what it measured since the last one. */
const SAMPLES = 3;
/** Load before a kill. Without it the kill meets an idle station, which loses nothing. */
const WARM_UP_MESSAGES = 300;
const loadPoint = '513221010050';

/**
 * Devices that publish as fast as they are acknowledged, and the book of what they sent: acknowledged ⊆ stored ⊆ published, each
 * once, and after the devices have sent again what was not acknowledged, stored = published.
 */
export class Load {
  readonly #secrets = new Map<string, string>();
  readonly #published = new Map<string, Published>();
  readonly #loaders: string[] = [];
  /** Device time of the load: one sample each millisecond from an hour ago, never repeated. */
  #clock = Date.now() - 60 * MINUTE;
  #stopping = false;
  county!: County;
  mqttPort = 0;

  /** The station's ports change with every start. */
  meet(county: County, mqttPort: number): void {
    this.county = county;
    this.mqttPort = mqttPort;
  }

  async registerLoaders(count: number): Promise<void> {
    await this.county.createPoint(loadPoint);
    for (let index = 0; index < count; index += 1) {
      this.#loaders.push(`9180000${index}`);
      await this.register(`9180000${index}`, loadPoint);
    }
  }

  async register(deviceId: string, point: string): Promise<void> {
    this.#secrets.set(deviceId, await this.county.createDevice(deviceId, 'crack-meter', point));
    this.#published.set(deviceId, { sent: new Map(), acknowledged: new Set() });
  }

  connect(deviceId: string): Promise<RecordingDevice> {
    return RecordingDevice.connect(socketTransport(this.mqttPort), deviceId, this.#secrets.get(deviceId) ?? '');
  }

  async publish(link: RecordingDevice, deviceId: string, samples: readonly [time: number, value: number][]): Promise<void> {
    const book = this.#published.get(deviceId);
    for (const [time, value] of samples) book?.sent.set(time, value);
    const byTime = Object.fromEntries(samples.map(([time, value]) => [toIso(time), value]));
    await link.publish('$dp', buildFrame(2, { [deviceId]: { L1_LF_1: byTime } }));
    for (const [time] of samples) book?.acknowledged.add(time);
  }

  get acknowledged(): number {
    return this.#loaders.reduce((sum, id) => sum + (this.#published.get(id)?.acknowledged.size ?? 0), 0);
  }
  get sent(): number {
    return [...this.#published.values()].reduce((sum, { sent }) => sum + sent.size, 0);
  }

  /** Every loader publishes; resolves when the load is there, with a promise of its end (connections gone, or `stop`). */
  async start(): Promise<{ ended: Promise<unknown> }> {
    this.#stopping = false;
    const before = this.acknowledged;
    const ended = Promise.all(this.#loaders.map((deviceId) => this.#publishOn(deviceId)));
    ended.catch(() => undefined);
    await until('the load', 60 * SECOND, () => this.acknowledged > before + WARM_UP_MESSAGES * SAMPLES);
    return { ended };
  }

  /** Beyond the wall clock samples would be put aside as `clock-ahead`, acknowledged and rightly not stored. */
  #tick(): number {
    if (this.#clock >= Date.now()) throw new Error('the load has used up its hour: begin it earlier');
    return (this.#clock += 1);
  }

  /** The loaders end after the messages they have under way. */
  stop(): void {
    this.#stopping = true;
  }

  async #publishOn(deviceId: string): Promise<void> {
    const link = await this.connect(deviceId);
    const lane = async (): Promise<void> => {
      while (!link.closed && !this.#stopping) {
        const samples = Array.from({ length: SAMPLES }, (): [number, number] => [this.#tick(), (this.#clock % 7) / 10]);
        // A publish the kill interrupts was not acknowledged, which is all there is to know.
        await this.publish(link, deviceId, samples).catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: WINDOW }, lane));
    if (!link.closed) await link.disconnect();
  }

  /** Compares book and store, sends again what was not acknowledged, and compares once more. */
  async verify(): Promise<void> {
    for (const [deviceId, { sent, acknowledged }] of this.#published) {
      const found = await this.#stored(deviceId);
      const lost = [...acknowledged].filter((time) => found.get(time) !== sent.get(time));
      expect(lost.slice(0, 3), `${deviceId}: ${lost.length} acknowledged and lost`).toEqual([]);
      const strange = [...found].filter(([time, value]) => sent.get(time) !== value);
      expect(strange.slice(0, 3), `${deviceId}: ${strange.length} stored and never sent`).toEqual([]);
      const missing = [...sent].filter(([time]) => !acknowledged.has(time));
      if (missing.length === 0) continue;
      const again = await this.connect(deviceId);
      await this.publish(again, deviceId, missing);
      await again.disconnect();
      const after = await this.#stored(deviceId);
      expect(after.size, `${deviceId}: stored ≠ published`).toBe(sent.size);
      expect([...sent].filter(([time, value]) => after.get(time) !== value)).toEqual([]);
    }
  }

  async #stored(deviceId: string): Promise<Map<number, number>> {
    const readings = await this.county.readings(deviceId, 'L1_LF_1', Date.now() - 120 * MINUTE, Date.now() + 600 * MINUTE);
    const found = new Map(readings.map(({ time, value }) => [Date.parse(time), value]));
    expect(readings, `${deviceId}: a reading is there twice`).toHaveLength(found.size);
    return found;
  }

  /** Nothing in the load crosses a threshold. */
  async openedNothing(): Promise<void> {
    expect(await this.county.warnings(loadPoint)).toEqual([]);
  }
}
