import type { JudgementMark, StoredReading } from '#libs/contracts';
import { PointRunner, type RunnerNeeds } from '../points/point-runner.js';

/**
 * Readings of one point that may wait for its shadow. What is beyond comes from the store again later: live judgement must never pay with
 * memory for a shadow that is slower.
 */
const MOST_WAITING = 2_000;

/**
 * One version beside the one in force at one point. Takes readings without anyone waiting for it: what it can't take at once is
 * read again from the store, so nothing is left out and nothing held up.
 */
export class ShadowPoint {
  #waiting: StoredReading[] = [];
  /** Readings were passed over: the store has them. So may those be that arrived while it began, before anyone could offer them. */
  #behind = true;
  #working: Promise<void> | undefined;
  #ended = false;
  #clock: number | undefined;

  private constructor(
    private readonly runner: PointRunner,
    private readonly again: (hazardPoint: string, after: number, limit: number) => Promise<StoredReading[]>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Carries on from a mark and judges what was stored since. */
  static async start(mark: JudgementMark, needs: RunnerNeeds, failed: (error: unknown) => void): Promise<ShadowPoint> {
    return new ShadowPoint(await PointRunner.start(mark.hazardPoint, mark, needs), needs.after, failed);
  }

  offer(readings: readonly StoredReading[]): void {
    if (this.#waiting.length + readings.length > MOST_WAITING) {
      this.#behind = true;
      this.#waiting = [];
    } else this.#waiting.push(...readings);
    this.#work();
  }

  tick(now: number): void {
    this.#clock = now;
    this.#work();
  }

  reload(): Promise<void> {
    return this.runner.reload();
  }

  unsavedMark(): JudgementMark | undefined {
    return this.#working ? undefined : this.runner.unsavedMark();
  }

  saved(mark: JudgementMark): void {
    this.runner.saved(mark);
  }

  /** Takes nothing more; resolves when what it was doing is done. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#waiting = [];
    await this.#working;
  }

  #work(): void {
    if (this.#working || this.#ended) return;
    this.#working = this.#untilDone()
      .catch((error: unknown) => {
        this.#ended = true;
        this.failed(error);
      })
      .finally(() => {
        this.#working = undefined;
      });
  }

  async #untilDone(): Promise<void> {
    while (!this.#ended && (this.#behind || this.#waiting.length > 0 || this.#clock !== undefined)) {
      // Behind what is live: its turn comes when the event loop has seen to the sockets.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#behind) await this.#catchUp();
      const readings = this.#waiting;
      this.#waiting = [];
      if (readings.length > 0) await this.runner.judge(readings);
      const clock = this.#clock;
      this.#clock = undefined;
      if (clock !== undefined) await this.runner.tick(clock);
    }
  }

  /** What was passed over was committed before it was offered, so the store shows it; what arrives meanwhile waits and is judged once, by its seq. */
  async #catchUp(): Promise<void> {
    const limit = MOST_WAITING;
    for (;;) {
      this.#behind = false;
      const readings = await this.again(this.runner.hazardPoint, this.runner.judgedTo, limit);
      if (readings.length > 0) await this.runner.judge(readings);
      if (readings.length < limit || this.#ended) return;
    }
  }
}
