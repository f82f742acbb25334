import type { ChannelEntry } from '#libs/contracts';

/** Channel numbers of the frames. A channel keeps its number as long as the station runs. */
export class Dictionary {
  readonly #entries: ChannelEntry[] = [];
  readonly #byKey = new Map<string, ChannelEntry>();

  get size(): number {
    return this.#entries.length;
  }

  /** The channel's entry, made at first sight. */
  entry(deviceId: string, channel: string, about: () => { hazardPoint: string; unit: string }): ChannelEntry {
    const key = `${deviceId} ${channel}`;
    const known = this.#byKey.get(key);
    if (known) return known;
    const entry: ChannelEntry = { index: this.#entries.length, deviceId, channel, ...about() };
    this.#entries.push(entry);
    this.#byKey.set(key, entry);
    return entry;
  }

  at(index: number): ChannelEntry | undefined {
    return this.#entries[index];
  }

  all(): readonly ChannelEntry[] {
    return this.#entries;
  }
}
