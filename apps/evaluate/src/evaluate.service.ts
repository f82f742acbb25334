import { Inject, Injectable } from '@nestjs/common';
import {
  pointClock,
  why,
  type Clock,
  type IndicatorSeries,
  type JudgementMark,
  type PointState,
  type RegistryView,
  type StageBus,
  type StoredReading,
} from '#libs/contracts';
import type { Rulebook } from '#libs/evaluate';
import { stageLogger, token, type Config, type Health, type Logger, type Metrics } from '#libs/platform';
import { StoreAway, type Store } from '#libs/store';
import type { Judgement } from '#libs/stream';
import { carryOn } from './evaluator-factory.js';
import { EvaluateMetrics } from './evaluate-metrics.js';
import { PictureBoard } from './picture-board.js';
import { PointRunner, type RunnerNeeds } from './point-runner.js';
import type { ShowAlarm } from './rulebook-alarms.js';
import { RulebookDesk } from './rulebook-desk.js';

/** Beat of the points' clocks: silence, holds and expiry are seen at most this late. */
const tickEvery = 1_000;
/** Readings judged again after a crash when nothing happened: at most this long's worth. */
const marksEvery = 10_000;
/** A point that could not be started is tried again with a reading after this long: sooner would ask the database at every reading. */
const restartAfter = 30_000;
/** Points whose windows are rebuilt at once when a rulebook changes: each reads its history, and readings that arrive need the database too. */
const reloadsAtOnce = 4;
/** Between two tries to hand a decision on. The point waits: a decision is never dropped. */
const retryEvery = 1_000;

/** Judges every hazard point continuously. See libs/stream for one point, libs/evaluate for the judgement itself. */
@Injectable()
export class EvaluateService {
  readonly #runners = new Map<string, Promise<PointRunner | undefined>>();
  readonly #ready = new Map<string, PointRunner>();
  /** Points that are not judged, and when they were given up. Their readings are in the store and are judged at the next start. */
  readonly #broken = new Map<string, number>();
  readonly #logger: Logger;
  readonly #metrics: EvaluateMetrics;
  readonly #rules: RulebookDesk;
  readonly #board: PictureBoard;
  #onJudgement: ((judgement: Judgement) => Promise<void>) | undefined;
  #watched: (hazardPoint: string) => boolean = () => true;
  #timers: NodeJS.Timeout[] = [];
  #stopping = false;
  #saving: Promise<void> = Promise.resolve();

  constructor(
    @Inject(token.config) config: Config,
    @Inject(token.logger) logger: Logger,
    @Inject(token.metrics) metrics: Metrics,
    @Inject(token.health) private readonly health: Health,
    @Inject(token.clock) private readonly clock: Clock,
    @Inject(token.bus) bus: StageBus,
    @Inject(token.store) private readonly store: Pick<Store, 'judgements' | 'rules' | 'shadows' | 'dryRuns'>,
    @Inject(token.registry) private readonly registry: RegistryView,
  ) {
    this.#logger = stageLogger(logger, 'evaluate');
    this.#metrics = new EvaluateMetrics(metrics);
    this.#rules = new RulebookDesk({
      config,
      store,
      registry,
      clock,
      logger: this.#logger,
      liveMark: (hazardPoint) => this.#liveMark(hazardPoint),
    });
    this.#board = new PictureBoard(
      clock,
      (hazardPoint) => this.#ready.get(hazardPoint)?.state,
      (state) => bus.publish('point.judged', { state }),
      (hazardPoint) => this.#watched(hazardPoint),
      this.#logger,
    );
  }

  /** Who takes decisions. Awaited, one at a time for each point, tried again until it succeeds. Call before `start`. */
  connect(onJudgement: (judgement: Judgement) => Promise<void>): void {
    this.#onJudgement = onJudgement;
  }

  /** Who shows alarms about rules to people. Call before `start`. */
  connectAlarms(show: ShowAlarm): void {
    this.#rules.alarms.connect(show);
  }

  /** Whether somebody looks at a point: pictures of the others are not made. Without it all are. */
  connectWatchers(watched: (hazardPoint: string) => boolean): void {
    this.#watched = watched;
  }

  /** Warm start of every open point: resolves when everything stored so far is judged. */
  async start(): Promise<void> {
    this.#stopping = false;
    await this.#rules.inForce.start();
    this.#rules.lookAtPoints();
    const marks = new Map((await this.store.judgements.marks()).map((mark) => [mark.hazardPoint, mark]));
    for (const point of this.registry.points()) {
      if (point.closed) continue;
      this.#begin(point.unifiedCode, marks.get(point.unifiedCode));
      // One after another: a thousand points reading their history at once would starve the database of the readings that arrive meanwhile.
      await this.#runners.get(point.unifiedCode);
    }
    if (this.#broken.size === 0) this.health.set('evaluate', 'ok');
    this.#rules.begin((rulebooks) => this.reloadRules(rulebooks));
    this.#timers = [setInterval(() => this.#tickAll(), tickEvery), setInterval(() => void this.saveMarks(), marksEvery)];
  }

  /** Stored readings, in seq order. Resolves when they are judged and what that produced is written. */
  async judge(readings: readonly StoredReading[]): Promise<void> {
    const byPoint = new Map<string, StoredReading[]>();
    for (const reading of readings) {
      const own = byPoint.get(reading.hazardPoint);
      if (own) own.push(reading);
      else byPoint.set(reading.hazardPoint, [reading]);
    }
    // Never waited for: a shadow takes its readings in its own time.
    for (const [hazardPoint, own] of byPoint) this.#rules.shadows.offer(hazardPoint, own);
    const under: Promise<void>[] = [];
    for (const [hazardPoint, own] of byPoint) {
      const runner = this.#ready.get(hazardPoint);
      const judging = runner ? this.#judgeBy(runner, own) : this.#judgeLater(hazardPoint, own);
      if (judging) under.push(judging);
    }
    if (under.length > 0) await Promise.all(under);
  }

  #judgeBy(runner: PointRunner, readings: readonly StoredReading[]): Promise<void> | undefined {
    this.#metrics.readings.inc(readings.length);
    // A broken point is on record through #giveUp; it must not stop the others.
    return runner.judge(readings)?.catch(() => undefined);
  }

  /** Only a point that has not begun asks the store: while that is away it stays grey, and the others are judged. */
  async #judgeLater(hazardPoint: string, readings: readonly StoredReading[]): Promise<void> {
    const runner = await this.#runner(hazardPoint).catch((error: unknown) => this.#giveUp(hazardPoint, error));
    if (runner) await this.#judgeBy(runner, readings);
  }

  /** The picture of a point, explained; undefined for one nobody knows. */
  state(hazardPoint: string): PointState | undefined {
    const runner = this.#ready.get(hazardPoint);
    if (runner) return runner.explained;
    const point = this.registry.point(hazardPoint);
    if (!point) return undefined;
    return {
      hazardPoint,
      level: 'unknown',
      certainty: null,
      confirmedLevel: 'unknown',
      rule: { id: point.rulebook, version: this.#rules.inForce.get(point.rulebook)?.version ?? '' },
      judgedTo: 0,
      eventAt: null,
      indicators: [],
      missing: [
        {
          indicator: '*',
          why: why(point.closed ? 'closed-point' : this.#rules.inForce.get(point.rulebook) ? 'not-judged-yet' : 'no-rulebook'),
        },
      ],
    };
  }

  /** Curves of a point's indicators, from an event time (ms) on; none for a point that is not judged. */
  series(hazardPoint: string, since?: number): IndicatorSeries[] {
    return this.#ready.get(hazardPoint)?.series(since) ?? [];
  }

  /** Points, their thresholds or their devices changed. */
  async reload(points: readonly string[]): Promise<void> {
    const left = [...points];
    const some = async (): Promise<void> => {
      for (let code = left.pop(); code !== undefined; code = left.pop()) await this.#renew(code);
    };
    await Promise.all(Array.from({ length: reloadsAtOnce }, some));
    this.#rules.lookAtPoints();
    void this.#rules.shadows.reload(points);
  }

  /** Versions of these rulebooks were activated or rolled back in the store. */
  async reloadRules(rulebooks: readonly string[]): Promise<void> {
    await this.#rules.inForce.reload();
    this.#rules.lookAtPoints();
    const concerned = [...this.registry.points()].filter((point) => rulebooks.includes(point.rulebook));
    await this.reload(concerned.map((point) => point.unifiedCode));
  }

  /** Shadows were started or ended in the store. */
  shadowsChanged(): void {
    this.#rules.shadows.sync();
  }

  /** A dry run waits in the store. */
  dryRunsWait(): void {
    this.#rules.dryRuns.wake();
  }

  /** Ids of the rulebooks in force: for checks at the border (unknown-rulebook). */
  rulebookIds(): readonly string[] {
    return this.#rules.inForce.ids();
  }

  /** The version of a rulebook that is in force. */
  rulebook(id: string): Rulebook | undefined {
    return this.#rules.inForce.get(id);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    await this.#rules.stop();
    await Promise.all([...this.#ready.values()].map((runner) => runner.drained().catch(() => undefined)));
    await this.saveMarks();
    await this.#board.stop();
  }

  /** Saves the marks of points whose judgement produced nothing since they were last saved. */
  saveMarks(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#saveNow());
    return this.#saving;
  }

  async #saveNow(): Promise<void> {
    const runners = [...this.#ready.values()];
    const marks = runners.flatMap((runner) => runner.unsavedMark() ?? []);
    if (marks.length === 0) return;
    try {
      await this.store.judgements.saveMarks(marks);
      for (const mark of marks) this.#ready.get(mark.hazardPoint)?.saved(mark);
    } catch (error) {
      this.#logger.warn(
        { err: error, points: marks.length },
        'judgement marks not saved; tried again in ten seconds, readings since then would be judged again after a crash',
      );
    }
  }

  async #runner(hazardPoint: string): Promise<PointRunner | undefined> {
    const point = this.registry.point(hazardPoint);
    const brokenAt = this.#broken.get(hazardPoint);
    if (brokenAt !== undefined && this.clock.now() - brokenAt < restartAfter) return undefined;
    if (!this.#runners.has(hazardPoint) && point && !point.closed) {
      const mark = (await this.store.judgements.marks()).find((one) => one.hazardPoint === hazardPoint);
      if (!this.#runners.has(hazardPoint)) this.#begin(hazardPoint, mark);
    }
    return this.#runners.get(hazardPoint);
  }

  #begin(hazardPoint: string, mark: Parameters<typeof PointRunner.start>[1]): void {
    this.#runners.set(hazardPoint, this.#startRunner(hazardPoint, mark));
  }

  async #startRunner(hazardPoint: string, mark: Parameters<typeof PointRunner.start>[1]): Promise<PointRunner | undefined> {
    try {
      const runner = await PointRunner.start(hazardPoint, mark, this.#needs());
      this.#ready.set(hazardPoint, runner);
      this.#metrics.points.set(this.#ready.size);
      if (this.#broken.delete(hazardPoint) && this.#broken.size === 0) this.health.set('evaluate', 'ok');
      this.#board.changed(hazardPoint);
      return runner;
    } catch (error) {
      if (this.#stopping) return undefined;
      this.#giveUp(hazardPoint, error);
      return undefined;
    }
  }

  async #renew(hazardPoint: string): Promise<void> {
    this.#broken.delete(hazardPoint);
    const point = this.registry.point(hazardPoint);
    if (point && !point.closed) {
      const known = this.#runners.has(hazardPoint);
      const runner = await this.#runner(hazardPoint);
      if (known && runner) await runner.reload().catch(() => undefined);
      return;
    }
    await this.saveMarks();
    this.#runners.delete(hazardPoint);
    this.#ready.delete(hazardPoint);
    this.#metrics.points.set(this.#ready.size);
  }

  #needs(): RunnerNeeds {
    const { judgements } = this.store;
    const needs = {
      registry: this.registry,
      judgements,
      rulebook: (id: string) => this.#rules.inForce.get(id),
      clock: this.clock,
      logger: this.#logger,
    };
    return {
      after: (hazardPoint, after, limit) => judgements.after(hazardPoint, after, limit),
      rebuild: (hazardPoint, mark) => carryOn(hazardPoint, mark, needs),
      late: {
        history: (hazardPoint, from, judgedTo) => judgements.history(hazardPoint, from, judgedTo),
        postponed: (hazardPoint, err) =>
          this.#logger.warn({ err, hazardPoint }, 'late data could not be judged at their own moments; tried again in half a minute'),
      },
      write: (judgement) => this.#handOn(judgement),
      changed: (hazardPoint) => this.#board.changed(hazardPoint),
      broken: (hazardPoint, error) => this.#giveUp(hazardPoint, error),
    };
  }

  async #handOn(judgement: Judgement): Promise<void> {
    const decision = judgement.decision;
    if (!decision || !this.#onJudgement) return;
    this.#metrics.decisions.inc({ level: decision.level, certainty: decision.certainty ?? 'none' });
    this.#logger.info(
      {
        hazardPoint: judgement.hazardPoint,
        level: decision.level,
        certainty: decision.certainty,
        reasons: decision.reasons.map((reason) => reason.code),
      },
      'decision',
    );
    for (;;) {
      try {
        await this.#onJudgement(judgement);
        this.#rules.shadows.live(judgement);
        return;
      } catch (error) {
        // Stopping with a decision not written: the mark stays before it and the next start judges it again (promise 2).
        // Refused for good: only this point stops, and is begun again from its mark; the others are judged on.
        if (this.#stopping || !(error instanceof StoreAway)) throw error;
        this.#logger.error(
          { err: error, hazardPoint: judgement.hazardPoint },
          'decision not taken by alert; the point waits and it is handed on again',
        );
        await new Promise((resolve) => setTimeout(resolve, retryEvery));
      }
    }
  }

  #giveUp(hazardPoint: string, error: unknown): void {
    this.#ready.delete(hazardPoint);
    this.#runners.delete(hazardPoint);
    if (this.#stopping) return;
    this.#broken.set(hazardPoint, this.clock.now());
    this.#metrics.broken.inc();
    this.#logger.error(
      { err: error, hazardPoint },
      'point is not judged; it is started again from its mark, with a reading half a minute from now or when its rules change',
    );
    this.health.set('evaluate', 'degraded', `${hazardPoint} is not judged: ${error instanceof Error ? error.message : String(error)}`);
  }

  #tickAll(): void {
    const wall = this.clock.now();
    for (const [hazardPoint, runner] of this.#ready) {
      const point = this.registry.point(hazardPoint);
      if (point && !runner.busy) runner.tick(pointClock(point.drill, wall)).catch(() => undefined);
    }
    this.#rules.shadows.tick(wall);
    this.#board.flush();
  }

  async #liveMark(hazardPoint: string): Promise<{ mark: JudgementMark; state: PointState } | undefined> {
    const runner = this.#ready.get(hazardPoint);
    if (!runner) return undefined;
    const mark = await runner.mark();
    return { mark, state: runner.state };
  }
}
