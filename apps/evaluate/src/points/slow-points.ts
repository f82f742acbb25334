/** Readings of one point under judgement. */
export interface Judging {
  hazardPoint: string;
  readings: number;
  /** Never rejects. */
  done: Promise<void>;
}

/**
 * How long a batch waits for one point, ms. Longer: a point whose history is being read, or whose decision alert does not take yet, holds up a red
 * of every other. Shorter: a busy second makes points slow that are not, and more readings wait in memory.
 */
const PATIENCE_MS = 500;
/** Readings that slow points may have waiting in all. More: memory. Fewer: with many of them at once the others are held up after all. */
const MOST_WAITING = 20_000;

/**
 * One point that waits must not hold up judgement of the others. A batch waits for its points; one that takes too long is slow from then on, and
 * batches pass it by until it has judged all that was given to it (each point keeps its own order). Bounded: beyond `most` readings, batches wait again.
 */
export class SlowPoints {
  /** Readings each slow point has not judged yet. */
  readonly #slow = new Map<string, number>();
  #waiting = 0;
  #roomier: (() => void)[] = [];

  constructor(
    private readonly patienceMs = PATIENCE_MS,
    private readonly most = MOST_WAITING,
  ) {}

  /** Points that are passed by now. */
  get slow(): readonly string[] {
    return [...this.#slow.keys()];
  }

  /** Resolves when the batch may be left behind. */
  async wait(batch: readonly Judging[]): Promise<void> {
    const open = new Set(batch);
    const quick: Promise<unknown>[] = [];
    for (const one of batch) {
      if (this.#slow.has(one.hazardPoint)) this.#passBy(one);
      else quick.push(one.done.then(() => open.delete(one)));
    }
    if (quick.length > 0) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => (timer = setTimeout(resolve, this.patienceMs)));
      await Promise.race([Promise.all(quick), late]);
      clearTimeout(timer);
      for (const one of open) if (!this.#slow.has(one.hazardPoint)) this.#passBy(one);
    }
    while (this.#waiting > this.most) await new Promise<void>((resolve) => this.#roomier.push(resolve));
  }

  #passBy({ hazardPoint, readings, done }: Judging): void {
    this.#slow.set(hazardPoint, (this.#slow.get(hazardPoint) ?? 0) + readings);
    this.#waiting += readings;
    void done.then(() => {
      const left = (this.#slow.get(hazardPoint) ?? 0) - readings;
      if (left > 0) this.#slow.set(hazardPoint, left);
      else this.#slow.delete(hazardPoint);
      this.#waiting -= readings;
      for (const resolve of this.#roomier.splice(0)) resolve();
    });
  }
}
