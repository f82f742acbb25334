import type { Detector, WhyUnknown } from '../detectors/detector.js';
import type { Filter } from './filter.js';
import type { Keeper } from '../keep/keeper.js';

/**
 * A detector that sees its series through filters, the first named nearest to the instrument. While a filter distrusts the series the indicator is
 * unknown and says why; while one doubts it the value is a lower bound. Series of a detector that works across several are cleaned each by itself, and
 * one that is distrusted is left out: one instrument that sticks must not blind all the others. What is left is a lower bound, and `leftOut` names what is not in it.
 */
export class CleanedDetector implements Detector {
  readonly #chains = new Map<string | undefined, readonly Filter[]>();

  constructor(
    private readonly detector: Detector,
    private readonly chain: () => readonly Filter[],
  ) {}

  feed(time: number, value: number, source?: string): void {
    let filters = this.#chains.get(source);
    if (!filters) this.#chains.set(source, (filters = this.chain()));
    this.#through(filters, 0, time, value, source);
    if (source !== undefined) this.#leave(source, filters);
  }

  #leave(source: string, filters: readonly Filter[]): void {
    this.detector.leaveOut?.(source, this.#distrusts(filters) !== undefined);
  }

  #through(filters: readonly Filter[], at: number, time: number, value: number, source: string | undefined): void {
    const filter = filters[at];
    if (!filter) this.detector.feed(time, value, source);
    else
      filter.feed(
        time,
        value,
        (t, v) => this.#through(filters, at + 1, t, v, source),
        (...moved) => this.detector.rebase?.(...moved),
      );
  }

  get value(): number | null {
    return this.#distrust ? null : this.detector.value;
  }
  get partial(): boolean {
    return this.detector.partial || this.#doubt !== undefined;
  }
  get why() {
    return this.#distrust ?? (this.leftOut ? this.#doubt : undefined) ?? this.detector.why ?? this.#doubt;
  }
  get leftOut() {
    const out = [...this.#chains].flatMap(([source, filters]) => {
      const cause = source === undefined ? undefined : this.#distrusts(filters);
      return source === undefined || cause === undefined ? [] : [{ source, why: cause }];
    });
    return this.detector.leaveOut && out.length > 0 ? out : undefined;
  }
  get detail() {
    const said = [this.detector.detail, ...[...this.#chains.values()].flat().map(({ detail }) => detail)].filter(
      (one) => one !== undefined,
    );
    return said.length === 0 ? undefined : (Object.assign({}, ...said) as Record<string, number | null>);
  }

  surelyBetween(low: number, high: number): boolean {
    return !this.#distrust && !this.#doubt && (this.detector.surelyBetween?.(low, high) ?? false);
  }

  memory(): unknown {
    return this.detector.memory?.();
  }
  recall(memory: unknown): void {
    this.detector.recall?.(memory);
  }

  /** Why the whole indicator can't be trusted: its one series, or, where none can be left out, any. */
  get #distrust(): WhyUnknown | undefined {
    for (const [source, filters] of this.#chains) {
      const cause = this.#distrusts(filters);
      if (cause && (source === undefined || !this.detector.leaveOut)) return cause;
    }
    return undefined;
  }

  /** Why a value is the least that happened. */
  get #doubt(): WhyUnknown | undefined {
    for (const filters of this.#chains.values()) for (const { doubt, why } of filters) if (doubt ?? why) return doubt ?? why;
    return undefined;
  }

  /** A detector that can't move its window would take a step for motion: what a filter only doubts is then distrusted. */
  #distrusts(filters: readonly Filter[]): WhyUnknown | undefined {
    for (const { why, doubt } of filters) {
      const cause = why ?? (this.detector.rebase ? undefined : doubt);
      if (cause) return cause;
    }
    return undefined;
  }

  keep(k: Keeper): void {
    this.detector.keep(k);
    const named = new Map([...this.#chains].map(([source, chain]) => [source ?? '', chain]));
    k.map(
      named,
      (name) => {
        const chain = this.chain();
        this.#chains.set(name === '' ? undefined : name, chain);
        return chain;
      },
      (chain) => {
        for (const filter of chain) filter.keep(k);
      },
    );
    if (k.reading) for (const [source, chain] of this.#chains) if (source !== undefined) this.#leave(source, chain);
  }
}
