import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { MINUTE } from '#libs/contracts';
import { PATIENCE_MS, until } from '#libs/testing';
import type { Meters } from '../outside/meters.js';
import type { Sample } from '../outside/readings.js';

/** Messages that are a load: with less, what dies is idle, and an idle station loses nothing. */
const MESSAGES = 300;
/** Between two tries to connect to a station that is not there. */
const CONNECT_AGAIN_MS = 200;

export interface LoadShape {
  devices: readonly string[];
  /** Messages a device has under way at once. */
  lanes: number;
  /** Samples in one message: a device sends what it measured since the last one. */
  samples: number;
  /** Between two messages of a lane, after the acknowledgement. */
  pauseMs: number;
}

/** Devices on a slope that does not move, which publish until they are told to end; broken connections are made again. */
export class Load {
  /** Device time of the load: one sample each millisecond from an hour and a half ago, never repeated. */
  #clock = Date.now() - 90 * MINUTE;
  #going = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly meters: Meters,
    private readonly point: string,
    private readonly shape: LoadShape,
  ) {}

  async register(): Promise<void> {
    await this.meters.station.county.createPoint(this.point);
    for (const deviceId of this.shape.devices) await this.meters.register(deviceId, this.point);
  }

  /** Samples acknowledged so far. */
  get acknowledged(): number {
    return this.meters.acknowledged(this.shape.devices);
  }

  /** Resolves when the load is there. */
  async start(): Promise<void> {
    this.#going = true;
    this.#running = Promise.all(this.shape.devices.map((deviceId) => this.#publishAsLongAsItGoesOn(deviceId)));
    this.#running.catch(() => undefined);
    await this.goesOn();
  }

  /** Resolves when so many messages more are acknowledged that a load is there. */
  async goesOn(): Promise<void> {
    const enough = this.acknowledged + MESSAGES * this.shape.samples;
    await until('the load to be acknowledged', PATIENCE_MS, () => this.acknowledged >= enough);
  }

  /** Ends after the messages under way. */
  async end(): Promise<void> {
    this.#going = false;
    await this.#running;
  }

  /** Nothing in the load crosses a threshold. */
  async openedNothing(): Promise<void> {
    expect(await this.meters.station.county.warnings(this.point)).toEqual([]);
  }

  async #publishAsLongAsItGoesOn(deviceId: string): Promise<void> {
    while (this.#going) {
      const link = await this.meters.connect(deviceId).catch(() => undefined);
      if (!link) {
        await sleep(CONNECT_AGAIN_MS);
        continue;
      }
      const lane = async (): Promise<void> => {
        while (this.#going && !link.closed) {
          const samples = Array.from({ length: this.shape.samples }, () => this.#next());
          // What is broken off was not acknowledged, which is all there is to know.
          await this.meters.publish(link, deviceId, samples).catch(() => undefined);
          if (this.shape.pauseMs > 0) await sleep(this.shape.pauseMs);
        }
      };
      await Promise.all(Array.from({ length: this.shape.lanes }, lane));
      if (!link.closed) await link.disconnect();
    }
  }

  /** Beyond the wall clock samples would be put aside as `clock-ahead`, acknowledged and rightly not stored. */
  #next(): Sample {
    if (this.#clock >= Date.now()) throw new Error('the load has used up its hour and a half: begin it earlier');
    this.#clock += 1;
    return [this.#clock, (this.#clock % 7) / 10];
  }
}
