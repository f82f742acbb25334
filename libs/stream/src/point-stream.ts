import { concatMap, type Observable } from 'rxjs';
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
  /** The registry or a rulebook changed: the evaluator is made anew and carries on from the mark. */
  | { kind: 'reload'; rebuild: (mark: JudgementMark) => Promise<PointEvaluator> };

export interface PointStreamStart {
  hazardPoint: string;
  evaluator: PointEvaluator;
  /** Highest seq already judged; readings up to it are passed over. */
  judgedTo: number;
  /** Takes each judgement before the next reading is fed: a slow store slows judgement instead of growing a queue. */
  accept?: (judgement: Judgement) => Promise<void>;
  /** The input has been judged to its end and everything it produced accepted. */
  done?: (input: PointInput) => void;
}

/**
 * One hazard point's stream: inputs in order → indicators at once → decisions one after another, because the rule engine
 * answers later and the next reading must not overtake it. Live and backtest run this same function (promise 6); it knows no clock but the
 * ticks it is given.
 *
 * Answers one Judgement a decision, and one without decision for a batch or a tick that was judged and changed nothing said. `mark.judgedTo`
 * is the highest seq fed AND decided, so what was produced and how far it was judged can be written together.
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
      // Something that is still due where the clock stands would be due for ever.
      if (at > until || at <= last) return at <= last ? Number.POSITIVE_INFINITY : at;
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
      if (wakes <= reading.receivedAt) wakes = yield* ticks(reading.receivedAt);
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
    if (input.kind === 'history') {
      yield* answerHistory(input);
      return;
    }
    if (input.kind === 'tick') {
      if (evaluator.tick(input.now)) yield judgement(await evaluator.decide());
      return;
    }
    let said = true;
    for (const reading of input.readings) {
      // Warm start reads what was stored while live readings already arrive: each is judged once, by its seq.
      if (reading.seq <= judgedTo) continue;
      const due = evaluator.feed(reading);
      const decision = due ? await evaluator.decide() : null;
      judgedTo = reading.seq;
      said = decision !== null;
      if (decision) yield judgement(decision);
    }
    if (!said) yield judgement(null);
  }

  async function* accepted(input: PointInput): AsyncGenerator<Judgement> {
    for await (const one of answer(input)) {
      await start.accept?.(one);
      yield one;
    }
    start.done?.(input);
  }

  return inputs.pipe(concatMap(accepted));
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
