import {
  levelRank,
  pointClock,
  PointState,
  WarningRecord,
  type Clock,
  type DeviceCommand,
  type RegisteredDevice,
  type Settings,
  type WallEvent,
  type WarningLevel,
} from '#libs/contracts';
import type { Logger } from '#libs/platform';
import type { RegistryIndex } from '../registry/registry-index.js';
import { ASK_AGAIN, decideDensity, densityOrder, type AskedIntervals } from './densify.js';
import type { Dispatcher } from './dispatcher.js';
import type { IntervalKeeper } from './intervals.js';
import type { Densified, DensifiedStore } from './ports.js';

export interface DensifierNeeds {
  store: DensifiedStore;
  /** Warnings that are open now: what the levels are after a restart. */
  openWarnings(): Promise<WarningRecord[]>;
  dispatcher: Pick<Dispatcher, 'order' | 'withdraw' | 'openOf'>;
  intervals: Pick<IntervalKeeper, 'usual'>;
  registry: RegistryIndex;
  settings: () => Settings;
  /** What a rulebook asks of the devices of its points at each level. */
  asked?: (rulebook: string) => AskedIntervals;
  clock: Clock;
  logger: Logger;
}

/** What the dispatcher's history names as sender. */
export const densifyBy = 'densify';

/** The two shapes of event that say what a point holds. */
const WarningNews = WarningRecord.pick({ id: true, hazardPoint: true, level: true, state: true, active: true });
const PointNews = PointState.pick({ hazardPoint: true, level: true });

interface Held {
  level: WarningLevel | 'none';
  warning: string;
}

/** Makes the devices of a point report more densely while its level is up, and brings them back. */
export class Densifier {
  readonly #held = new Map<string, Held>();
  readonly #dense = new Map<string, Densified>();
  /** Points to look at on the next tick. */
  readonly #changed = new Set<string>();

  constructor(private readonly needs: DensifierNeeds) {}

  async start(): Promise<void> {
    for (const dense of await this.needs.store.load()) {
      this.#dense.set(dense.deviceId, dense);
      this.#changed.add(dense.hazardPoint);
    }
    for (const warning of await this.needs.openWarnings()) this.#warned(warning);
    // A command that ended while nobody listened: told again.
    for (const dense of this.#dense.values())
      if (dense.told === 'none' && !this.needs.dispatcher.openOf(dense.deviceId).some(({ msgid }) => msgid === dense.msgid))
        dense.againAt = this.needs.clock.now();
  }

  /** Committed wall events. Cheap: what follows is done on the next tick, so that no ledger write waits for a device. */
  follow(events: readonly WallEvent[]): void {
    for (const { type, payload } of events) {
      if (type.startsWith('warning.')) {
        const news = WarningNews.safeParse(payload);
        if (news.success) this.#warned(news.data);
      } else if (type === 'point.level') {
        const news = PointNews.safeParse(payload);
        // Already while the rule waits for a second sample: nobody is messaged yet, and the sooner it comes the sooner it is known.
        // `unknown` says nothing of the slope: silence lowers no level.
        const { hazardPoint, level } = news.success ? news.data : { hazardPoint: '', level: 'unknown' as const };
        if (level !== 'unknown') this.#hold(hazardPoint, level, this.#held.get(hazardPoint)?.warning ?? '');
      }
    }
  }

  /** A command has ended. Remembers only; orders are given by `tick`. */
  async ended(command: DeviceCommand): Promise<void> {
    const dense = this.#dense.get(command.deviceId);
    if (!dense) return;
    // A person set the interval meanwhile: what the device does now is theirs.
    if (command.by !== densifyBy && command.state === 'succeeded' && ['setsensortime', 'setworkmode'].includes(command.command)) {
      await this.#forget(dense);
      return;
    }
    if (command.msgid !== dense.msgid || command.state === 'cancelled') return;
    if (command.answer?.ok) {
      if (dense.told === 'none') await this.#forget(dense);
      return;
    }
    await this.#keep({ ...dense, againAt: this.needs.clock.now() + ASK_AGAIN });
  }

  /** Tells devices what they should be told by now. Called each second. */
  async tick(): Promise<void> {
    const points = new Set(this.#changed);
    for (const dense of this.#dense.values()) points.add(dense.hazardPoint);
    for (const code of points) {
      this.#changed.delete(code);
      try {
        for (const dense of this.#dense.values())
          if (dense.hazardPoint === code && this.needs.registry.device(dense.deviceId)?.hazardPoint !== code) await this.#forget(dense);
        for (const device of this.needs.registry.devicesOf(code)) await this.#consider(device);
      } catch (error) {
        this.#changed.add(code);
        this.needs.logger.warn({ hazardPoint: code, err: error }, 'devices could not be told a new interval; tried again in a second');
      }
    }
  }

  async #consider(device: RegisteredDevice): Promise<void> {
    const { registry, settings, clock, intervals } = this.needs;
    const point = registry.point(device.hazardPoint);
    // An exercise never changes a real instrument; a child has no interval of its own.
    if (!point || device.parent !== undefined || (point.drill && !device.synthetic)) return;
    // A replay runs through days in minutes: an answer would come hours of its time too late, and its devices are a record.
    if (point.drill && point.drill.speed > 1 && pointClock(point.drill, clock.now()) < clock.now()) {
      // Looked at again until it has caught up.
      if (this.#held.has(point.unifiedCode)) this.#changed.add(point.unifiedCode);
      return;
    }
    const held = this.#held.get(point.unifiedCode) ?? { level: 'none' as const, warning: '' };
    const dense = this.#dense.get(device.deviceId);
    const usual = intervals.usual(device);
    const now = clock.now();
    const { downlink } = settings();
    const asked = this.needs.asked?.(point.rulebook) ?? {};
    const decision = decideDensity(point.closed ? 'none' : held.level, dense, usual, downlink, now, asked);
    if ('calm' in decision && dense) await this.#keep({ ...dense, calmSince: decision.calm });
    if (!('tell' in decision)) return;
    for (const command of this.needs.dispatcher.openOf(device.deviceId))
      if (command.by === densifyBy) await this.needs.dispatcher.withdraw(command.msgid, 'replaced');
    const { tell } = decision;
    await this.needs.dispatcher.order(device, densityOrder(tell, usual, downlink, asked), {
      by: densifyBy,
      writtenFor: 'station',
      text: tell === 'none' ? 'return' : tell,
      ...(held.warning === '' ? {} : { warning: held.warning }),
      made: ({ msgid }) =>
        this.#keep({
          deviceId: device.deviceId,
          hazardPoint: point.unifiedCode,
          told: tell,
          msgid,
          warning: held.warning,
          calmSince: null,
          againAt: null,
        }),
    });
  }

  #warned({ id, hazardPoint, level, state, active }: Pick<WarningRecord, 'id' | 'hazardPoint' | 'level' | 'state' | 'active'>): void {
    const open = state === 'candidate' || state === 'confirmed';
    const held = this.#held.get(hazardPoint);
    // The end of an older episode does not lower what a newer one holds.
    if (!open && held && held.warning !== id && levelRank(held.level) > 0) return;
    if (!open || !active) this.#hold(hazardPoint, 'none', id);
    // A release of a confirmed yellow says yellow also while a red candidate stands: a fall is told by the point.
    else this.#hold(hazardPoint, levelRank(held?.level ?? 'none') > levelRank(level) ? (held?.level ?? level) : level, id);
  }

  #hold(hazardPoint: string, level: WarningLevel | 'none', warning: string): void {
    this.#held.set(hazardPoint, { level, warning });
    this.#changed.add(hazardPoint);
  }

  async #keep(dense: Densified): Promise<void> {
    await this.needs.store.save(dense);
    this.#dense.set(dense.deviceId, dense);
  }

  async #forget({ deviceId }: Densified): Promise<void> {
    await this.needs.store.remove(deviceId);
    this.#dense.delete(deviceId);
  }
}
