import type { Detector } from '../detector.js';
import type { RainSource } from './rain-curve.js';
import { RainFold, type RainStep } from './rain-fold.js';
import type { Keeper } from '../../keep/keeper.js';

/** A detector whose value is read off a state that follows the rain (rain-fold.ts), and is kept over a restart with it. */
export abstract class RainFollower<State> implements Detector {
  protected readonly fold: RainFold<State>;
  value: number | null = null;
  abstract readonly partial: boolean;

  constructor(source: RainSource, initial: State, step: RainStep<State>) {
    this.fold = new RainFold(source, initial, step);
  }

  /** Value and detail of the present state; only once there was a sample. */
  protected abstract look(state: State): void;

  get why() {
    if (this.value === null) return 'no-data' as const;
    return this.partial ? ('warming-up' as const) : undefined;
  }

  feed(time: number, value: number): void {
    if (this.fold.add(time, value)) this.look(this.fold.state);
  }

  memory(): unknown {
    return this.fold.memory();
  }

  recall(memory: unknown): void {
    this.fold.recall(memory);
    if (this.fold.first !== Number.POSITIVE_INFINITY) this.look(this.fold.state);
  }

  keep(k: Keeper): void {
    this.fold.keep(k);
    if (k.reading && this.fold.first !== Number.POSITIVE_INFINITY) this.look(this.fold.state);
  }
}
