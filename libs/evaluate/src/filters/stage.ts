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

/**
 * Gives what several detectors would make alike of a series, made for the first who asks: it has seen each sample, and each move, before any detector is told.
 * To be asked for before the first sample.
 */
export type Shared = <T extends Behind>(name: string, make: () => T) => T;

/** A filter of one series, run once a sample for all who see the series through it. */
export class Stage implements Behind, Entry {
  readonly #shared = new Map<string, Behind>();
  readonly #behind: Behind[] = [];
  readonly #after: (() => void)[] = [];

  constructor(readonly filter: Filter) {}

  feed(time: number, value: number): void {
    this.filter.feed(time, value, this.#pass, this.#rebase);
    for (const done of this.#after) done();
  }

  readonly #pass: Pass = (time, value) => {
    for (const one of this.#shared.values()) one.feed(time, value);
    for (const one of this.#behind) one.feed(time, value);
  };

  /** A jump that one filter has found is for the detectors: filters behind it have nothing to move. */
  readonly #rebase: Rebase = (at, by, since) => this.rebase(at, by, since);
  rebase(...moved: Parameters<Rebase>): void {
    for (const one of this.#shared.values()) one.rebase(...moved);
    for (const one of this.#behind) one.rebase(...moved);
  }

  join(one: Behind): void {
    this.#behind.push(one);
  }

  /** What detectors behind this stage have in common. The names are theirs: one name, one kind of thing. */
  readonly shared: Shared = <T extends Behind>(name: string, make: () => T): T => {
    const one = this.#shared.get(name) ?? make();
    this.#shared.set(name, one);
    return one as T;
  };

  /** Calls `done` after each sample has gone as far as it goes. */
  after(done: () => void): void {
    this.#after.push(done);
  }

  keep(k: Keeper): void {
    this.filter.keep(k);
  }
}
