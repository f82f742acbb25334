import { concatMap, type Observable } from 'rxjs';
import type { PointEvaluator } from '#libs/evaluate';
import type { JudgementMark, PointDecision, PointState, StoredReading } from '#libs/contracts';
import type { Judgement } from './ports.js';

/** Everything that can change a point's judgement, in the order it happened. */
export type PointInput =
  | { kind: 'readings'; readings: readonly StoredReading[] }
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

  async function* answer(input: PointInput): AsyncGenerator<Judgement> {
    if (input.kind === 'reload') {
      evaluator = await input.rebuild({ hazardPoint, judgedTo, state: evaluator.snapshot() });
      yield judgement(null);
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
