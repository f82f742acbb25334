import { BlockSeries } from '../motion/block-series.js';
import { VelocityDetector } from '../motion/velocity.js';
import type { Keeper } from '../../keep/keeper.js';

/** Newest event time of several series: by it each knows whether it lags. */
export interface Newest {
  time: number;
}

/**
 * The robust rate (VelocityDetector) of one series among several of a point. A series that lags the newest of them by more than the window is out:
 * the last rate of an instrument that has died must not go on holding, or hiding, a level.
 */
export class SeriesRate {
  readonly #velocity: VelocityDetector;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly window: number,
    per: 'd' | 'h',
    private readonly newest: Newest,
  ) {
    this.#velocity = new VelocityDetector(window, per);
  }

  /** A series may lag by one window, and its own reaches back one more. */
  static horizon(window: number): number {
    return window + BlockSeries.horizon(window);
  }

  feed(time: number, value: number): void {
    this.#velocity.feed(time, value);
    this.#lastAt = Math.max(this.#lastAt, time);
    this.newest.time = Math.max(this.newest.time, time);
  }

  get isHeard(): boolean {
    return this.newest.time - this.#lastAt <= this.window;
  }

  /** Null while unknown. */
  get value(): number | null {
    return this.isHeard ? this.#velocity.value : null;
  }

  keep(k: Keeper): void {
    this.#velocity.keep(k);
    this.#lastAt = k.number(this.#lastAt);
  }
}
