import type { DeviceState, RegisteredDevice, WallEventDraft } from '#libs/contracts';
import { hashId } from '#libs/platform';
import type { Picture } from './picture.js';

/** Tells which devices changed state since it last looked. What it found is only remembered once it is written (promise 5: no silent gap). */
export class DeviceWatch {
  readonly #known = new Map<string, DeviceState>();

  constructor(readonly picture: Picture) {}

  /** Takes the present as known: at start nothing has changed, it was only not watched. */
  begin(now: number): void {
    for (const device of this.picture.sources.registry.devices()) this.#known.set(device.deviceId, this.picture.stateOf(device, now));
  }

  /** Devices in another state than the one told. A device seen for the first time has nothing to be compared with. */
  changes(now: number): { device: RegisteredDevice; state: DeviceState }[] {
    const changed: { device: RegisteredDevice; state: DeviceState }[] = [];
    for (const device of this.picture.sources.registry.devices()) {
      const state = this.picture.stateOf(device, now);
      if ((this.#known.get(device.deviceId) ?? 'unknown') !== state) changed.push({ device, state });
    }
    return changed;
  }

  told(changes: readonly { device: RegisteredDevice; state: DeviceState }[]): void {
    for (const { device, state } of changes) this.#known.set(device.deviceId, state);
  }

  event({ device, state }: { device: RegisteredDevice; state: DeviceState }, now: number): WallEventDraft {
    return {
      id: hashId(24, device.deviceId, state, now),
      type: 'device.state',
      at: now,
      divisionCode: device.divisionCode,
      payload: this.picture.device(device, now),
    };
  }
}
