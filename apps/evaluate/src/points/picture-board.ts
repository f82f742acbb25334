import type { Clock, PointState } from '#libs/contracts';
import type { Logger } from '#libs/platform';

/** Pictures of one point are at least this far apart: a wall redraws twice a second, more would only cost. */
const pause = 500;

/** Publishes the newest picture of each point somebody looks at, at most twice a second a point and only when it changed. */
export class PictureBoard {
  readonly #shown = new Map<string, { at: number; picture: string }>();
  readonly #waiting = new Set<string>();
  readonly #under = new Set<Promise<void>>();

  constructor(
    private readonly clock: Clock,
    /** Picture of a point now; undefined: it is not judged (any more). */
    private readonly pictureOf: (hazardPoint: string) => PointState | undefined,
    private readonly publish: (state: PointState) => Promise<void>,
    /** Whether anybody looks at a point. */
    private readonly watched: (hazardPoint: string) => boolean,
    private readonly logger: Logger,
  ) {}

  /** The picture of this point may have changed. It is made when it is shown: most changes are overtaken by the next one. */
  changed(hazardPoint: string): void {
    if (!this.watched(hazardPoint)) {
      // Who begins to look is shown the point as it is then; what was shown before says nothing of that.
      this.#shown.delete(hazardPoint);
      this.#waiting.delete(hazardPoint);
      return;
    }
    this.#waiting.add(hazardPoint);
    const last = this.#shown.get(hazardPoint);
    if (!last || this.clock.now() - last.at >= pause) this.#send(hazardPoint);
  }

  /** Sends what had to wait. Called with every tick. */
  flush(): void {
    const now = this.clock.now();
    for (const hazardPoint of this.#waiting) if (now - (this.#shown.get(hazardPoint)?.at ?? 0) >= pause) this.#send(hazardPoint);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#under);
  }

  #send(hazardPoint: string): void {
    this.#waiting.delete(hazardPoint);
    const state = this.pictureOf(hazardPoint);
    if (!state) return;
    // judgedTo alone is no news for people.
    const picture = JSON.stringify({ ...state, judgedTo: 0 });
    if (this.#shown.get(hazardPoint)?.picture === picture) return;
    this.#shown.set(hazardPoint, { at: this.clock.now(), picture });
    const sending = this.publish(state)
      .catch((error: unknown) => this.logger.error({ err: error, hazardPoint }, 'picture of a point not taken by every listener'))
      .finally(() => this.#under.delete(sending));
    this.#under.add(sending);
  }
}
