import { Subject } from 'rxjs';
import type { PointDecision, PointLevel, StoredReading } from '#libs/contracts';
import type { PointEvaluator } from '#libs/evaluate';
import { pointStream, type PointInput } from '../point-stream.js';
import type { Judgement } from '../ports.js';

/** One thing the live program would have said of the point, and when. */
export interface ReplayChange extends Omit<PointDecision, 'hazardPoint'> {
  /** Clock of the history when it was said, epoch ms: not before the reading that caused it had arrived. */
  at: number;
  /** Level before. */
  from: PointLevel;
}

export interface ReplayStart {
  hazardPoint: string;
  /** As made for a point that has never been judged. */
  evaluator: PointEvaluator;
  /** What was said, in its order. */
  said: (change: ReplayChange) => void;
  /** A batch is judged; nothing more is fed before it returns. */
  judged?: (batch: readonly StoredReading[]) => void;
}

export interface Replayed {
  readings: number;
  /** Clock at the first reading and at the end, epoch ms; null when there was no reading. */
  from: number | null;
  to: number | null;
}

/**
 * Judges a history as the live program would have: the same stream, the same evaluator, a clock that stands where the readings say
 * (`receivedAt`). Same batches, same answer; how the readings are cut into batches makes no difference.
 * @param batches readings in the order they arrived: `seq` and `receivedAt` rising, `seq` from 1
 * @param until the clock goes on to here after the last reading (a sensor that went silent before a failure must turn grey before it)
 * @throws whatever reading the batches throws
 */
export async function replay(
  start: ReplayStart,
  batches: AsyncIterable<readonly StoredReading[]> | Iterable<readonly StoredReading[]>,
  until?: number,
): Promise<Replayed> {
  const run = new Run(start);
  for await (const batch of batches) await run.judge(batch);
  if (until !== undefined && run.to !== null && until > run.to) await run.judge([], until);
  return { readings: run.readings, from: run.from, to: run.to };
}

class Run {
  readonly #inputs = new Subject<PointInput>();
  #batch: readonly StoredReading[] = [];
  #level: PointLevel = 'unknown';
  #saidAt = Number.NEGATIVE_INFINITY;
  #settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  readings = 0;
  from: number | null = null;
  to: number | null = null;

  constructor(private readonly start: ReplayStart) {
    const { hazardPoint, evaluator } = start;
    pointStream({ hazardPoint, evaluator, judgedTo: 0, done: () => this.#settle?.resolve() }, this.#inputs).subscribe({
      next: (judgement) => this.#hear(judgement),
      error: (error: unknown) => this.#settle?.reject(error),
    });
  }

  /** One batch at a time: a history of years must not pile up in front of the evaluator. */
  async judge(readings: readonly StoredReading[], until?: number): Promise<void> {
    this.#batch = readings;
    this.from ??= readings[0]?.receivedAt ?? null;
    await new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#inputs.next({ kind: 'history', readings, until });
    });
    this.readings += readings.length;
    this.to = until ?? readings.at(-1)?.receivedAt ?? this.to;
    this.start.judged?.(readings);
  }

  #hear({ decision, judgedTo }: Judgement): void {
    if (!decision) return;
    // Of a tick, `eventAt` is the clock; of a sample that came late, the clock is when it came.
    const arrived = this.#batch[judgedTo - (this.#batch[0]?.seq ?? 0)]?.receivedAt ?? this.to;
    this.#saidAt = Math.max(this.#saidAt, decision.eventAt, arrived ?? decision.eventAt);
    const { hazardPoint: _, ...said } = decision;
    this.start.said({ ...said, at: this.#saidAt, from: this.#level });
    this.#level = decision.level;
  }
}
