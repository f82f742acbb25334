import type { Reading } from '#libs/contracts';

/**
 * Readings in one generation. The memory covers the newest one to two of them. Fewer: a device that resends after an outage of the
 * network is taken for new while the database is away, and one spike counts as two samples in a row. More: some 25 bytes each.
 */
const GENERATION = 250_000;

type Generation = Map<string, Map<string, Set<number>>>;

/**
 * Which (device, channel, time) were stored lately, so that a resend is known without asking the database. While the database is away
 * nobody else can tell; what is older than the memory is stored once all the same, but may be judged twice.
 */
export class SeenReadings {
  #young: Generation = new Map();
  #old: Generation = new Map();
  #count = 0;

  constructor(private readonly generation = GENERATION) {}

  /** True when it is new; from then on it is not. */
  add({ deviceId, channel, time }: Pick<Reading, 'deviceId' | 'channel' | 'time'>): boolean {
    const channels = this.#young.get(deviceId) ?? put(this.#young, deviceId, new Map<string, Set<number>>());
    const times = channels.get(channel) ?? put(channels, channel, new Set<number>());
    if (times.has(time) || this.#old.get(deviceId)?.get(channel)?.has(time)) return false;
    times.add(time);
    this.#count += 1;
    if (this.#count >= this.generation) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#count = 0;
    }
    return true;
  }
}

function put<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value);
  return value;
}
