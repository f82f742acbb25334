/**
 * Times for readings of devices that send none. (device, channel, time) is the identity of a reading, so two packets of one
 * device in the same millisecond must not get the same stamp: the second would be taken for a duplicate and lost.
 */
export class ArrivalStamps {
  readonly #last = new Map<string, number>();

  /** The stamp for everything untimed in one packet: `now`, or a millisecond after the device's last. */
  next(deviceId: string, now: number): number {
    const stamp = Math.max(Math.round(now), (this.#last.get(deviceId) ?? -Infinity) + 1);
    this.#last.set(deviceId, stamp);
    return stamp;
  }
}
