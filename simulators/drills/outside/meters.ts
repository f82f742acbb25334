import { expect } from 'vitest';
import { MINUTE } from '#libs/contracts';
import { RecordingDevice, socketTransport } from '#libs/testing';
import { calm, frameOf, opening, type Sample } from './readings.js';
import type { WatchedStation } from './watched-station.js';

/** What one device published: device time → value, and which of it was acknowledged. */
interface Book {
  sent: Map<number, number>;
  acknowledged: Set<number>;
}

/** Samples of one frame when a device sends again what was not acknowledged: of a size a device would send. */
const FRAME = 100;

/** Crack meters that keep book of what they published and what was acknowledged, and send again what was not. */
export class Meters {
  readonly #secrets = new Map<string, string>();
  readonly #books = new Map<string, Book>();

  constructor(readonly station: Pick<WatchedStation, 'county' | 'ports'>) {}

  async register(deviceId: string, point: string, more: { interval?: number } = {}): Promise<void> {
    this.#secrets.set(deviceId, await this.station.county.createDevice(deviceId, 'crack-meter', point, more));
    this.#books.set(deviceId, { sent: new Map(), acknowledged: new Set() });
  }

  /** To where the station listens now. */
  connect(deviceId: string): Promise<RecordingDevice> {
    return RecordingDevice.connect(socketTransport(this.station.ports.mqtt), deviceId, this.#secrets.get(deviceId) ?? '');
  }

  /** Publishes samples in one frame; resolves at the acknowledgement. */
  async publish(link: RecordingDevice, deviceId: string, samples: readonly Sample[]): Promise<void> {
    const { sent, acknowledged } = this.#bookOf(deviceId);
    for (const [time, value] of samples) sent.set(time, value);
    await link.publish('$dp', frameOf(deviceId, samples));
    for (const [time] of samples) acknowledged.add(time);
  }

  /** Connects, and has been calm so far. */
  async calm(deviceId: string): Promise<RecordingDevice> {
    const link = await this.connect(deviceId);
    await this.publish(link, deviceId, calm(Date.now()));
    return link;
  }

  /** The crack opens; resolves at the PUBACK of the sample that confirms it. @param mm 50 is red */
  async open(link: RecordingDevice, deviceId: string, mm?: number): Promise<void> {
    for (const sample of opening(Date.now(), mm)) await this.publish(link, deviceId, [sample]);
  }

  /** Samples published so far, by all or by these. */
  sent(devices: Iterable<string> = this.#books.keys()): number {
    return [...devices].reduce((sum, id) => sum + this.#bookOf(id).sent.size, 0);
  }

  acknowledged(devices: Iterable<string> = this.#books.keys()): number {
    return [...devices].reduce((sum, id) => sum + this.#bookOf(id).acknowledged.size, 0);
  }

  /** Acknowledged ⊆ stored ⊆ published, each (device, channel, time) once; after the devices have sent again what was not acknowledged, stored = published. */
  async nothingLost(): Promise<void> {
    for (const [deviceId, { sent, acknowledged }] of this.#books) {
      const found = await this.#stored(deviceId);
      const lost = [...acknowledged].filter((time) => found.get(time) !== sent.get(time));
      expect(lost.slice(0, 3), `${deviceId}: ${lost.length} acknowledged and lost`).toEqual([]);
      const strange = [...found].filter(([time, value]) => sent.get(time) !== value);
      expect(strange.slice(0, 3), `${deviceId}: ${strange.length} stored and never sent`).toEqual([]);
      // Where all was acknowledged, none lost and none strange, the two are the same.
      if (!(await this.#sendAgain(deviceId))) continue;
      const after = await this.#stored(deviceId);
      const missing = [...sent].filter(([time, value]) => after.get(time) !== value);
      expect(missing.slice(0, 3), `${deviceId}: ${missing.length} sent again and not stored`).toEqual([]);
      expect(after.size, `${deviceId}: stored ≠ published`).toBe(sent.size);
    }
  }

  /** What was not acknowledged; false: there is nothing of it. */
  async #sendAgain(deviceId: string): Promise<boolean> {
    const { sent, acknowledged } = this.#bookOf(deviceId);
    const missing = [...sent].filter(([time]) => !acknowledged.has(time));
    if (missing.length === 0) return false;
    const link = await this.connect(deviceId);
    for (let from = 0; from < missing.length; from += FRAME) await this.publish(link, deviceId, missing.slice(from, from + FRAME));
    await link.disconnect();
    return true;
  }

  async #stored(deviceId: string): Promise<Map<number, number>> {
    const now = Date.now();
    const readings = await this.station.county.readings(deviceId, 'L1_LF_1', now - 120 * MINUTE, now + 120 * MINUTE);
    const found = new Map(readings.map(({ time, value }) => [Date.parse(time), value]));
    expect(readings, `${deviceId}: a reading is there twice`).toHaveLength(found.size);
    return found;
  }

  #bookOf(deviceId: string): Book {
    const book = this.#books.get(deviceId);
    if (!book) throw new Error(`${deviceId} is not registered`);
    return book;
  }
}
