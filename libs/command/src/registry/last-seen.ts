import type { StoredReading } from '#libs/contracts';

/** When the station last received something valid from each device: loaded at the start, followed from the bus. Wall clock, epoch ms. */
export class LastSeen {
  readonly #times = new Map<string, number>();

  load(times: ReadonlyMap<string, number>): void {
    for (const [deviceId, time] of times) this.#note(deviceId, time);
  }

  follow(readings: readonly StoredReading[]): void {
    for (const reading of readings) this.#note(reading.deviceId, reading.receivedAt);
  }

  of(deviceId: string): number | undefined {
    return this.#times.get(deviceId);
  }

  #note(deviceId: string, time: number): void {
    if (time > (this.#times.get(deviceId) ?? -Infinity)) this.#times.set(deviceId, time);
  }
}
