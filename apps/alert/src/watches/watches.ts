import { FloodWatch, OutageWatch, type DeviceNews } from '#libs/alert';
import {
  DAY,
  type AreaEvent,
  type Clock,
  type DeviceView,
  type RegistryView,
  type Settings,
  type SystemAlarm,
  type WallEvent,
  type WarningRecord,
} from '#libs/contracts';
import type { Store } from '#libs/store';
import { decideAlarm, ratifyAlarm } from './overdue-alarms.js';

export interface WatchParts {
  events: Pick<Store['events'], 'ofType'>;
  registry: RegistryView;
  settings: () => Settings;
  clock: Clock;
  raise: (alarms: readonly SystemAlarm[]) => void;
}

/** What is seen only over many points, or only when somebody does nothing: outages, warnings that rise together, messages nobody ratifies. */
export class Watches {
  readonly #outages = new OutageWatch();
  readonly #floods = new FloodWatch();
  /** Codes of the alarms that stand because nobody ratified or decided in time. */
  readonly #overdue = new Set<string>();

  constructor(private readonly parts: WatchParts) {}

  /** What stood before a restart stands after it: devices are heard once more, each at its time, and the open warnings say the rest. */
  async start(open: readonly WarningRecord[]): Promise<void> {
    const { clock, events, raise, settings } = this.parts;
    const now = clock.now();
    for (const event of await events.ofType('device.state', now - DAY)) {
      this.#outages.tick(event.at);
      this.#outages.heard(this.#newsOf([event]), event.at, settings().outage);
    }
    this.#outages.tick(now);
    raise(this.#outages.standing());
    this.follow(open);
  }

  /** Committed events: devices that fall silent together are one alarm. */
  heard(events: readonly WallEvent[]): void {
    const news = this.#newsOf(events);
    if (news.length > 0) this.parts.raise(this.#outages.heard(news, this.parts.clock.now(), this.parts.settings().outage));
  }

  /** Warnings as they were written. */
  follow(warnings: readonly WarningRecord[]): void {
    if (warnings.length === 0) return;
    const { registry, clock, settings, raise } = this.parts;
    const nameOf = (warning: WarningRecord): string => registry.point(warning.hazardPoint)?.name ?? warning.hazardPoint;
    const news = warnings.map((warning) => ({ warning, pointName: nameOf(warning) }));
    raise(this.#floods.heard(news, clock.now(), settings().alert.flood));
    for (const { warning, pointName } of news) {
      for (const alarm of [ratifyAlarm(warning, pointName), decideAlarm(warning, pointName)]) {
        if (this.#overdue.has(alarm.code) === alarm.standing) continue;
        if (alarm.standing) this.#overdue.add(alarm.code);
        else this.#overdue.delete(alarm.code);
        raise([alarm]);
      }
    }
  }

  /** The flood a warning is part of. */
  areaEvent(warning: WarningRecord, visible: (hazardPoint: string) => boolean): AreaEvent | undefined {
    return this.#floods.eventOf(warning, visible);
  }

  /** By the wall clock; called each second. */
  tick(): void {
    const now = this.parts.clock.now();
    this.parts.raise([...this.#outages.tick(now), ...this.#floods.tick(now)]);
  }

  /** Devices of exercises and of closed points are nobody's loss. */
  #newsOf(events: readonly WallEvent[]): DeviceNews[] {
    return events.flatMap(({ type, payload }): DeviceNews[] => {
      if (type !== 'device.state') return [];
      const { deviceId, parent, state, hazardPoint } = payload as DeviceView;
      const point = this.parts.registry.point(hazardPoint);
      if (!point || point.drill || point.closed) return [];
      return [{ deviceId, parent, state, hazardPoint, pointName: point.name, divisionCode: point.divisionCode }];
    });
  }
}
