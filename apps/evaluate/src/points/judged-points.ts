import { pointClock, type Clock, type JudgementMark, type PointState, type RegistryView, type StoredReading } from '#libs/contracts';
import type { Rulebook } from '#libs/evaluate';
import type { Health, Logger } from '#libs/platform';
import type { Judgement, JudgementStore } from '#libs/stream';
import type { EvaluateMetrics } from '../evaluate-metrics.js';
import { carryOn } from './evaluator-factory.js';
import type { PointRunner, RunnerNeeds } from './point-runner.js';
import { Turns } from './turns.js';
import { CheckpointRound } from './warm/checkpoint-round.js';
import { warmStart } from './warm/warm-start.js';

/** A point that could not be started is tried again with a reading after this long: sooner would ask the database at every reading. */
const restartAfter = 30_000;
/** ms of a stop that writing points down may take. Longer is taken from the twenty seconds of everybody; shorter, and a start of a thousand points judges minutes again. */
const lastCheckpoints = 4_000;

const nothingJudged = (hazardPoint: string): JudgementMark => ({ hazardPoint, judgedTo: 0, state: null });

export interface JudgedPointsNeeds {
  registry: RegistryView;
  judgements: JudgementStore;
  rulebook: (id: string) => Rulebook | undefined;
  clock: Clock;
  logger: Logger;
  metrics: EvaluateMetrics;
  health: Health;
  /** Takes a judgement; rejects when the station stops, or when it is refused for good. The point waits for it. */
  handOn: (judgement: Judgement) => Promise<void>;
  /** The picture of a point may have changed. */
  changed: (hazardPoint: string) => void;
}

/**
 * The points under judgement. Each begins at its mark; one that breaks is given up alone and begun again from there, so nothing stored is left
 * unjudged and no point stops the others.
 */
export class JudgedPoints {
  readonly #runners = new Map<string, Promise<PointRunner | undefined>>();
  readonly #ready = new Map<string, PointRunner>();
  /** Points that are not judged, and when they were given up. Their readings are in the store and are judged at the next start. */
  readonly #broken = new Map<string, number>();
  /** Points still judged as before a change, because their windows could not be read again. */
  readonly #outdated = new Set<string>();
  #stopping = false;
  #trying = false;
  #saving: Promise<void> = Promise.resolve();
  readonly #checkpoints: CheckpointRound;
  readonly #turns = new Turns();
  #markTurn = 0;

  constructor(private readonly needs: JudgedPointsNeeds) {
    this.#checkpoints = new CheckpointRound(needs);
  }

  /** Warm start of every open point: resolves when everything stored so far is judged. */
  async start(): Promise<void> {
    this.#stopping = false;
    const { judgements, registry, health, logger } = this.needs;
    const began = performance.now();
    const marks = new Map((await judgements.marks()).map((mark) => [mark.hazardPoint, mark]));
    const open = [...registry.points()].filter(({ closed, unifiedCode }) => !closed && !this.#runners.has(unifiedCode));
    const ways = await this.#begin(open.map(({ unifiedCode }) => marks.get(unifiedCode) ?? nothingJudged(unifiedCode)));
    logger.info({ points: open.length, ...ways, ms: Math.round(performance.now() - began) }, 'points are judged up to what is stored');
    if (this.#broken.size === 0) health.set('evaluate', 'ok');
  }

  /** What fails from now on does so because the station stops: no point is called broken for it. */
  stopping(): void {
    this.#stopping = true;
  }

  /** Resolves when everything that waits is judged, and how far, and as much of the checkpoints as there is time for, is saved. */
  async drain(): Promise<void> {
    await Promise.all([...this.#ready.values()].map((runner) => runner.drained().catch(() => undefined)));
    await this.saveMarks();
    await this.#checkpoints.all(this.#ready, lastCheckpoints);
  }

  /** Writes down the points whose turn it is. To be called once a second. */
  async checkpoint(): Promise<void> {
    await this.#checkpoints.turn(this.#ready);
  }

  /** Stored readings of one point, in seq order. @returns when they are judged and what that produced is written; undefined: that is so already */
  judge(hazardPoint: string, readings: readonly StoredReading[]): Promise<void> | undefined {
    const runner = this.#ready.get(hazardPoint);
    return runner ? this.#judgeBy(runner, readings) : this.#judgeLater(hazardPoint, readings);
  }

  /** The point's stream; undefined while it is not judged. */
  of(hazardPoint: string): PointRunner | undefined {
    return this.#ready.get(hazardPoint);
  }

  tick(wall: number): void {
    for (const [hazardPoint, runner] of this.#ready) {
      const point = this.needs.registry.point(hazardPoint);
      if (point && !runner.busy) runner.tick(pointClock(point.drill, wall)).catch(() => undefined);
    }
  }

  /** The point, its devices or its rulebook changed: it carries on by what holds now, begins, or ends. */
  async renew(hazardPoint: string): Promise<void> {
    this.#broken.delete(hazardPoint);
    const point = this.needs.registry.point(hazardPoint);
    if (point && !point.closed) {
      const known = this.#runners.has(hazardPoint);
      const runner = await this.#runner(hazardPoint);
      this.#outdated.delete(hazardPoint);
      if (known && runner)
        await runner.reload().catch((err: unknown) => {
          this.#outdated.add(hazardPoint);
          this.needs.logger.error(
            { err, hazardPoint },
            'a change is not in force at the point yet: it is judged as before, and tried again',
          );
        });
      return;
    }
    this.#outdated.delete(hazardPoint);
    await this.saveMarks();
    this.#runners.delete(hazardPoint);
    this.#ready.delete(hazardPoint);
    this.needs.metrics.points.set(this.#ready.size);
  }

  /** Begins again what was given up, also where no reading comes any more: the last one may be the one that counts. To be called now and then. */
  async tryAgain(): Promise<void> {
    if (this.#trying || this.#stopping) return;
    this.#trying = true;
    try {
      // Lists of their own: one that fails again is put back, and would be met again at once.
      const broken = [...this.#broken.keys()];
      const outdated = [...this.#outdated];
      for (const hazardPoint of broken) await this.#runner(hazardPoint).catch((error: unknown) => this.#giveUp(hazardPoint, error));
      for (const hazardPoint of outdated) await this.renew(hazardPoint);
    } finally {
      this.#trying = false;
    }
  }

  /** How far a point is judged, between two of its inputs; undefined: it is not judged. */
  async markOf(hazardPoint: string): Promise<{ mark: JudgementMark; state: PointState } | undefined> {
    const runner = this.#ready.get(hazardPoint);
    if (!runner) return undefined;
    const mark = await runner.mark();
    return { mark, state: runner.state };
  }

  /** One in `turns` of the points, in turn, so that the marks of all are not made in one moment. To be called now and then. */
  saveSomeMarks(turns: number): Promise<void> {
    this.#markTurn = (this.#markTurn + 1) % turns;
    const mine = [...this.#ready.values()].filter((_, at) => at % turns === this.#markTurn);
    this.#saving = this.#saving.then(() => this.#saveNow(mine));
    return this.#saving;
  }

  /** Saves the marks of points whose judgement produced nothing since they were last saved. */
  saveMarks(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#saveNow([...this.#ready.values()]));
    return this.#saving;
  }

  async #saveNow(runners: readonly PointRunner[]): Promise<void> {
    const marks = runners.flatMap((runner) => runner.unsavedMark() ?? []);
    if (marks.length === 0) return;
    try {
      await this.needs.judgements.saveMarks(marks);
      for (const mark of marks) this.#ready.get(mark.hazardPoint)?.saved(mark);
    } catch (error) {
      this.needs.logger.warn(
        { err: error, points: marks.length },
        'judgement marks not saved; tried again in ten seconds, readings since then would be judged again after a crash',
      );
    }
  }

  #judgeBy(runner: PointRunner, readings: readonly StoredReading[]): Promise<void> | undefined {
    this.needs.metrics.readings.inc(readings.length);
    // A broken point is on record through #giveUp; it must not stop the others.
    return runner.judge(readings)?.catch(() => undefined);
  }

  /** Only a point that has not begun asks the store: while that is away it stays grey, and the others are judged. */
  async #judgeLater(hazardPoint: string, readings: readonly StoredReading[]): Promise<void> {
    const runner = await this.#runner(hazardPoint).catch((error: unknown) => this.#giveUp(hazardPoint, error));
    if (runner) await this.#judgeBy(runner, readings);
  }

  async #runner(hazardPoint: string): Promise<PointRunner | undefined> {
    const point = this.needs.registry.point(hazardPoint);
    const brokenAt = this.#broken.get(hazardPoint);
    if (brokenAt !== undefined && this.needs.clock.now() - brokenAt < restartAfter) return undefined;
    if (!this.#runners.has(hazardPoint) && point && !point.closed) {
      const mark = (await this.needs.judgements.marks()).find((one) => one.hazardPoint === hazardPoint);
      if (!this.#runners.has(hazardPoint)) void this.#begin([mark ?? nothingJudged(hazardPoint)]);
    }
    return this.#runners.get(hazardPoint);
  }

  /** Never rejects: a point that can't be begun is given up alone. */
  async #begin(marks: readonly JudgementMark[]): Promise<object> {
    const { registry, judgements, rulebook, clock, logger } = this.needs;
    const settle = new Map<string, (runner: PointRunner | undefined) => void>();
    // All at once, before anything is awaited: readings that arrive meanwhile wait for their point, and nobody begins it a second time.
    for (const { hazardPoint } of marks)
      this.#runners.set(hazardPoint, new Promise<PointRunner | undefined>((resolve) => settle.set(hazardPoint, resolve)));
    const done = (hazardPoint: string, runner?: PointRunner): void => {
      settle.get(hazardPoint)?.(runner);
      settle.delete(hazardPoint);
    };
    const failed = (hazardPoint: string, error: unknown): void => {
      this.#giveUp(hazardPoint, error);
      done(hazardPoint);
    };
    const ways = await warmStart(marks, {
      registry,
      judgements,
      rulebook,
      clock,
      logger,
      runner: this.#runnerNeeds(),
      ready: (runner) => {
        this.#ready.set(runner.hazardPoint, runner);
        this.needs.metrics.points.set(this.#ready.size);
        if (this.#broken.delete(runner.hazardPoint) && this.#broken.size === 0) this.needs.health.set('evaluate', 'ok');
        this.needs.changed(runner.hazardPoint);
        done(runner.hazardPoint, runner);
      },
      failed,
    }).catch((error: unknown) => {
      for (const hazardPoint of settle.keys()) failed(hazardPoint, error);
      return {};
    });
    // Given up by its own judgement while it was catching up.
    for (const hazardPoint of settle.keys()) done(hazardPoint);
    return ways;
  }

  #runnerNeeds(): RunnerNeeds {
    const { registry, judgements, rulebook, clock, logger, handOn, changed } = this.needs;
    return {
      after: (hazardPoint, after, limit) => judgements.after(hazardPoint, after, limit),
      rebuild: (hazardPoint, mark) => carryOn(hazardPoint, mark, { registry, judgements, rulebook, clock, logger }),
      late: {
        history: (hazardPoint, from, judgedTo) => judgements.history(hazardPoint, from, judgedTo),
        postponed: (hazardPoint, err) =>
          logger.warn({ err, hazardPoint }, 'late data could not be judged at their own moments; tried again in half a minute'),
      },
      turn: () => this.#turns.next(),
      write: handOn,
      changed,
      broken: (hazardPoint, error) => this.#giveUp(hazardPoint, error),
    };
  }

  #giveUp(hazardPoint: string, error: unknown): void {
    this.#ready.delete(hazardPoint);
    this.#runners.delete(hazardPoint);
    if (this.#stopping) return;
    this.#broken.set(hazardPoint, this.needs.clock.now());
    this.needs.metrics.broken.inc();
    this.needs.logger.error(
      { err: error, hazardPoint },
      'point is not judged; it is started again from its mark half a minute from now, or when its rules change',
    );
    this.needs.health.set(
      'evaluate',
      'degraded',
      `${hazardPoint} is not judged: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
