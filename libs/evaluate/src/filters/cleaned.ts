import type { Detector } from '../detectors/detector.js';
import type { Filter } from './filter.js';
import type { Keeper } from '../keep/keeper.js';

/**
 * A detector that sees its series through filters, the first named nearest to the instrument. While a filter distrusts the series the indicator is
 * unknown and says why. Series of a detector that works across several are cleaned each by itself.
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
  }

  #through(filters: readonly Filter[], at: number, time: number, value: number, source: string | undefined): void {
    const filter = filters[at];
    if (filter) filter.feed(time, value, (t, v) => this.#through(filters, at + 1, t, v, source));
    else this.detector.feed(time, value, source);
  }

  get value(): number | null {
    return this.#distrust ? null : this.detector.value;
  }
  get partial(): boolean {
    return this.detector.partial;
  }
  get why() {
    return this.#distrust ?? this.detector.why;
  }
  get detail() {
    const said = [this.detector.detail, ...[...this.#chains.values()].flat().map(({ detail }) => detail)].filter(
      (one) => one !== undefined,
    );
    return said.length === 0 ? undefined : (Object.assign({}, ...said) as Record<string, number | null>);
  }

  surelyBetween(low: number, high: number): boolean {
    return !this.#distrust && (this.detector.surelyBetween?.(low, high) ?? false);
  }

  memory(): unknown {
    return this.detector.memory?.();
  }
  recall(memory: unknown): void {
    this.detector.recall?.(memory);
  }

  get #distrust() {
    for (const filters of this.#chains.values()) for (const { why } of filters) if (why) return why;
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
  }
}
