import { dayText } from './civil-day.js';
import type { DayCount } from './ports.js';

/** Counts by day, device and channel. Asked with every reading: found without making a text of the three. */
export class DayCounts {
  readonly #days = new Map<number, Map<string, Map<string, DayCount>>>();

  get empty(): boolean {
    return this.#days.size === 0;
  }

  /** @param day days since 1970-01-01 in Asia/Shanghai */
  add(day: number, deviceId: string, channel: string, samples: number): void {
    let devices = this.#days.get(day);
    if (!devices) this.#days.set(day, (devices = new Map()));
    let channels = devices.get(deviceId);
    if (!channels) devices.set(deviceId, (channels = new Map()));
    const count = channels.get(channel);
    if (count) count.samples += samples;
    else channels.set(channel, { deviceId, channel, day: dayText(day), samples });
  }

  addAll(other: DayCounts): void {
    for (const [day, devices] of other.#days)
      for (const channels of devices.values())
        for (const { deviceId, channel, samples } of channels.values()) this.add(day, deviceId, channel, samples);
  }

  all(): DayCount[] {
    return [...this.#days.values()].flatMap((devices) => [...devices.values()].flatMap((channels) => [...channels.values()]));
  }
}
