import { concatMap, type Observable, type ObservableInput } from 'rxjs';
import type { PointEvaluator } from '#libs/evaluate';
import type { JudgementMark, PointDecision, PointState, StoredReading } from '#libs/contracts';
import type { Judgement } from './ports.js';

/** Everything that can change a point's judgement, in the order it happened. */
export type PointInput =
  | { kind: 'readings'; readings: readonly StoredReading[] }
  /**
   * Readings of a history, with the clock they came by: it stands at their `receivedAt` (rising), and what falls due between two of them is
   * judged there, as the ticks of the live clock would have. `until`: where the clock stands at the end; the newest `receivedAt` without it.
   */
  | { kind: 'history'; readings: readonly StoredReading[]; until?: number }
  /** The point's clock, epoch ms of event time. */
  | { kind: 'tick'; now: number }
  /** A block of late samples has come to its end: judged at its own moments, it may correct the record. */
  | { kind: 'late'; correct: (evaluator: PointEvaluator) => Promise<readonly PointDecision[]> }
  /** Somebody asks where judgement stands: between two inputs, so that state and seq belong together. */
  | { kind: 'mark'; take: (mark: JudgementMark) => void }
  /** The registry or a rulebook changed: the evaluator is made anew and carries on from the mark. */
  | { kind: 'reload'; rebuild: (mark: JudgementMark) => Promise<PointEvaluator> };

export interface PointStreamStart {
  hazardPoint: string;
  evaluator: PointEvaluator;
  /** Highest seq already judged; readings up to it are passed over. */
  judgedTo: number;
  /** Takes each judgement before the next reading is fed: a slow store slows judgement instead of growing a queue. Without a promise it has taken it. */
  accept?: (judgement: Judgement) => Promise<void> | void;
  /**
   * Asked now and then within a long input: when it resolves others have had their turn; undefined: go on. Without it a block of tens of thousands
   * of readings holds up whoever shares the thread.
   */
  pause?: () => Promise<void> | undefined;
  /**
   * Waited for before each decision of live readings and ticks. Hundreds of points may decide by one moment (silence, a window that is full), some
   * milliseconds each: what else has to be done must come in between.
   */
  turn?: () => Promise<void> | undefined;
  /** The input has been judged to its end and everything it produced accepted. */
  done?: (input: PointInput) => void;
}

/** Readings judged between two questions for a pause: some milliseconds. */
const atOnce = 256;

/**
 * One hazard point's stream: inputs in order → indicators at once → decisions one after another, because the rule engine
 * answers later and the next reading must not overtake it. Live and backtest run this same function (promise 6); it knows no clock but the
 * ticks it is given.
 *
 * Answers one Judgement a decision, and one without decision for a batch or a tick that was judged and changed nothing said. `mark.judgedTo`
 * is the highest seq fed AND decided, so what was produced and how far it was judged can be written together.
 *
 * Readings no decision is due at, nearly all, are judged before the call that brought them returns, when nothing waits before them: they
 * need no promise, and a promise, a generator and a subscription for each point of each commit cost more than its readings.
 */
export function pointStream(start: PointStreamStart, inputs: Observable<PointInput>): Observable<Judgement> {
  let { evaluator, judgedTo } = start;
  const { hazardPoint } = start;
  const judgement = (decision: PointDecision | null): Judgement => {
    if (!decision) return new NothingNew(hazardPoint, judgedTo, evaluator);
    const mark = { hazardPoint, judgedTo, state: evaluator.snapshot() };
    return { hazardPoint, judgedTo, decision, mark, state: evaluator.picture(judgedTo) };
  };

  /** What falls due on the clock up to `until`, in its order. @returns where the next thing falls due if nothing is fed */
  async function* ticks(until: number): AsyncGenerator<Judgement, number> {
    for (let at = evaluator.wakesAt(), last = at - 1; ; at = evaluator.wakesAt()) {
      // What is still due after its tick would be due for ever: it is asked again with the next reading.
      if (at > until || at <= last) return Math.max(at, until);
      last = at;
      if (evaluator.tick(at)) {
        const decision = await evaluator.decide();
        if (decision) yield judgement(decision);
      }
    }
  }

  async function* answerHistory({ readings, until }: Extract<PointInput, { kind: 'history' }>): AsyncGenerator<Judgement> {
    let wakes = evaluator.wakesAt();
    for (const reading of readings) {
      if (reading.seq <= judgedTo) continue;
      // Samples only ever put off what falls due, so it is asked again only where it could have come.
      if (wakes <= reading.receivedAt && (wakes = evaluator.wakesAt()) <= reading.receivedAt) wakes = yield* ticks(reading.receivedAt);
      if (evaluator.feed(reading)) {
        const decision = await evaluator.decide();
        judgedTo = reading.seq;
        wakes = evaluator.wakesAt();
        if (decision) yield judgement(decision);
      } else judgedTo = reading.seq;
    }
    if (until !== undefined) yield* ticks(until);
  }

  async function* answer(input: PointInput): AsyncGenerator<Judgement> {
    if (input.kind === 'reload') {
      evaluator = await input.rebuild({ hazardPoint, judgedTo, state: evaluator.snapshot() });
      yield judgement(null);
      return;
    }
    if (input.kind === 'mark') {
      input.take({ hazardPoint, judgedTo, state: evaluator.snapshot() });
      return;
    }
    if (input.kind === 'late') {
      for (const decision of await input.correct(evaluator)) yield judgement(decision);
      return;
    }
    if (input.kind === 'history') {
      yield* answerHistory(input);
      return;
    }
    if (input.kind === 'tick') {
      if (!evaluator.tick(input.now)) return;
      await start.turn?.();
      yield judgement(await evaluator.decide());
      return;
    }
  }

  /** @returns where a decision is due: this reading has been fed and is not yet judged; the length when none is */
  function feed(readings: readonly StoredReading[], from: number): number {
    for (let at = from; at < readings.length; at += 1) {
      const reading = readings[at] as StoredReading;
      // Warm start reads what was stored while live readings already arrive: each is judged once, by its seq.
      if (reading.seq <= judgedTo) continue;
      if (evaluator.feed(reading)) return at;
      judgedTo = reading.seq;
    }
    return readings.length;
  }

  /**
   * @param due where `feed` stopped
   * @param before highest seq judged before these readings
   */
  async function* decideFrom(readings: readonly StoredReading[], due: number, before: number): AsyncGenerator<Judgement> {
    let saidTo = before;
    for (let at = due; at < readings.length; at = feed(readings, at + 1)) {
      await start.turn?.();
      const decision = await evaluator.decide();
      judgedTo = (readings[at] as StoredReading).seq;
      if (!decision) continue;
      saidTo = judgedTo;
      yield judgement(decision);
    }
    if (saidTo !== judgedTo) yield judgement(null);
  }

  /** More readings than should be judged without a pause. What waits behind them waits until their end. */
  async function* decideLong(readings: readonly StoredReading[]): AsyncGenerator<Judgement> {
    for (let from = 0; from < readings.length; from += atOnce) {
      const before = judgedTo;
      const part = readings.slice(from, from + atOnce);
      yield* decideFrom(part, feed(part, 0), before);
      await start.pause?.();
    }
  }

  async function* accepted(input: PointInput, answers: AsyncIterable<Judgement> = answer(input)): AsyncGenerator<Judgement> {
    for await (const one of answers) {
      await start.accept?.(one);
      yield one;
    }
    start.done?.(input);
  }

  function judge(input: PointInput): ObservableInput<Judgement> {
    if (input.kind !== 'readings') return accepted(input);
    if (start.pause && input.readings.length > atOnce) return accepted(input, decideLong(input.readings));
    const before = judgedTo;
    const due = feed(input.readings, 0);
    if (due < input.readings.length) return accepted(input, decideFrom(input.readings, due, before));
    if (judgedTo === before) {
      start.done?.(input);
      return [];
    }
    const quiet = judgement(null);
    const taking = start.accept?.(quiet);
    if (taking) return taking.then(() => (start.done?.(input), quiet));
    start.done?.(input);
    return [quiet];
  }

  return inputs.pipe(concatMap(judge));
}

/** A judgement that changed nothing said. */
class NothingNew implements Judgement {
  readonly decision = null;
  #mark: JudgementMark | undefined;
  #state: PointState | undefined;

  constructor(
    readonly hazardPoint: string,
    readonly judgedTo: number,
    private readonly evaluator: PointEvaluator,
  ) {}

  get mark(): JudgementMark {
    return (this.#mark ??= { hazardPoint: this.hazardPoint, judgedTo: this.judgedTo, state: this.evaluator.snapshot() });
  }

  get state(): PointState {
    return (this.#state ??= this.evaluator.picture(this.judgedTo));
  }
}
