import type { Reading } from '#libs/contracts';

/**
 * Readings in one generation. The memory covers the newest one to two of them. Fewer: a device that resends after an outage of the
 * network is taken for new while the database is away, and one spike counts as two samples in a row. More: some 25 bytes each.
 */
const GENERATION = 250_000;

type Generation = Map<string, Map<string, Set<number | string>>>;

/**
 * Which (device, channel, time) were stored lately, so that a resend is known without asking the database. While the database is away
 * nobody else can tell; what is older than the memory is stored once all the same, but may be judged twice.
 */
export class SeenReadings {
  #young: Generation = new Map();
  #old: Generation = new Map();
  #count = 0;
  /** Device time of the first reading, near which most others are. */
  #base: number | undefined;

  constructor(private readonly generation = GENERATION) {}

  /** True when it is new; from then on it is not. */
  add({ deviceId, channel, time }: Pick<Reading, 'deviceId' | 'channel' | 'time'>): boolean {
    const channels = this.#young.get(deviceId) ?? put(this.#young, deviceId, new Map<string, Set<number>>());
    const times = channels.get(channel) ?? put(channels, channel, new Set<number | string>());
    const moment = this.#momentOf(time);
    if (times.has(moment) || this.#old.get(deviceId)?.get(channel)?.has(moment)) return false;
    times.add(moment);
    this.#count += 1;
    if (this.#count >= this.generation) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#count = 0;
    }
    return true;
  }

  /** Small whole numbers lie in the set itself; an epoch time would be an object each, and this is asked of every reading. */
  #momentOf(time: number): number | string {
    const after = time - (this.#base ??= time);
    return Math.abs(after) < 2 ** 30 ? after : String(time);
  }
}

function put<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value);
  return value;
}
