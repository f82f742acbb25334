import {
  DAY,
  fromIso,
  pointClock,
  SECOND,
  type Clock,
  type DryRun,
  type HazardPoint,
  type PointImpact,
  type RegistryView,
  type StoredReading,
} from '#libs/contracts';
import type { DryRunStore, RuleStore } from '#libs/command';
import type { Logger } from '#libs/platform';
import { StoreAway } from '#libs/store';
import type { ReplaySide, ReplayStart } from './replay.js';
import { ReplayThread } from './replay-thread.js';

/** Between two tries while the database is away. */
const RETRY_MS = 5_000;
/** Progress is written this often: a person watches it, and each writing is a row's new version. */
const PROGRESS_MS = SECOND;

/** First piece of history, and the longest: an empty year is passed in some dozens of them. */
const PIECE_MS = DAY;
const LONGEST_PIECE_MS = 8 * DAY;
/** Readings of a piece above which the next is half as long: they are in memory twice while they cross to the thread. */
const LARGE_PIECE = 40_000;
const SMALL_PIECE = 5_000;

type Run = Omit<DryRun, 'totals'>;

export interface DryRunNeeds {
  dryRuns: DryRunStore;
  rules: Pick<RuleStore, 'versions'>;
  registry: RegistryView;
  clock: Clock;
  logger: Logger;
}

/**
 * Carries out the dry runs that wait in the store, one after another, in a thread of its own. One that the end of the station broke off is
 * begun again at the next start; one that can't be carried out ends `failed` with the reason.
 */
export class DryRunDesk {
  #working: Promise<void> | undefined;
  #wanted = false;
  #thread: ReplayThread | undefined;
  #stopping = false;
  #wakeUp: () => void = () => undefined;

  constructor(private readonly needs: DryRunNeeds) {}

  /** Something may wait. */
  wake(): void {
    this.#wanted = true;
    if (this.#stopping || this.#working) return;
    this.#working = this.#untilDone()
      .catch((error: unknown) => this.needs.logger.error({ err: error }, 'dry runs stopped; tried again with the next one'))
      .finally(() => {
        this.#working = undefined;
      });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wakeUp();
    await this.#thread?.close();
    await this.#working;
  }

  async #untilDone(): Promise<void> {
    while (this.#wanted && !this.#stopping) {
      this.#wanted = false;
      try {
        for (let run = await this.#oldest(); run && !this.#stopping; run = await this.#oldest()) await this.#carryOut(run);
      } catch (error) {
        if (!(error instanceof StoreAway)) throw error;
        this.#wanted = true;
        await this.#pause();
      }
    }
  }

  async #oldest(): Promise<Run | undefined> {
    const [run] = await this.needs.dryRuns.unfinished();
    return run;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeUp = resolve;
      setTimeout(resolve, RETRY_MS).unref();
    });
  }

  async #carryOut(run: Run): Promise<void> {
    const { dryRuns, clock, logger } = this.needs;
    const began = performance.now();
    try {
      const items = await this.#items(run);
      if (this.#stopping) return;
      await dryRuns.finish(run.id, clock.now(), { items });
      logger.info({ run: run.id, points: items.length, seconds: (performance.now() - began) / SECOND }, 'dry run finished');
    } catch (error) {
      if (this.#stopping || error instanceof StoreAway) throw error;
      const fault = error instanceof Error ? error.message : String(error);
      logger.error({ err: error, run: run.id }, 'dry run failed');
      await dryRuns.finish(run.id, clock.now(), { fault });
    } finally {
      await this.#thread?.close();
      this.#thread = undefined;
    }
  }

  async #items(run: Run): Promise<PointImpact[]> {
    const { registry, rules, dryRuns } = this.needs;
    const texts = new Map((await rules.versions(run.rulebook)).map((version) => [version.version, version.text]));
    const side = (version: string, thresholds: ReplaySide['thresholds']): ReplaySide => {
      const text = texts.get(version);
      if (text === undefined) throw new Error(`version ${version} of ${run.rulebook} is not in the store`);
      return { text, version, thresholds };
    };
    const points = [...registry.points()].filter(
      (point) => (run.trial ? point.unifiedCode === run.trial.hazardPoint : point.rulebook === run.rulebook) && !point.closed,
    );
    const thread = (this.#thread = ReplayThread.start());
    const items: PointImpact[] = [];
    let toldAt = 0;
    const tell = async (part: number): Promise<void> => {
      if (this.#stopping) throw new Error('the station is stopping');
      if (performance.now() - toldAt < PROGRESS_MS) return;
      toldAt = performance.now();
      await dryRuns.progress(run.id, Math.min(1, (items.length + part) / Math.max(1, points.length)));
    };
    for (const point of points) {
      const devices = registry.devicesOf(point.unifiedCode).map(({ deviceId, interval, profile }) => ({ deviceId, interval, profile }));
      const judged = {
        point,
        devices,
        live: run.against === null ? null : side(run.against, point.thresholds),
        next: side(run.version, run.trial?.thresholds ?? point.thresholds),
      };
      items.push(await this.#judge(thread, run, judged, tell));
    }
    return items;
  }

  /** One point, a piece of its history at a time: a year of it would not fit in memory. */
  async #judge(
    thread: ReplayThread,
    run: Run,
    judged: Omit<ReplayStart, 'from' | 'to'>,
    tell: (part: number) => Promise<void>,
  ): Promise<PointImpact> {
    const { point } = judged;
    const to = pointClock(point.drill, fromIso(run.to));
    const from = to - (fromIso(run.to) - fromIso(run.from));
    await thread.begin({ ...judged, from, to });
    const begin = from - (await thread.horizon(judged));
    let late: StoredReading[] = [];
    let piece = PIECE_MS;
    for (let at = begin, until: number; at < to; at = until) {
      until = Math.min(at + piece, to);
      const arrived = [...late, ...(await this.needs.dryRuns.readings(point.unifiedCode, at, until))].toSorted((a, b) => a.seq - b.seq);
      // What came after this piece of time is judged with the piece it came in, as it was live.
      late = arrived.filter((reading) => arrivedAt(point, reading) >= until);
      await thread.feed(
        arrived.filter((reading) => arrivedAt(point, reading) < until),
        until,
      );
      if (arrived.length > LARGE_PIECE) piece /= 2;
      else if (arrived.length < SMALL_PIECE) piece = Math.min(2 * piece, LONGEST_PIECE_MS);
      await tell((until - begin) / (to - begin));
    }
    return thread.end();
  }
}

const arrivedAt = (point: HazardPoint, reading: StoredReading): number => pointClock(point.drill, reading.receivedAt);
