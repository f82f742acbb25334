import { fromIso, pointClock, SECOND, toIso, type DeviceInterval, type RegisteredDevice, type StageBus } from '#libs/contracts';
import type { RegistryIndex } from '../registry/registry-index.js';
import type { DeviceIntervalStore } from './ports.js';

export interface IntervalNeeds {
  store: DeviceIntervalStore;
  registry: RegistryIndex;
  bus: StageBus;
}

/**
 * After a device was told a shorter interval, silence is measured in it from its first reading on, or after this many of the new
 * intervals at the latest. At once would call a device silent that just answered, because its last reading lies an old interval
 * back; never would hide one that answers and then measures nothing.
 */
const GRACE_INTERVALS = 3;

/** Which upload interval each device was told, and since when. The registry shows the one that counts now. */
export class IntervalKeeper {
  readonly #history = new Map<string, DeviceInterval[]>();
  /** Told, and not yet measured by. */
  readonly #pending = new Map<string, { seconds: number; since: number }>();

  constructor(private readonly needs: IntervalNeeds) {}

  async load(): Promise<void> {
    for (const interval of await this.needs.store.history()) this.#note(interval);
  }

  /** A device is registered under a number that was used before: what the earlier one was told counts no longer. */
  async begin(device: RegisteredDevice): Promise<void> {
    this.#pending.delete(device.deviceId);
    const first = registered(device);
    await this.needs.store.put(first);
    this.#note(first);
  }

  /** Oldest first; never empty: before the first command a device has the interval it was registered with. */
  history(device: RegisteredDevice): readonly DeviceInterval[] {
    return this.#history.get(device.deviceId) ?? [registered(device)];
  }

  /** Seconds the device was told last. */
  told(device: RegisteredDevice): number {
    return this.history(device).at(-1)?.seconds ?? device.interval;
  }

  /** The interval people gave it, which it returns to after a warning. */
  usual(device: RegisteredDevice): number {
    return this.history(device).findLast(({ cause }) => cause === 'registered' || cause === 'command')?.seconds ?? device.interval;
  }

  /** A device has acknowledged a new interval. Resolves when the history holds it. */
  async acknowledged(device: RegisteredDevice, seconds: number, at: number, cause: DeviceInterval['cause'], msgid: string): Promise<void> {
    const known = this.#history.get(device.deviceId);
    if (known?.some((each) => each.msgid === msgid)) return;
    if (!known) {
      const first = registered(device);
      await this.needs.store.put(first);
      this.#note(first);
    }
    const before = this.told(device);
    const interval: DeviceInterval = { deviceId: device.deviceId, validFrom: toIso(at), seconds, cause, msgid };
    await this.needs.store.put(interval);
    this.#note(interval);
    if (seconds < before) this.#pending.set(device.deviceId, { seconds, since: at });
    else await this.#measureBy(device.deviceId, seconds);
  }

  /** Something was received from these devices. */
  async heard(deviceIds: Iterable<string>): Promise<void> {
    if (this.#pending.size === 0) return;
    for (const deviceId of deviceIds) {
      const pending = this.#pending.get(deviceId);
      if (pending) await this.#measureBy(deviceId, pending.seconds);
    }
  }

  async tick(now: number): Promise<void> {
    for (const [deviceId, { seconds, since }] of this.#pending) {
      const device = this.needs.registry.device(deviceId);
      const drill = device && this.needs.registry.point(device.hazardPoint)?.drill;
      if (pointClock(drill, now) - pointClock(drill, since) >= GRACE_INTERVALS * seconds * SECOND) await this.#measureBy(deviceId, seconds);
    }
  }

  async #measureBy(deviceId: string, seconds: number): Promise<void> {
    this.#pending.delete(deviceId);
    const device = this.needs.registry.device(deviceId);
    if (!device || device.interval === seconds) return;
    this.needs.registry.changeDevice({ ...device, interval: seconds });
    await this.needs.bus.publish('registry.changed', { points: [device.hazardPoint] });
  }

  #note(interval: DeviceInterval): void {
    const list = this.#history.get(interval.deviceId) ?? [];
    this.#history.set(
      interval.deviceId,
      [...list, interval].sort((a, b) => fromIso(a.validFrom) - fromIso(b.validFrom)),
    );
  }
}

const registered = (device: RegisteredDevice): DeviceInterval => ({
  deviceId: device.deviceId,
  validFrom: device.createdAt,
  seconds: device.interval,
  cause: 'registered',
  msgid: null,
});
