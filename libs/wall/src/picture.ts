import { warningView } from '#libs/alert';
import type {
  ChannelEntry,
  DeviceState,
  DeviceView,
  FrameValue,
  PointLevel,
  PointPicture,
  RegisteredDevice,
  RegistryView,
  WarningRecord,
  WarningView,
} from '#libs/contracts';
import { deviceState, insideDivision, pointFreshness, toIso } from '#libs/contracts';
import { Dictionary } from './dictionary.js';

/** A reading as the picture needs it: of the stream, or the newest one of a channel in the store. */
export interface SeenReading {
  deviceId: string;
  channel: string;
  time: number;
  value: number;
  quality: readonly string[];
  receivedAt: number;
}

export interface PictureSources {
  registry: RegistryView;
  /** Level of a point by its last judgement; undefined = not judged yet, which is grey. */
  level: (hazardPoint: string) => PointLevel | undefined;
  /** Unit of a channel of a device, for the dictionary. */
  unitOf: (device: RegisteredDevice, channel: string) => string;
}

/** Newest value of one channel; its text is made when someone looks. */
interface Channel {
  readonly index: number;
  time: number;
  value: number;
  quality: readonly string[];
}

const frameValue = ({ index, time, value, quality }: Channel): FrameValue => [index, time, value, quality.join(',')];

/** The live picture in memory: newest value of every channel, when each device was heard, and what that makes of device and point. */
export class Picture {
  readonly dictionary = new Dictionary();
  readonly #channels = new Map<string, Map<string, Channel>>();
  /** By index. */
  readonly #latest: Channel[] = [];
  readonly #changed = new Set<Channel>();
  /** Arrival of the newest packet of each device, wall clock: a backfill of old values is a sign of life too. */
  readonly #heard = new Map<string, number>();

  constructor(readonly sources: PictureSources) {}

  /** Takes readings in. Late ones fill history; only a newer device time changes the newest value. */
  show(readings: Iterable<SeenReading>): void {
    for (const reading of readings) {
      const channel = this.#channelOf(reading);
      if (!channel) continue;
      if (reading.receivedAt > (this.#heard.get(reading.deviceId) ?? -Infinity)) this.#heard.set(reading.deviceId, reading.receivedAt);
      if (reading.time < channel.time) continue;
      channel.time = reading.time;
      channel.value = reading.value;
      channel.quality = reading.quality;
      this.#changed.add(channel);
    }
  }

  /** Values that changed since the last call. */
  takeChanged(): FrameValue[] {
    const values = [...this.#changed].map(frameValue);
    this.#changed.clear();
    return values;
  }

  /** Undefined for a device that is not registered (any more). */
  #channelOf({ deviceId, channel }: SeenReading): Channel | undefined {
    const device = this.sources.registry.device(deviceId);
    if (!device) return undefined;
    let channels = this.#channels.get(deviceId);
    if (!channels) this.#channels.set(deviceId, (channels = new Map()));
    const known = channels.get(channel);
    if (known) return known;
    const { index } = this.dictionary.entry(deviceId, channel, () => ({
      hazardPoint: device.hazardPoint,
      unit: this.sources.unitOf(device, channel),
    }));
    const made: Channel = { index, time: -Infinity, value: Number.NaN, quality: [] };
    channels.set(channel, made);
    this.#latest[index] = made;
    return made;
  }

  /** @param now wall clock, epoch ms */
  device(device: RegisteredDevice, now: number): DeviceView {
    const { secretHash: _secretHash, ...shown } = device;
    const heard = this.#heard.get(device.deviceId);
    return { ...shown, state: this.stateOf(device, now), lastSeen: heard === undefined ? null : toIso(heard) };
  }

  stateOf(device: RegisteredDevice, now: number): DeviceState {
    const drill = this.sources.registry.point(device.hazardPoint)?.drill;
    const maintained = this.sources.registry.maintenanceOf?.(device.deviceId, now) !== undefined;
    return deviceState(this.#heard.get(device.deviceId), now, device.interval, drill, maintained);
  }

  points(scope: string, warnings: readonly WarningRecord[], now: number): PointPicture[] {
    const open = new Map(warnings.map((warning) => [warning.hazardPoint, warning]));
    return [...this.sources.registry.points()]
      .filter((point) => insideDivision(point.divisionCode, scope))
      .map((point): PointPicture => {
        const warning = open.get(point.unifiedCode);
        const devices = this.sources.registry.devicesOf(point.unifiedCode);
        const received = devices.flatMap((device) => this.#heard.get(device.deviceId) ?? []);
        const silences = this.sources.registry.silencesOf?.(point.unifiedCode, now) ?? [];
        const { unifiedCode, name, kind, divisionCode, longitude, latitude, closed } = point;
        return {
          unifiedCode,
          name,
          kind,
          divisionCode,
          longitude,
          latitude,
          closed,
          level: this.sources.level(unifiedCode) ?? 'unknown',
          state: warning?.state ?? null,
          warning: warning?.id ?? null,
          exercise: point.drill !== undefined,
          freshness: pointFreshness(devices.map((device) => this.stateOf(device, now))),
          lastReadingAt: received.length > 0 ? toIso(Math.max(...received)) : null,
          ...(silences.length > 0 ? { silences: [...silences] } : {}),
        };
      });
  }

  devices(scope: string, now: number): DeviceView[] {
    return [...this.sources.registry.devices()]
      .filter((one) => insideDivision(one.divisionCode, scope))
      .map((one) => this.device(one, now));
  }

  warnings(scope: string, warnings: readonly WarningRecord[]): WarningView[] {
    return warnings
      .filter((warning) => insideDivision(warning.divisionCode, scope))
      .map((warning) => warningView(warning, { pointName: this.sources.registry.point(warning.hazardPoint)?.name ?? warning.hazardPoint }))
      .toSorted((a, b) => (a.openedAt < b.openedAt ? 1 : -1));
  }

  channels(scope: string): ChannelEntry[] {
    return this.dictionary.all().filter((entry) => this.inScope(entry.index, scope));
  }

  values(scope: string): FrameValue[] {
    return this.#latest.filter(({ index }) => this.inScope(index, scope)).map(frameValue);
  }

  inScope(index: number, scope: string): boolean {
    if (scope === '') return true;
    const entry = this.dictionary.at(index);
    return entry !== undefined && insideDivision(this.sources.registry.device(entry.deviceId)?.divisionCode, scope);
  }
}
