import { DAY, fromIso, spanEnd, type MaintenanceWindow, type RegisteredDevice } from '#libs/contracts';

/** Windows that ended so long ago are forgotten: loggers of the field keep a month, older data says nothing of them any more. */
export const MAINTENANCE_KEPT_MS = 31 * DAY;

interface Span {
  from: number;
  end: number;
  window: MaintenanceWindow;
}

/** Maintenance windows in memory, asked for every sample: nearly always there is none, and that answer costs next to nothing. */
export class MaintenanceIndex {
  /** By device id, and by unified code for those of a whole point; the two never look alike to one another's users. */
  readonly #byDevice = new Map<string, Span[]>();
  readonly #byPoint = new Map<string, Span[]>();

  /** Puts a window in, or in place of its older version. */
  put(window: MaintenanceWindow): void {
    const [map, key] = window.deviceId === undefined ? [this.#byPoint, window.hazardPoint] : [this.#byDevice, window.deviceId];
    const span = { from: fromIso(window.from), end: spanEnd(window), window };
    const others = (map.get(key) ?? []).filter((other) => other.window.id !== window.id && other.end > span.from - MAINTENANCE_KEPT_MS);
    map.set(key, [...others, span]);
  }

  /** The window a device is in: its own, its collector's, or its point's. @param at wall clock, epoch ms */
  of(device: RegisteredDevice, at: number): MaintenanceWindow | undefined {
    if (this.#byDevice.size === 0 && this.#byPoint.size === 0) return undefined;
    return (
      covering(this.#byDevice.get(device.deviceId), at) ??
      (device.parent === undefined ? undefined : covering(this.#byDevice.get(device.parent), at)) ??
      covering(this.#byPoint.get(device.hazardPoint), at)
    );
  }
}

const covering = (spans: readonly Span[] | undefined, at: number): MaintenanceWindow | undefined =>
  spans?.find(({ from, end }) => at >= from && at < end)?.window;
