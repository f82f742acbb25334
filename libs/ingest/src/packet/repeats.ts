import type { Sample } from '#libs/contracts';

/** Samples of a packet up to which comparing each with those before it costs less than a map (most packets have three). */
const FEW = 12;

/**
 * One value a (device, channel, time) within a packet. The same value again is the same sample; another one is a contradiction.
 * Across packets the store decides, by the same identity.
 */
export class Repeats {
  readonly #samples: Sample[] = [];
  readonly #times: number[] = [];
  readonly #byKey: Map<string, number> | undefined;

  /** @param expected samples in the packet */
  constructor(private readonly expected: number) {
    this.#byKey = expected > FEW ? new Map() : undefined;
  }

  /** The value the packet has already given for this channel at this time (device time or stamp); undefined: none, and this one is noted. */
  earlier(sample: Sample, time: number): number | undefined {
    if (this.expected < 2) return undefined;
    if (this.#byKey) {
      const key = `${sample.deviceId}\u001f${sample.channel}\u001f${time}`;
      const before = this.#byKey.get(key);
      if (before === undefined) this.#byKey.set(key, sample.value);
      return before;
    }
    for (let index = 0; index < this.#samples.length; index += 1) {
      const other = this.#samples[index] as Sample;
      if (other.channel === sample.channel && this.#times[index] === time && other.deviceId === sample.deviceId) return other.value;
    }
    this.#samples.push(sample);
    this.#times.push(time);
    return undefined;
  }
}
