import { setTimeout as sleep } from 'node:timers/promises';
import { buildFrame } from '#devices';
import { MINUTE, toIso } from '#libs/contracts';
import { type County, RecordingDevice, socketTransport } from '#libs/testing';

/** What one device published: device time → value, and which of it was acknowledged. */
export interface Published {
  sent: Map<number, number>;
  acknowledged: Set<number>;
}

/** Crack meters that keep book of what they published and what was acknowledged, and send again what was not. */
export class Fleet {
  readonly published = new Map<string, Published>();
  readonly #secrets = new Map<string, string>();
  /**
   * Device time of the load: one sample each 10 ms from an hour and a half ago, never repeated. In larger steps the fleet would run ahead of the
   * clock within minutes, and what claims to be from the future goes to quarantine.
   */
  #clock = Date.now() - 90 * MINUTE;
  #loading = false;
  #lanes: Promise<void>[] = [];

  /** @param mqttPort where the station listens now */
  constructor(private readonly mqttPort: () => number) {}

  async register(county: County, deviceId: string, point: string): Promise<void> {
    this.#secrets.set(deviceId, await county.createDevice(deviceId, 'crack-meter', point));
    this.published.set(deviceId, { sent: new Map(), acknowledged: new Set() });
  }

  connect(deviceId: string): Promise<RecordingDevice> {
    return RecordingDevice.connect(socketTransport(this.mqttPort()), deviceId, this.#secrets.get(deviceId) ?? '');
  }

  /** Publishes samples in one frame; resolves at the acknowledgement. */
  async publish(link: RecordingDevice, deviceId: string, samples: readonly (readonly [time: number, value: number])[]): Promise<void> {
    const book = this.published.get(deviceId);
    for (const [time, value] of samples) book?.sent.set(time, value);
    const byTime = Object.fromEntries(samples.map(([time, value]) => [toIso(time), value]));
    await link.publish('$dp', buildFrame(2, { [deviceId]: { L1_LF_1: byTime } }));
    for (const [time] of samples) book?.acknowledged.add(time);
  }

  /** Starts `lanes` messages under way at once on each device, a pause after each; broken connections are made again. */
  load(devices: readonly string[], lanes: number, pauseMs: number): void {
    this.#loading = true;
    this.#lanes = devices.map(async (deviceId) => {
      while (this.#loading) {
        const link = await this.connect(deviceId).catch(() => undefined);
        if (!link) {
          await sleep(200);
          continue;
        }
        const lane = async (): Promise<void> => {
          while (this.#loading && !link.closed) {
            this.#clock += 10;
            // What is broken off was not acknowledged, which is all there is to know.
            await this.publish(link, deviceId, [[this.#clock, (this.#clock % 7) / 10]]).catch(() => undefined);
            await sleep(pauseMs);
          }
        };
        await Promise.all(Array.from({ length: lanes }, lane));
        if (!link.closed) await link.disconnect();
      }
    });
  }

  async endLoad(): Promise<void> {
    this.#loading = false;
    await Promise.all(this.#lanes.splice(0));
  }

  acknowledged(): number {
    return [...this.published.values()].reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  }

  /** Sends again what was not acknowledged. */
  async resend(deviceId: string): Promise<void> {
    const book = this.published.get(deviceId);
    const missing = [...(book?.sent ?? [])].filter(([time]) => !book?.acknowledged.has(time));
    if (missing.length === 0) return;
    const link = await this.connect(deviceId);
    // In frames of a size a device would send.
    for (let from = 0; from < missing.length; from += 100) await this.publish(link, deviceId, missing.slice(from, from + 100));
    await link.disconnect();
  }
}
