import { commandCodec } from '#devices';
import { SECOND, type Clock, type DeviceCatalogue, type StageBus, type StoredReading } from '#libs/contracts';
import { Downlink, SampleCounter, type CommandStore, type DeviceLink, type RegistryIndex, type SettingsKeeper } from '#libs/command';
import type { Rulebook } from '#libs/evaluate';
import { stageLogger, type Logger, type Metrics } from '#libs/platform';

export interface DownlinkRunnerNeeds {
  store: CommandStore;
  link: DeviceLink;
  clock: Clock;
  bus: StageBus;
  registry: RegistryIndex;
  catalogue: DeviceCatalogue;
  settings: SettingsKeeper;
  /** The version of a rulebook that is in force. */
  rulebook: (id: string) => Rulebook | undefined;
  logger: Logger;
  metrics: Metrics;
}

/** Expiry, repetition and return are seen at most this late. */
const TICK_EVERY = SECOND;
/** Counters are written this often: what a crash leaves to be counted again from the store. More often: a write a second for nothing. */
const COUNT_EVERY = 10 * SECOND;

/** Runs the way down to devices and the daily counters: timers and metrics; the rest is in libs/command. */
export class DownlinkRunner {
  readonly downlink: Downlink;
  readonly #counter: SampleCounter;
  readonly #logger: Logger;
  #timers: NodeJS.Timeout[] = [];

  constructor(private readonly needs: DownlinkRunnerNeeds) {
    this.#logger = stageLogger(needs.logger, 'command');
    const counts = needs.metrics.counter('command', 'downlink_total', 'Commands to devices and their answers, by what happened', ['what']);
    this.downlink = new Downlink({
      ...needs,
      codec: commandCodec,
      settings: needs.settings.current,
      logger: this.#logger,
      count: (what) => counts.inc({ what }),
    });
    this.#counter = new SampleCounter(needs.store.kpis);
  }

  async start(): Promise<void> {
    await this.downlink.start();
    await this.#counter.start();
    this.needs.bus.listen('command', 'ledger.written', ({ events }) => this.downlink.warned(events));
    this.#timers = [setInterval(() => void this.downlink.tick(), TICK_EVERY), setInterval(() => void this.#count(), COUNT_EVERY)];
    for (const timer of this.#timers) timer.unref();
  }

  follow(readings: readonly StoredReading[]): void {
    this.#counter.follow(readings);
    // Not awaited: what follows from a new interval must not hold up the next reading.
    void this.downlink.heard(readings).catch((error: unknown) => this.#logger.warn({ err: error }, 'a new interval could not be applied'));
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#count();
  }

  async #count(): Promise<void> {
    await this.#counter
      .flush()
      .catch((error: unknown) => this.#logger.warn({ err: error }, 'readings of the day could not be counted; they are counted later'));
  }
}
