import type { Keeper } from '../keep/keeper.js';
import type { Filter, Pass, Rebase } from './filter.js';

/** What stands behind a stage: the next one, or a detector. */
export interface Behind {
  feed: Pass;
  rebase: Rebase;
}

/** Where a series goes in that is cleaned for one or more detectors: once a sample, whoever looks. */
export interface Entry {
  feed(time: number, value: number): void;
}

/** A filter of one series, run once a sample for all who see the series through it. */
export class Stage implements Behind, Entry {
  readonly #behind: Behind[] = [];
  readonly #after: (() => void)[] = [];

  constructor(readonly filter: Filter) {}

  feed(time: number, value: number): void {
    this.filter.feed(time, value, this.#pass, this.#rebase);
    for (const done of this.#after) done();
  }

  readonly #pass: Pass = (time, value) => {
    for (const one of this.#behind) one.feed(time, value);
  };

  /** A jump that one filter has found is for the detectors: filters behind it have nothing to move. */
  readonly #rebase: Rebase = (at, by, since) => this.rebase(at, by, since);
  rebase(...moved: Parameters<Rebase>): void {
    for (const one of this.#behind) one.rebase(...moved);
  }

  join(one: Behind): void {
    this.#behind.push(one);
  }

  /** Calls `done` after each sample has gone as far as it goes. */
  after(done: () => void): void {
    this.#after.push(done);
  }

  keep(k: Keeper): void {
    this.filter.keep(k);
  }
}
