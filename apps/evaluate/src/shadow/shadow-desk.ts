import {
  fromIso,
  MAX_SHADOW_DECISIONS,
  pointClock,
  type Clock,
  type JudgementMark,
  type PointState,
  type RegistryView,
  type RuleShadow,
  type ShadowEnd,
  type StoredReading,
} from '#libs/contracts';
import type { RuleStore, ShadowStore } from '#libs/command';
import { parseRulebook, type Rulebook } from '#libs/evaluate';
import type { Logger } from '#libs/platform';
import { StoreAway } from '#libs/store';
import type { Judgement, JudgementStore } from '#libs/stream';
import { carryOn } from '../points/evaluator-factory.js';
import type { RunnerNeeds } from '../points/point-runner.js';
import { ShadowPoint } from './shadow-point.js';
import { ShadowRecord } from './shadow-record.js';

/** Between two looks for points that should have a shadow and have none (begun to be judged, broken, the database was away). */
const SYNC_MS = 30_000;
/** A restart judges again at most this long's readings of a quiet shadow. */
const SAVE_MS = 10_000;

export interface ShadowNeeds {
  shadows: ShadowStore;
  rules: Pick<RuleStore, 'versions'>;
  judgements: Pick<JudgementStore, 'history' | 'after'>;
  registry: RegistryView;
  clock: Clock;
  logger: Logger;
  /** How far the version in force has judged a point, between two of its inputs; undefined: it is not judged. */
  liveMark: (hazardPoint: string) => Promise<{ mark: JudgementMark; state: PointState } | undefined>;
}

interface Running {
  shadow: RuleShadow;
  book: Rulebook;
  points: Map<string, ShadowPoint>;
}

/**
 * Versions that run beside the ones in force. A shadow begins where live judgement stands, as if it had been put in force that moment, sees
 * the same readings and ticks, and writes what it says to a table of its own. Nothing of it reaches alert, the wall or a point's state, and
 * nothing live waits for it.
 */
export class ShadowDesk {
  readonly #running = new Map<string, Running>();
  /** Work on the set of shadows, one after another. */
  #turn: Promise<void> = Promise.resolve();
  readonly #record: ShadowRecord;
  #timers: NodeJS.Timeout[] = [];
  #stopping = false;

  constructor(private readonly needs: ShadowNeeds) {
    this.#record = new ShadowRecord(needs);
  }

  start(): void {
    this.#stopping = false;
    this.#record.open();
    this.sync();
    this.#timers = [setInterval(() => this.sync(), SYNC_MS), setInterval(() => void this.#saveMarks(), SAVE_MS)];
    for (const timer of this.#timers) timer.unref();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#record.close();
    for (const timer of this.#timers) clearInterval(timer);
    await this.#turn;
    await Promise.all(this.#all().map(({ point }) => point.end().catch(() => undefined)));
    await this.#saveMarks();
    await this.#record.settled();
    this.#running.clear();
  }

  /** Shadows, points or rulebooks of points changed: what should run begins, what should not ends. */
  sync(): void {
    if (this.#stopping) return;
    this.#turn = this.#turn
      .then(() => this.#syncNow())
      .catch((error: unknown) => {
        if (!(error instanceof StoreAway)) this.needs.logger.error({ err: error }, 'shadows could not be looked through; tried again');
      });
  }

  /** Everything asked for so far runs, or could not be begun. */
  synced(): Promise<void> {
    return this.#turn;
  }

  offer(hazardPoint: string, readings: readonly StoredReading[]): void {
    for (const { points } of this.#running.values()) points.get(hazardPoint)?.offer(readings);
  }

  /** The clock of the points; ends what has run out. */
  tick(wall: number): void {
    for (const { shadow, points } of this.#running.values()) {
      if (fromIso(shadow.until) <= wall) this.#end(shadow, 'expired');
      for (const [hazardPoint, point] of points) {
        const drill = this.needs.registry.point(hazardPoint)?.drill;
        point.tick(pointClock(drill, wall));
      }
    }
  }

  /** What the version in force says: kept beside what the shadows say. @returns when it is; undefined: no shadow runs at the point */
  live({ hazardPoint, decision, judgedTo }: Judgement): Promise<void> | undefined {
    if (!decision) return undefined;
    const kept = [...this.#running.values()].flatMap(({ shadow, points }) =>
      points.has(hazardPoint) ? [this.#record.live(shadow, decision, judgedTo)] : [],
    );
    return kept.length === 0 ? undefined : Promise.all(kept).then(() => undefined);
  }

  /** Thresholds or devices of these points changed. */
  async reload(hazardPoints: readonly string[]): Promise<void> {
    this.sync();
    await this.#turn;
    const concerned = this.#all().filter(({ hazardPoint }) => hazardPoints.includes(hazardPoint));
    await Promise.all(concerned.map(({ point }) => point.reload().catch(() => undefined)));
  }

  async #syncNow(): Promise<void> {
    const { shadows, clock } = this.needs;
    const now = clock.now();
    const wanted = await shadows.running();
    for (const shadow of wanted)
      if (fromIso(shadow.until) <= now) this.#end(shadow, 'expired');
      else await this.#begin(shadow);
    const ids = new Set(wanted.map((shadow) => shadow.id));
    for (const [id, running] of this.#running)
      if (!ids.has(id)) {
        this.#running.delete(id);
        for (const point of running.points.values()) void point.end();
      }
  }

  async #begin(shadow: RuleShadow): Promise<void> {
    const running = this.#running.get(shadow.id) ?? (await this.#open(shadow));
    if (!running) return;
    const { points, book } = running;
    const wanted = [...this.needs.registry.points()].filter((point) => point.rulebook === shadow.rulebook && !point.closed);
    const codes = new Set(wanted.map((point) => point.unifiedCode));
    for (const [code, point] of points)
      if (!codes.has(code)) {
        points.delete(code);
        void point.end();
      }
    const missing = [...codes].filter((code) => !points.has(code));
    if (missing.length === 0) return;
    const marks = new Map((await this.needs.shadows.marks(shadow.id)).map((mark) => [mark.hazardPoint, mark]));
    // One after another: a hundred points reading their history at once would starve the live ones of the database.
    for (const code of missing) {
      if (this.#stopping) return;
      await this.#beginPoint({ shadow, book, points }, code, marks.get(code));
    }
  }

  /** Undefined for a version this release can't read: it ends, and its summary says how far it came. */
  async #open(shadow: RuleShadow): Promise<Running | undefined> {
    const { rules, logger } = this.needs;
    const version = (await rules.versions(shadow.rulebook)).find((each) => each.version === shadow.version);
    try {
      const book = version && parseRulebook(version.text, `${shadow.rulebook}@${shadow.version}`, shadow.version);
      if (!book) return undefined;
      const running: Running = { shadow, book, points: new Map() };
      this.#running.set(shadow.id, running);
      return running;
    } catch (error) {
      logger.error({ err: error, shadow: shadow.id }, 'a version that should run in shadow can’t be read; it is ended');
      this.#end(shadow, 'stopped');
      return undefined;
    }
  }

  async #beginPoint({ shadow, book, points }: Running, hazardPoint: string, kept: JudgementMark | undefined): Promise<void> {
    const { registry, judgements, clock, logger } = this.needs;
    try {
      const from = kept ?? (await this.#beside(shadow, hazardPoint));
      if (!from) return;
      const needs = { registry, judgements, rulebook: () => book, clock, logger };
      const failed = (error: unknown): void => {
        points.delete(hazardPoint);
        if (!this.#stopping)
          logger.error({ err: error, shadow: shadow.id, hazardPoint }, 'a shadow stopped at a point; it begins again from its mark');
      };
      const runner: RunnerNeeds = {
        after: judgements.after,
        rebuild: (code, mark) => carryOn(code, mark, needs),
        write: (judgement) => this.#take(shadow, judgement),
        changed: () => undefined,
        broken: () => undefined,
        late: {
          history: judgements.history,
          postponed: (code: string, error: unknown) =>
            logger.warn({ err: error, shadow: shadow.id, hazardPoint: code }, 'late data not judged by a shadow yet; tried again'),
        },
      };
      const point = await ShadowPoint.start({ hazardPoint, judgedTo: from.judgedTo, state: from.state }, runner, failed);
      points.set(hazardPoint, point);
    } catch (error) {
      if (!(error instanceof StoreAway))
        logger.error({ err: error, shadow: shadow.id, hazardPoint }, 'a shadow could not begin at a point');
    }
  }

  /** A shadow that is new at a point begins where live judgement stands; both are on record as of then. */
  async #beside(shadow: RuleShadow, hazardPoint: string): Promise<JudgementMark | undefined> {
    const live = await this.needs.liveMark(hazardPoint);
    if (!live) return undefined;
    const { mark, state } = live;
    const point = this.needs.registry.point(hazardPoint);
    const eventAt = pointClock(point?.drill, this.needs.clock.now());
    const { level, certainty, confirmedLevel } = state;
    const said = { hazardPoint, level, certainty, confirmedLevel, eventAt, reasons: [], late: false };
    await this.#record.begin(shadow, said, state.rule.version, mark);
    return mark;
  }

  async #take(shadow: RuleShadow, judgement: Judgement): Promise<void> {
    if ((await this.#record.shadow(shadow, judgement)) > MAX_SHADOW_DECISIONS) this.#end(shadow, 'too-many-decisions');
  }

  #end(shadow: RuleShadow, how: ShadowEnd): void {
    const running = this.#running.get(shadow.id);
    this.#running.delete(shadow.id);
    for (const point of running?.points.values() ?? []) void point.end();
    this.#record.end(shadow, how);
  }

  async #saveMarks(): Promise<void> {
    const due = this.#all().flatMap(({ shadow, point }) => {
      const mark = point.unsavedMark();
      return mark ? [{ point, mark: { shadow: shadow.id, ...mark } }] : [];
    });
    if (due.length === 0) return;
    try {
      await this.needs.shadows.saveMarks(due.map(({ mark }) => mark));
      for (const { point, mark } of due) point.saved(mark);
    } catch (error) {
      this.needs.logger.warn({ err: error }, 'marks of shadows not saved; tried again');
    }
  }

  #all(): { shadow: RuleShadow; hazardPoint: string; point: ShadowPoint }[] {
    return [...this.#running.values()].flatMap(({ shadow, points }) =>
      [...points].map(([hazardPoint, point]) => ({ shadow, hazardPoint, point })),
    );
  }
}
