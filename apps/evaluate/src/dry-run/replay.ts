import { Subject } from 'rxjs';
import { pointClock, type HazardPoint, type PointImpact, type PointThreshold, type StoredReading } from '#libs/contracts';
import { differs, levelRecord, parseRulebook, PointEvaluator, warningsMore, type SaidAt } from '#libs/evaluate';
import { pointStream, type PointInput } from '#libs/stream';
import { instrumentAccuracy } from '../points/instrument-accuracy.js';

/** One of the two judgements that are compared. */
export interface ReplaySide {
  text: string;
  version: string;
  thresholds: readonly PointThreshold[];
}

/** One point, judged twice over the same readings. Plain data: it crosses to another thread. */
export interface ReplayStart {
  point: HazardPoint;
  /** Upload intervals, seconds. */
  devices: readonly { deviceId: string; interval: number; profile?: string }[];
  /** What is in force; null: nothing is, and everything was unknown. */
  live: ReplaySide | null;
  next: ReplaySide;
  /** The stretch that is reported, epoch ms of event time. Readings before it only warm up. */
  from: number;
  to: number;
}

/** How far before the stretch the readings of both judgements must begin, ms. @throws RulebookError */
export function horizonOf({ live, next, point, devices }: Omit<ReplayStart, 'from' | 'to'>): number {
  return Math.max(...[live, next].map((side) => (side ? evaluatorOf(side, point, devices).horizon() : 0)));
}

/**
 * Judges one point twice over its history, as live judgement would have: the same stream, on a clock that stands where the readings arrived.
 * Feed pieces of history in order, then `end`.
 */
export class Replay {
  readonly #live: Judge | undefined;
  readonly #next: Judge;
  #readings = 0;
  #clock = Number.NEGATIVE_INFINITY;

  /** @throws RulebookError */
  constructor(private readonly start: ReplayStart) {
    const { point, devices, live, next } = start;
    this.#live = live ? new Judge(evaluatorOf(live, point, devices), point.unifiedCode) : undefined;
    this.#next = new Judge(evaluatorOf(next, point, devices), point.unifiedCode);
  }

  /**
   * @param readings in the order they were stored
   * @param until where the clock stands afterwards, epoch ms: silence until then is judged
   */
  async feed(readings: readonly StoredReading[], until: number): Promise<void> {
    const { drill } = this.start.point;
    const timed = readings.map((reading) => {
      // A clock that stepped back at the station must not turn back the history's.
      this.#clock = Math.max(this.#clock, pointClock(drill, reading.receivedAt));
      return { ...reading, receivedAt: this.#clock };
    });
    this.#clock = Math.max(this.#clock, until);
    this.#readings += readings.length;
    const input: PointInput = { kind: 'history', readings: timed, until: this.#clock };
    await this.#live?.take(input);
    await this.#next.take(input);
  }

  /** The report. Of a point nothing changes for only the figures are kept. */
  end(): PointImpact {
    const { point, from, to } = this.start;
    const live = levelRecord(this.#live?.said ?? [], from, to);
    const next = levelRecord(this.#next.said, from, to);
    const same = !differs({ live, next });
    return {
      hazardPoint: point.unifiedCode,
      name: point.name,
      live: same ? { ...live, changes: [] } : live,
      next: same ? { ...next, changes: [] } : next,
      warningsMore: warningsMore(live, next),
      readings: this.#readings,
    };
  }
}

/** One of the two streams, and what it said. */
class Judge {
  readonly said: SaidAt[] = [];
  readonly #inputs = new Subject<PointInput>();
  #settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;

  constructor(evaluator: PointEvaluator, hazardPoint: string) {
    pointStream(
      {
        hazardPoint,
        evaluator,
        judgedTo: 0,
        accept: ({ decision }) => {
          if (decision) this.said.push({ ...decision, at: decision.eventAt });
          return Promise.resolve();
        },
        done: () => this.#settle?.resolve(),
      },
      this.#inputs,
    ).subscribe({ error: (error: unknown) => this.#settle?.reject(error) });
  }

  take(input: PointInput): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#inputs.next(input);
    });
  }
}

function evaluatorOf(side: ReplaySide, point: HazardPoint, devices: ReplayStart['devices']): PointEvaluator {
  const rulebook = parseRulebook(side.text, `${point.rulebook}@${side.version}`, side.version);
  const accuracy = instrumentAccuracy((deviceId) => devices.find((device) => device.deviceId === deviceId)?.profile);
  return new PointEvaluator({ point: { ...point, thresholds: [...side.thresholds] }, devices, rulebook, accuracy, curves: false });
}
