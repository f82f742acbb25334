import type {
  Clock,
  CommandCodec,
  DeviceCatalogue,
  DeviceCommand,
  DeviceReply,
  RegisteredDevice,
  Settings,
  StageBus,
  StoredReading,
  WallEvent,
} from '#libs/contracts';
import { DeviceOrder, pointClock, toIso } from '#libs/contracts';
import type { Rulebook } from '#libs/evaluate';
import type { Logger } from '#libs/platform';
import type { CommandStore } from '../ports.js';
import type { RegistryIndex } from '../registry/registry-index.js';
import { Densifier, densifyBy } from './densifier.js';
import { Dispatcher, type DispatcherNeeds } from './dispatcher.js';
import { IntervalKeeper } from './intervals.js';
import type { DeviceLink } from './ports.js';

export interface DownlinkNeeds {
  store: Pick<CommandStore, 'deviceCommands' | 'deviceIntervals' | 'densified' | 'warnings'>;
  link: DeviceLink;
  codec: CommandCodec;
  registry: RegistryIndex;
  catalogue: DeviceCatalogue;
  settings: () => Settings;
  /** The version of a rulebook that is in force. */
  rulebook?: (id: string) => Pick<Rulebook, 'uploads'> | undefined;
  clock: Clock;
  bus: StageBus;
  logger: Logger;
  count: DispatcherNeeds['count'];
}

/** Zeros a device keeps on its record: backfilled samples are compared with them, and no device is set to zero each day. */
const ZEROS_KEPT = 20;

/** Everything that goes down to devices: commands and their answers, the intervals in force, densification while a warning stands. */
export class Downlink {
  readonly dispatcher: Dispatcher;
  readonly intervals: IntervalKeeper;
  readonly #densifier: Densifier;
  #ticking: Promise<void> | undefined;

  constructor(private readonly needs: DownlinkNeeds) {
    const { store, registry, settings, clock, logger, bus } = needs;
    this.intervals = new IntervalKeeper({ store: store.deviceIntervals, registry, bus });
    this.dispatcher = new Dispatcher({ ...needs, store: store.deviceCommands, ended: (command, device) => this.#ended(command, device) });
    this.#densifier = new Densifier({
      store: store.densified,
      openWarnings: () => store.warnings.open(),
      dispatcher: this.dispatcher,
      intervals: this.intervals,
      registry,
      settings,
      asked: (rulebook) => needs.rulebook?.(rulebook)?.uploads ?? {},
      clock,
      logger,
    });
  }

  async start(): Promise<void> {
    await this.intervals.load();
    await this.dispatcher.start();
    await this.#densifier.start();
  }

  /** Answers and questions of devices. Resolves when what they mean is stored; the device's message is acknowledged then. */
  async replies(replies: readonly DeviceReply[], at: number): Promise<void> {
    for (const reply of replies) await this.dispatcher.reply(reply, at);
  }

  /** A device connected or subscribed. Never throws: what could not be done is done by the next tick. */
  async listening(deviceId: string): Promise<void> {
    await this.#guarded(() => this.dispatcher.listening(deviceId));
  }

  warned(events: readonly WallEvent[]): void {
    this.#densifier.follow(events);
  }

  async heard(readings: readonly StoredReading[]): Promise<void> {
    await this.intervals.heard(new Set(readings.map(({ deviceId }) => deviceId)));
  }

  /** Called each second; one that still runs is not overtaken. */
  tick(): Promise<void> {
    this.#ticking ??= this.#guarded(async () => {
      await this.dispatcher.tick();
      await this.#densifier.tick();
      await this.intervals.tick(this.needs.clock.now());
    }).finally(() => {
      this.#ticking = undefined;
    });
    return this.#ticking;
  }

  async #ended(command: DeviceCommand, device: RegisteredDevice): Promise<void> {
    if (command.answer?.ok) await this.#carriedOut(command, device, Date.parse(command.answer.at));
    await this.#densifier.ended(command);
  }

  /** What a device has acknowledged is in force, also when its answer came after the command was given up. */
  async #carriedOut(command: DeviceCommand, device: RegisteredDevice, at: number): Promise<void> {
    const order = DeviceOrder.safeParse({ command: command.command, parameters: command.parameters });
    if (!order.success) return;
    const usual = this.intervals.usual(device);
    const cause = (seconds: number) => (command.by !== densifyBy ? 'command' : seconds === usual ? 'returned' : 'densified');
    // The interval of one sensor is not the device's.
    if (order.data.command === 'setsensortime' && order.data.parameters.uploadInterval !== undefined && !order.data.parameters.sensor) {
      const { uploadInterval } = order.data.parameters;
      await this.intervals.acknowledged(device, uploadInterval, at, cause(uploadInterval), command.msgid);
    }
    if (order.data.command === 'setworkmode') {
      // 应急: every sample at the plus interval is uploaded (domain.md §1.6); the other two keep what the device has.
      const seconds = order.data.parameters.mode === 'emergency' ? this.needs.settings().downlink.plusInterval : usual;
      const own = order.data.parameters.mode === 'emergency' ? 'densified' : 'returned';
      if (seconds !== this.intervals.told(device)) await this.intervals.acknowledged(device, seconds, at, own, command.msgid);
    }
    if (order.data.command === 'setInitial') await this.#zeroed(device, order.data.parameters.sensor, at);
  }

  /** A baseline epoch: the first sample after it is flagged `reset`, so that the new zero is not taken for a movement. */
  async #zeroed({ deviceId }: RegisteredDevice, sensor: string, at: number): Promise<void> {
    const device = this.needs.registry.device(deviceId);
    if (!device) return;
    const since = toIso(pointClock(this.needs.registry.point(device.hazardPoint)?.drill, at));
    // The same answer again, after its first try could not be stored to the end.
    if (device.zeros?.some((zero) => zero.sensor === sensor && zero.since === since)) return;
    const zeros = [...(device.zeros ?? []), { sensor, since }].slice(-ZEROS_KEPT);
    await this.needs.store.deviceIntervals.saveZeros(deviceId, zeros);
    this.needs.registry.changeDevice({ ...device, zeros });
    await this.needs.bus.publish('registry.changed', { points: [device.hazardPoint] });
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.needs.logger.warn({ err: error }, 'commands to devices wait for the database or the journal; tried again in a second');
    }
  }
}
