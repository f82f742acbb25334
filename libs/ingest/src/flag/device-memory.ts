import type { RegisteredDevice } from '#libs/contracts';
import { ChannelMemory } from './channel-memory.js';

/**
 * Channels remembered of one device. A collector with sixty sensors of eight fields has 480. Without a limit, a device that
 * counts a sensor number up in each packet would fill the memory; channels beyond it get no flag that needs a past.
 */
const MAX_CHANNELS = 512;
/** Charge must come back this far (in the unit of the channel, %) above the threshold before the battery is trusted again: no flicker. */
const RECOVERED_BY = 5;

/** What the intake remembers of one device, and what it has looked up for the packet it is reading. */
export class DeviceMemory {
  readonly #channels = new Map<string, ChannelMemory>();
  #lastStamp = Number.NEGATIVE_INFINITY;
  #batteryAt = Number.NEGATIVE_INFINITY;
  #low: boolean | undefined;

  /** Number of the packet the fields below were looked up for. */
  packet = -1;
  device: RegisteredDevice | undefined;
  /** Receive time on the clock of the device's point (a drill has its own). */
  now = 0;
  /** The time of everything untimed in this packet; undefined: nothing yet. */
  stamp: number | undefined;
  /** When the sample was made on the wall clock, where its own time does not say (a drill); windows of maintenance are wall clock. */
  workAt: number | undefined;
  /** Earliest device time that can be true, epoch ms. */
  earliest = Number.NEGATIVE_INFINITY;

  channel(name: string): ChannelMemory | undefined {
    const known = this.#channels.get(name);
    if (known || this.#channels.size >= MAX_CHANNELS) return known;
    const made = new ChannelMemory();
    this.#channels.set(name, made);
    return made;
  }

  /**
   * A time for what the device sent without one: `now`, or a millisecond after its last. (device, channel, time) is the identity
   * of a reading, so two packets in the same millisecond must not get the same stamp: the second would be lost as a duplicate.
   */
  stamped(): number {
    this.stamp ??= this.#lastStamp = Math.max(Math.round(this.now), this.#lastStamp + 1);
    return this.stamp;
  }

  /** Takes a reading of the device's own charge; older ones than the newest change nothing. */
  charge(time: number, value: number, lowBelow: number): void {
    if (time < this.#batteryAt) return;
    this.#batteryAt = time;
    if (value < lowBelow) this.#low = true;
    else if (value >= lowBelow + RECOVERED_BY) this.#low = false;
    else this.#low ??= false;
  }

  /** Whether its battery is low; undefined: it has never said. */
  get batteryLow(): boolean | undefined {
    return this.#low;
  }
}
