import {
  DAY,
  HOUR,
  pointClock,
  toIso,
  type Clock,
  type DeviceInterval,
  type DeviceKpi,
  type Drill,
  type RegisteredDevice,
  type StoredReading,
} from '#libs/contracts';
import { samplesDue, wholeSamples } from '../kpi/figures.js';

interface Count {
  hour: number;
  samples: number;
}

/**
 * Completeness of each device (到报率, domain.md §2.2): samples received over samples due at the interval in force then, over a day at most. Counted from
 * the bus by hours of arrival, so it begins anew with the station and says since when it counts. Several values of one
 * device time are one sample.
 */
export class Completeness {
  readonly #began: number;
  readonly #hours = new Map<string, Count[]>();
  readonly #lastTime = new Map<string, number>();

  constructor(private readonly clock: Clock) {
    this.#began = clock.now();
  }

  follow(readings: readonly StoredReading[]): void {
    for (const { deviceId, time, receivedAt } of readings) {
      if (this.#lastTime.get(deviceId) === time) continue;
      this.#lastTime.set(deviceId, time);
      const hour = Math.floor(receivedAt / HOUR);
      const counts = this.#hours.get(deviceId);
      const current = counts?.at(-1);
      if (current?.hour === hour) current.samples++;
      else this.#count(deviceId, hour, counts ?? []);
    }
  }

  /** The first sample of an hour, or one that was received in an earlier hour than the one before it. */
  #count(deviceId: string, hour: number, before: readonly Count[]): void {
    const counts = before.filter((count) => count.hour > hour - DAY / HOUR);
    const known = counts.find((count) => count.hour === hour);
    if (known) known.samples++;
    else counts.push({ hour, samples: 1 });
    this.#hours.set(deviceId, counts);
  }

  /** `completeness` is null until one sample is due; time runs on the clock of the device's point. */
  of(device: RegisteredDevice, drill: Drill | undefined, history: readonly Pick<DeviceInterval, 'validFrom' | 'seconds'>[]): DeviceKpi {
    const now = this.clock.now();
    const firstHour = Math.floor(now / HOUR) - DAY / HOUR + 1;
    const since = Math.max(this.#began, firstHour * HOUR, Date.parse(device.createdAt));
    const onPoint = (wall: number): number => pointClock(drill, wall);
    const intervals = history.map(({ validFrom, seconds }) => ({ from: onPoint(Date.parse(validFrom)), seconds }));
    const due = wholeSamples(samplesDue(intervals, onPoint(since), onPoint(now)));
    const received = (this.#hours.get(device.deviceId) ?? [])
      .filter((count) => count.hour >= firstHour)
      .reduce((sum, count) => sum + count.samples, 0);
    return { completeness: due < 1 ? null : Math.min(1, received / due), since: toIso(since) };
  }
}
