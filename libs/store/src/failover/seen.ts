import type { Reading } from '#libs/contracts';

/**
 * Readings in one generation. The memory covers the newest one to two of them. Fewer: a device that resends after an outage of the
 * network is taken for new while the database is away, and one spike counts as two samples in a row. More: some 25 bytes each.
 */
const GENERATION = 250_000;

type Generation = Map<string, Map<string, Moments>>;

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
    const channels = this.#young.get(deviceId) ?? put(this.#young, deviceId, new Map<string, Moments>());
    const times = channels.get(channel) ?? put(channels, channel, new Moments());
    if (this.#old.get(deviceId)?.get(channel)?.has(time) || !times.add(time)) return false;
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

/**
 * Device times of one channel, sorted. They nearly always come in order, so adding is at the end, and a plain block of numbers is
 * nothing for the garbage collector to copy: a set of them for every channel was a tenth of all that outlived a collection.
 */
class Moments {
  #times = new Float64Array(8);
  #length = 0;

  has(time: number): boolean {
    const place = this.#place(time);
    return place < this.#length && this.#times[place] === time;
  }

  /** False when it is there already. */
  add(time: number): boolean {
    const place = this.#place(time);
    if (place < this.#length && this.#times[place] === time) return false;
    if (this.#length === this.#times.length) {
      const wider = new Float64Array(this.#length * 2);
      wider.set(this.#times);
      this.#times = wider;
    }
    this.#times.copyWithin(place + 1, place, this.#length);
    this.#times[place] = time;
    this.#length += 1;
    return true;
  }

  /** Where the first time at or after it lies. */
  #place(time: number): number {
    let low = 0;
    let high = this.#length;
    if (high === 0 || (this.#times[high - 1] ?? time) < time) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] ?? time) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
