import { Subject } from 'rxjs';
import type { IndicatorSeries, JudgementMark, PointDecision, PointState, StoredReading } from '#libs/contracts';
import { judgeLateBlock, lateBlockFrom, type PointEvaluator } from '#libs/evaluate';
import { pointStream, type Judgement, type PointInput } from '#libs/stream';
import { breather } from './warm/breather.js';

/** Ticks (s) a block of late samples must not have grown. Sooner: a buffer that is still being sent is judged in pieces; later: nobody waits for it. */
const lateQuietTicks = 30;
/** Readings fetched from the store at a time while catching up. */
const page = 5_000;

export interface RunnerNeeds {
  /** Readings of the point with seq above `after`, in seq order. */
  after: (hazardPoint: string, after: number, limit: number) => Promise<StoredReading[]>;
  /** Makes the evaluator that carries on from a mark: windows rebuilt, state restored. */
  rebuild: (hazardPoint: string, mark: JudgementMark) => Promise<PointEvaluator>;
  /** What late samples are judged with at their own moments; without it they correct the windows only. */
  late?: {
    /** Readings of the point with event time from `from` on that have been judged. */
    history: (hazardPoint: string, from: number, judgedTo: number) => Promise<StoredReading[]>;
    /** It could not be done yet, and is tried again. */
    postponed: (hazardPoint: string, error: unknown) => void;
  };
  /** Waited for before a decision. */
  turn?: () => Promise<void> | undefined;
  /** Writes what a decision produced; rejects when the station stops, or when it is refused for good. */
  write: (judgement: Judgement) => Promise<void>;
  /** The point's picture may have changed. */
  changed: (hazardPoint: string) => void;
  /** The stream ended with an error: the point is no longer judged. */
  broken: (hazardPoint: string, error: unknown) => void;
}

/**
 * Keeps one hazard point's stream running: warm start, then readings and ticks in, marks and pictures out. Every input waits
 * its turn behind those before it.
 */
export class PointRunner {
  readonly #inputs = new Subject<PointInput>();
  /** Inputs not yet judged, and who waits for them: nobody as long as the call that brought one has not returned. */
  readonly #waiting = new Map<PointInput, { resolve: () => void; reject: (error: unknown) => void } | undefined>();
  #evaluator: PointEvaluator;
  #judgedTo: number;
  /** What the newest accepted judgement said. While the next one is being decided or written the evaluator is ahead of it. */
  #said: Pick<PointState, 'level' | 'certainty' | 'confirmedLevel'>;
  /** Picture since the last judgement; undefined until someone asks. */
  #state: PointState | undefined;
  #savedTo: number;
  #lateSamples = 0;
  #lateQuiet = 0;
  #failure: unknown;

  private constructor(
    readonly hazardPoint: string,
    mark: JudgementMark,
    evaluator: PointEvaluator,
    private readonly needs: RunnerNeeds,
  ) {
    this.#judgedTo = mark.judgedTo;
    this.#savedTo = mark.judgedTo;
    this.#evaluator = evaluator;
    this.#said = evaluator.said;
    pointStream(
      {
        hazardPoint,
        evaluator,
        judgedTo: mark.judgedTo,
        accept: (judgement) => this.#accept(judgement),
        turn: needs.turn,
        pause: breather(),
        done: (input) => this.#settle(input),
      },
      this.#inputs,
    ).subscribe({ error: (error: unknown) => this.#break(error) });
  }

  /** A runner that goes on from where an evaluator stands. */
  static at(mark: JudgementMark, evaluator: PointEvaluator, needs: RunnerNeeds): PointRunner {
    return new PointRunner(mark.hazardPoint, mark, evaluator, needs);
  }

  /** Warm start: everything stored after the mark is judged as live before the runner is handed out. */
  static async start(hazardPoint: string, mark: JudgementMark | undefined, needs: RunnerNeeds): Promise<PointRunner> {
    const from = mark ?? { hazardPoint, judgedTo: 0, state: null };
    const runner = new PointRunner(hazardPoint, from, await needs.rebuild(hazardPoint, from), needs);
    for (;;) {
      const readings = await needs.after(hazardPoint, runner.#judgedTo, page);
      if (readings.length > 0) await runner.judge(readings);
      if (readings.length < page) return runner;
    }
  }

  get state(): PointState {
    if (this.busy) return { ...this.#evaluator.picture(this.#judgedTo), ...this.#said };
    return (this.#state ??= this.#evaluator.picture(this.#judgedTo));
  }

  /** What the newest accepted judgement said; costs nothing, unlike the picture. */
  get said(): Pick<PointState, 'level' | 'certainty' | 'confirmedLevel'> {
    return this.#said;
  }

  /** The picture with why each level is in force or not, for who asks of this one point. */
  get explained(): PointState {
    return { ...this.state, ...this.#evaluator.explain() };
  }

  /** Curves of the indicators, from an event time (ms) on. */
  series(since?: number): IndicatorSeries[] {
    return this.#evaluator.series(since);
  }

  /** Inputs not yet judged. A tick is worth nothing behind a backlog. */
  get busy(): boolean {
    return this.#waiting.size > 0;
  }

  /** Resolves when every reading is judged and what that produced is written; undefined: that is so already. */
  judge(readings: readonly StoredReading[]): Promise<void> | undefined {
    return this.#push({ kind: 'readings', readings });
  }

  /** Resolves when everything that waits now is judged. */
  async drained(): Promise<void> {
    await this.judge([]);
  }

  async tick(now: number): Promise<void> {
    await this.#push({ kind: 'tick', now });
    await this.#lookAtLate();
  }

  /** A block of late samples that no longer grows is judged at its own moments. */
  async #lookAtLate(): Promise<void> {
    const { late } = this.needs;
    if (!late) return;
    const samples = this.#evaluator.lateBlock?.samples ?? 0;
    this.#lateQuiet = samples > 0 && samples === this.#lateSamples ? this.#lateQuiet + 1 : 0;
    this.#lateSamples = samples;
    if (this.#lateQuiet < lateQuietTicks) return;
    this.#lateQuiet = 0;
    await this.#push({ kind: 'late', correct: (evaluator) => this.#corrections(evaluator, late) });
  }

  async #corrections(evaluator: PointEvaluator, late: NonNullable<RunnerNeeds['late']>): Promise<readonly PointDecision[]> {
    const block = evaluator.lateBlock;
    if (!block) return [];
    const { hazardPoint, needs } = this;
    try {
      const fresh = await needs.rebuild(hazardPoint, { hazardPoint, judgedTo: 0, state: null });
      const readings = await late.history(hazardPoint, lateBlockFrom(block, evaluator.horizon()), this.#judgedTo);
      const corrections = await judgeLateBlock(fresh, evaluator, readings, block, breather());
      evaluator.settleLate();
      return corrections;
    } catch (error) {
      late.postponed(hazardPoint, error);
      return [];
    }
  }

  /** It ended with an error, and judges no more. */
  get isBroken(): boolean {
    return this.#failure !== undefined;
  }

  /** Highest seq judged, and accepted. */
  get judgedTo(): number {
    return this.#judgedTo;
  }

  /** Where judgement stands when everything that waits now is judged. */
  async mark(): Promise<JudgementMark> {
    let taken: JudgementMark | undefined;
    await this.#push({ kind: 'mark', take: (mark) => (taken = structuredClone(mark)) });
    if (!taken) throw new Error(`no mark of ${this.hazardPoint} was given`);
    return taken;
  }

  /**
   * The registry or the rulebook changed. Rejects when the windows could not be read again: the point is then judged on as before, because a
   * database that is away must not end judgement (promise 3).
   */
  async reload(): Promise<void> {
    let fault: { error: unknown } | undefined;
    await this.#push({
      kind: 'reload',
      rebuild: async (mark) => {
        try {
          return (this.#evaluator = await this.needs.rebuild(this.hazardPoint, mark));
        } catch (error) {
          fault = { error };
          return this.#evaluator;
        }
      },
    });
    if (fault) throw fault.error;
  }

  /**
   * Mark to be saved because nothing that was written carries it; undefined when the store already knows it, or while a decision is
   * under way: its mark is written with it, and between two inputs there is always a next time.
   */
  unsavedMark(): JudgementMark | undefined {
    if (this.busy || this.#judgedTo <= this.#savedTo) return undefined;
    return { hazardPoint: this.hazardPoint, judgedTo: this.#judgedTo, state: this.#evaluator.snapshot() };
  }

  /** What all readings so far have made of the point, with the mark it stands at; undefined as for `unsavedMark`, and before the first. */
  kept(): { mark: JudgementMark; state: Uint8Array } | undefined {
    if (this.busy || this.#judgedTo === 0 || this.#failure !== undefined) return undefined;
    const mark = { hazardPoint: this.hazardPoint, judgedTo: this.#judgedTo, state: this.#evaluator.snapshot() };
    return { mark, state: this.#evaluator.keep() };
  }

  saved(mark: JudgementMark): void {
    this.#savedTo = Math.max(this.#savedTo, mark.judgedTo);
  }

  #push(input: PointInput): Promise<void> | undefined {
    if (this.#failure === undefined) {
      this.#waiting.set(input, undefined);
      this.#inputs.next(input);
    }
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (!this.#waiting.has(input)) return undefined;
    return new Promise((resolve, reject) => this.#waiting.set(input, { resolve, reject }));
  }

  #accept(judgement: Judgement): Promise<void> | undefined {
    if (!judgement.decision) {
      this.#took(judgement);
      return undefined;
    }
    return this.needs.write(judgement).then(() => {
      this.#savedTo = judgement.judgedTo;
      this.#took(judgement);
    });
  }

  #took({ judgedTo }: Judgement): void {
    this.#judgedTo = judgedTo;
    this.#said = this.#evaluator.said;
    this.#state = undefined;
    this.needs.changed(this.hazardPoint);
  }

  #settle(input: PointInput): void {
    const waiting = this.#waiting.get(input);
    this.#waiting.delete(input);
    waiting?.resolve();
  }

  #break(error: unknown): void {
    this.#failure = error;
    for (const waiting of this.#waiting.values()) waiting?.reject(error);
    this.#waiting.clear();
    this.needs.broken(this.hazardPoint, error);
  }
}
