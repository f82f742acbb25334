import { Inject, Injectable } from '@nestjs/common';
import {
  why,
  type Clock,
  type IndicatorSeries,
  type PointLevel,
  type PointState,
  type RegistryView,
  type StageBus,
  type StoredReading,
} from '#libs/contracts';
import type { Rulebook } from '#libs/evaluate';
import { stageLogger, token, type Config, type Health, type Logger, type Metrics } from '#libs/platform';
import type { Store } from '#libs/store';
import type { Judgement } from '#libs/stream';
import { DecisionOutlet } from './points/decision-outlet.js';
import { EvaluateMetrics } from './evaluate-metrics.js';
import { JudgedPoints } from './points/judged-points.js';
import { SlowPoints, type Judging } from './points/slow-points.js';
import { PictureBoard } from './points/picture-board.js';
import type { ShowAlarm } from './rules/rulebook-alarms.js';
import { RulebookDesk } from './rules/rulebook-desk.js';

/** Beat of the points' clocks: silence, holds and expiry are seen at most this late. */
const tickEvery = 1_000;
/** How often points that were given up are looked at; each is tried again half a minute after it was. */
const tryAgainEvery = 10_000;
/** Readings judged again after a crash when nothing happened: at most this long's worth. */
const marksEvery = 10_000;
/** Points whose windows are rebuilt at once when a rulebook changes: each reads its history, and readings that arrive need the database too. */
const reloadsAtOnce = 4;

/** Judges every hazard point continuously. See libs/stream for one point, libs/evaluate for the judgement itself. */
@Injectable()
export class EvaluateService {
  readonly #logger: Logger;
  readonly #rules: RulebookDesk;
  readonly #board: PictureBoard;
  readonly #outlet: DecisionOutlet;
  readonly #points: JudgedPoints;
  readonly #queues = new SlowPoints();
  #watched: (hazardPoint: string) => boolean = () => true;
  #timers: NodeJS.Timeout[] = [];

  constructor(
    @Inject(token.config) config: Config,
    @Inject(token.logger) logger: Logger,
    @Inject(token.metrics) metrics: Metrics,
    @Inject(token.health) health: Health,
    @Inject(token.clock) private readonly clock: Clock,
    @Inject(token.bus) bus: StageBus,
    @Inject(token.store) store: Pick<Store, 'judgements' | 'rules' | 'shadows' | 'dryRuns'>,
    @Inject(token.registry) private readonly registry: RegistryView,
  ) {
    this.#logger = stageLogger(logger, 'evaluate');
    const counted = new EvaluateMetrics(metrics);
    this.#rules = new RulebookDesk({
      config,
      store,
      registry,
      clock,
      logger: this.#logger,
      liveMark: (hazardPoint) => this.#points.markOf(hazardPoint),
    });
    this.#board = new PictureBoard(
      clock,
      (hazardPoint) => this.#points.of(hazardPoint)?.state,
      (state) => bus.publish('point.judged', { state }),
      (hazardPoint) => this.#watched(hazardPoint),
      this.#logger,
    );
    this.#outlet = new DecisionOutlet(this.#logger, counted, (judgement) => this.#rules.shadows.live(judgement));
    this.#points = new JudgedPoints({
      registry,
      judgements: store.judgements,
      rulebook: (id) => this.#rules.inForce.get(id),
      clock,
      logger: this.#logger,
      metrics: counted,
      health,
      handOn: (judgement) => this.#outlet.handOn(judgement),
      changed: (hazardPoint) => this.#board.changed(hazardPoint),
    });
  }

  /** Who takes decisions. Awaited, one at a time for each point, tried again until it succeeds. Call before `start`. */
  connect(onJudgement: (judgement: Judgement) => Promise<void>): void {
    this.#outlet.connect(onJudgement);
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
    this.#outlet.open();
    await this.#rules.inForce.start();
    this.#rules.lookAtPoints();
    await this.#points.start();
    this.#rules.begin((rulebooks) => this.reloadRules(rulebooks));
    this.#timers = [
      setInterval(() => this.#tickAll(), tickEvery),
      setInterval(() => void this.#points.saveSomeMarks(marksEvery / tickEvery), tickEvery),
      setInterval(() => void this.#points.checkpoint(), tickEvery),
      setInterval(() => void this.#points.tryAgain(), tryAgainEvery),
    ];
  }

  /**
   * Stored readings, in seq order. Resolves when they are judged and what that produced is written, but for points that are slow: those judge
   * theirs in their own time.
   */
  async judge(readings: readonly StoredReading[]): Promise<void> {
    const byPoint = new Map<string, StoredReading[]>();
    for (const reading of readings) {
      const own = byPoint.get(reading.hazardPoint);
      if (own) own.push(reading);
      else byPoint.set(reading.hazardPoint, [reading]);
    }
    // Never waited for: a shadow takes its readings in its own time.
    for (const [hazardPoint, own] of byPoint) this.#rules.shadows.offer(hazardPoint, own);
    const under: Judging[] = [];
    for (const [hazardPoint, own] of byPoint) {
      const done = this.#points.judge(hazardPoint, own);
      if (done) under.push({ hazardPoint, readings: own.length, done });
    }
    if (under.length > 0) await this.#queues.wait(under);
  }

  /** What was last said of a point; undefined: it is not judged. Asked of every point by each wall that connects. */
  level(hazardPoint: string): PointLevel | undefined {
    return this.#points.of(hazardPoint)?.said.level;
  }

  /** The picture of a point, explained; undefined for one nobody knows. */
  state(hazardPoint: string): PointState | undefined {
    const runner = this.#points.of(hazardPoint);
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
    return this.#points.of(hazardPoint)?.series(since) ?? [];
  }

  /** Points, their thresholds or their devices changed. */
  async reload(points: readonly string[]): Promise<void> {
    const left = [...points];
    const some = async (): Promise<void> => {
      for (let code = left.pop(); code !== undefined; code = left.pop()) await this.#points.renew(code);
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
    this.#points.stopping();
    this.#outlet.close();
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    await this.#rules.stop();
    await this.#points.drain();
    await this.#board.stop();
  }

  /** Saves how far points are judged whose judgement produced nothing since it was last saved. */
  saveMarks(): Promise<void> {
    return this.#points.saveMarks();
  }

  #tickAll(): void {
    const wall = this.clock.now();
    this.#points.tick(wall);
    this.#rules.shadows.tick(wall);
    this.#board.flush();
  }
}
