import { setImmediate } from 'node:timers/promises';
import type { JudgementMark, StoredReading } from '#libs/contracts';
import type { PointEvaluator } from '#libs/evaluate';
import type { Checkpoint, JudgementStore } from '#libs/stream';
import { carryOn, evaluatorOf, restore, type EvaluatorNeeds } from '../evaluator-factory.js';
import { PointRunner, type RunnerNeeds } from '../point-runner.js';
import { SlowPoints, type Judging } from '../slow-points.js';

/** Checkpoints asked for at a time: a megabyte or so each where instruments send a value a minute. */
const checkpointsAtOnce = 16;
/** Points that begin together without one. Each is a look for what is stored after its mark; more, and the first of them waits for the last. */
const coldAtOnce = 64;
/** Of these, how many read their history at the same time: readings that arrive meanwhile need the database too. */
const historiesAtOnce = 4;

export interface WarmStartNeeds extends EvaluatorNeeds {
  judgements: Pick<JudgementStore, 'history' | 'backlog' | 'checkpoints'>;
  runner: RunnerNeeds;
  /** A point is judged up to what was stored when it began. */
  ready: (runner: PointRunner) => void;
  failed: (hazardPoint: string, error: unknown) => void;
}

/**
 * Begins points, each at its mark: with the state of its last checkpoint and the readings judged since, or, where that does not fit, with all the
 * readings its windows hold. What is stored after the mark is then judged as live. Resolves when every point is ready or has failed.
 * @returns how many began in which way
 */
export async function warmStart(
  marks: readonly JudgementMark[],
  needs: WarmStartNeeds,
): Promise<{ fromCheckpoint: number; fromReadings: number }> {
  const warm: Beginning[] = [];
  const cold: JudgementMark[] = [];
  let next = checkpointsOf(marks.slice(0, checkpointsAtOnce), needs);
  for (let at = 0; at < marks.length; at += checkpointsAtOnce) {
    const portion = marks.slice(at, at + checkpointsAtOnce);
    const found = await next;
    next = checkpointsOf(marks.slice(at + checkpointsAtOnce, at + 2 * checkpointsAtOnce), needs);
    for (const mark of portion) {
      const begun = takenUp(mark, found.get(mark.hazardPoint), needs);
      if (begun) warm.push(begun);
      else cold.push(mark);
      // Taking one up takes a millisecond or some: whoever waits for an answer is between them.
      await setImmediate();
    }
  }
  await catchUp(warm, needs);
  for (let at = 0; at < cold.length; at += coldAtOnce) await catchUp(await rebuilt(cold.slice(at, at + coldAtOnce), needs), needs);
  return { fromCheckpoint: warm.length, fromReadings: cold.length };
}

/** Only a shortcut: what can't be read is not there. */
async function checkpointsOf(marks: readonly JudgementMark[], { judgements, logger }: WarmStartNeeds): Promise<Map<string, Checkpoint>> {
  const points = marks.filter(({ judgedTo }) => judgedTo > 0).map(({ hazardPoint }) => hazardPoint);
  if (points.length === 0) return new Map();
  const found = await judgements.checkpoints(points).catch((error: unknown) => {
    logger.warn({ err: error }, 'checkpoints cannot be read: windows are rebuilt from readings');
    return [];
  });
  return new Map(found.map((one) => [one.hazardPoint, one]));
}

/** One point on its way to its mark and beyond. */
class Beginning {
  #runner: PointRunner | undefined;

  /**
   * @param from seq up to which readings are in the evaluator
   * @param begin the readings up to the mark are in it
   */
  constructor(
    readonly mark: JudgementMark,
    readonly from: number,
    private readonly evaluator: PointEvaluator,
    private readonly begin: () => PointRunner,
  ) {}

  get runner(): PointRunner {
    return (this.#runner ??= this.begin());
  }

  /** Readings of the point in seq order. @returns when what is after the mark is judged */
  take(readings: readonly StoredReading[]): Promise<void> | undefined {
    const { judgedTo } = this.mark;
    let at = 0;
    for (; at < readings.length && (readings[at] as StoredReading).seq <= judgedTo; at += 1)
      this.evaluator.warm(readings[at] as StoredReading);
    return at === readings.length ? undefined : this.runner.judge(readings.slice(at));
  }
}

function takenUp(mark: JudgementMark, checkpoint: Checkpoint | undefined, needs: WarmStartNeeds): Beginning | undefined {
  if (!checkpoint || checkpoint.judgedTo > mark.judgedTo) return undefined;
  try {
    const evaluator = evaluatorOf(mark.hazardPoint, needs);
    if (!evaluator.takeUp(checkpoint.state)) return undefined;
    return new Beginning(mark, checkpoint.judgedTo, evaluator, () => {
      restore(evaluator, mark, needs);
      return PointRunner.at(mark, evaluator, needs.runner);
    });
  } catch {
    // A point without a rulebook says so where it is begun from readings.
    return undefined;
  }
}

async function rebuilt(marks: readonly JudgementMark[], needs: WarmStartNeeds): Promise<Beginning[]> {
  const left = [...marks];
  const begun: Beginning[] = [];
  const some = async (): Promise<void> => {
    for (let mark = left.shift(); mark; mark = left.shift()) {
      const from = mark;
      try {
        const evaluator = await carryOn(from.hazardPoint, from, needs);
        begun.push(new Beginning(from, from.judgedTo, evaluator, () => PointRunner.at(from, evaluator, needs.runner)));
      } catch (error) {
        needs.failed(from.hazardPoint, error);
      }
    }
  };
  await Promise.all(Array.from({ length: historiesAtOnce }, some));
  return begun;
}

async function catchUp(begun: readonly Beginning[], { judgements, ready, failed }: WarmStartNeeds): Promise<void> {
  const points = new Map(begun.map((one) => [one.mark.hazardPoint, one]));
  const queues = new SlowPoints();
  const from = begun.map((one) => ({ hazardPoint: one.mark.hazardPoint, after: one.from }));
  // The points still on their way fail together; one whose judgement fails has been given up by its runner.
  const broken: { error: unknown }[] = [];
  await judgements
    .backlog(from, async (readings) => {
      const under: Judging[] = [];
      for (const [hazardPoint, own] of byPoint(readings)) {
        const done = points.get(hazardPoint)?.take(own);
        if (done) under.push({ hazardPoint, readings: own.length, done: done.catch(() => undefined) });
      }
      if (under.length > 0) await queues.wait(under);
    })
    .catch((error: unknown) => void broken.push({ error }));
  for (const one of begun)
    if (broken[0]) failed(one.mark.hazardPoint, broken[0].error);
    else if (!one.runner.isBroken) ready(one.runner);
}

function byPoint(readings: readonly StoredReading[]): Map<string, StoredReading[]> {
  const found = new Map<string, StoredReading[]>();
  for (const reading of readings) {
    const own = found.get(reading.hazardPoint);
    if (own) own.push(reading);
    else found.set(reading.hazardPoint, [reading]);
  }
  return found;
}
