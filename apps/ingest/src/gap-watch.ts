import type { DataGap, RegistryView, StoredReading } from '#libs/contracts';
import { DAY } from '#libs/contracts';
import { GapDetector, type GapLog, type Rerequest } from '#libs/ingest';
import type { Logger, Metrics } from '#libs/platform';

/** Gaps that may wait to be written while the database is away. More: memory. Fewer: gaps of a long outage are found again only at the next start. */
const MAX_PENDING = 20_000;

export interface GapWatchOptions {
  log: GapLog;
  registry: RegistryView;
  logger: Logger;
  metrics: Metrics;
}

const keyOf = ({ deviceId, from }: DataGap): string => `${deviceId} ${from}`;

/** Follows what was stored, writes the gaps it finds, and asks devices for what is missing. Never holds a reading up. */
export class GapWatch {
  readonly #detector: GapDetector;
  readonly #pending = new Map<string, DataGap>();
  /** Gaps already written once: the device has been asked for them. */
  readonly #asked = new Set<string>();
  readonly #open;
  readonly #missing;
  readonly #filled;
  #writing: Promise<void> | undefined;
  #lastLook = Number.NEGATIVE_INFINITY;
  #rerequest: Rerequest | undefined;

  constructor(private readonly options: GapWatchOptions) {
    const { metrics, registry } = options;
    this.#detector = new GapDetector((deviceId) => registry.device(deviceId)?.interval);
    this.#open = metrics.gauge('ingest', 'gaps_open', 'Gaps in what devices sent that nothing has filled');
    this.#missing = metrics.counter('ingest', 'gap_samples_total', 'Samples found missing');
    this.#filled = metrics.counter('ingest', 'gaps_filled_total', 'Gaps filled by what came later');
  }

  /** Who can ask a device for its history. */
  connect(rerequest: Rerequest): void {
    this.#rerequest = rerequest;
  }

  /** Takes up the gaps of the run before. @throws when the store does not answer */
  async start(): Promise<void> {
    const open = await this.options.log.open();
    for (const gap of open) this.#asked.add(keyOf(gap));
    this.#detector.prime(open);
    this.#open.set(this.#detector.open);
  }

  /**
   * The newest samples stored before the start, oldest first, device by device: what was stored in the instant before a crash
   * is looked at again. Twice, as what came late fills only what is known already.
   */
  recall(readings: readonly Pick<StoredReading, 'deviceId' | 'hazardPoint' | 'channel' | 'time'>[], now: number): void {
    this.#note(this.#detector.follow(readings, now));
    this.#note(this.#detector.follow(readings, now));
  }

  follow(readings: readonly StoredReading[]): void {
    const now = readings.at(-1)?.receivedAt;
    if (now === undefined) return;
    this.#note(this.#detector.follow(readings, now));
    if (now - this.#lastLook < DAY) return;
    this.#lastLook = now;
    this.#note(this.#detector.giveUp(now));
  }

  /** Resolves when everything found is written, or could not be. */
  async stop(): Promise<void> {
    await this.#writing;
  }

  #note(gaps: readonly DataGap[]): void {
    if (gaps.length > 0) this.#open.set(this.#detector.open);
    for (const gap of gaps) {
      const key = keyOf(gap);
      if (gap.state === 'filled') this.#filled.inc();
      if (gap.state === 'open' && !this.#asked.has(key) && !this.#pending.has(key)) this.#missing.inc(gap.missing);
      if (this.#pending.size < MAX_PENDING || this.#pending.has(key)) this.#pending.set(key, gap);
    }
    if (this.#pending.size > 0) this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  /** Until nothing waits, or the database is away; then the next reading tries again. */
  async #write(): Promise<void> {
    // The readings that are being stored go first.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#pending.size > 0) {
      const gaps = [...this.#pending.values()];
      try {
        await this.options.log.save(gaps);
      } catch (error) {
        this.options.logger.warn({ err: error, gaps: gaps.length }, 'gaps could not be written; trying again with the next reading');
        return;
      }
      // What changed while it was written stays.
      for (const gap of gaps) if (this.#pending.get(keyOf(gap)) === gap) this.#pending.delete(keyOf(gap));
      await this.#ask(gaps);
    }
  }

  async #ask(gaps: readonly DataGap[]): Promise<void> {
    for (const gap of gaps) {
      const key = keyOf(gap);
      if (gap.state !== 'open') this.#asked.delete(key);
      else if (!this.#asked.has(key)) {
        this.#asked.add(key);
        this.options.logger.info({ deviceId: gap.deviceId, from: gap.from, to: gap.to, missing: gap.missing }, 'gap in what a device sent');
        try {
          await this.#rerequest?.(gap);
        } catch (error) {
          this.options.logger.warn({ err: error, deviceId: gap.deviceId }, 'the device could not be asked for what is missing');
        }
      }
    }
  }
}
