import type { Detector, WhyUnknown } from '../detectors/detector.js';
import type { Keeper } from '../keep/keeper.js';
import type { Rebase } from './filter.js';
import type { Behind, Entry, Stage } from './stage.js';

/**
 * A detector that sees its series through filters, the first named nearest to the instrument. While a filter distrusts the series the indicator is
 * unknown and says why; while one doubts it the value is a lower bound. Series of a detector that works across several are cleaned each by itself, and
 * one that is distrusted is left out: one instrument that sticks must not blind all the others. What is left is a lower bound, and `leftOut` names what is not in it.
 */
export class CleanedDetector implements Detector {
  readonly #chains = new Map<string | undefined, readonly Stage[]>();
  /** The filters of all chains: asked at every sample. */
  #stages: readonly Stage[] = [];

  /** @param chainOf the filters of a series; they may be shared with other detectors, and are then fed through `entry` alone */
  constructor(
    private readonly detector: Detector,
    private readonly chainOf: (source: string | undefined) => readonly Stage[],
  ) {}

  feed(time: number, value: number, source?: string): void {
    this.entry(source).feed(time, value);
  }

  entry(source?: string): Entry {
    const [first] = this.#chain(source);
    if (!first) throw new Error('a chain without a filter');
    return first;
  }

  #chain(source: string | undefined): readonly Stage[] {
    const known = this.#chains.get(source);
    if (known) return known;
    const chain = this.chainOf(source);
    this.#chains.set(source, chain);
    this.#stages = [...this.#chains.values()].flat();
    const { detector } = this;
    chain.at(-1)?.join(new Outlet(detector, source));
    if (source !== undefined && detector.leaveOut) chain[0]?.after(() => this.#leave(source, chain));
    return chain;
  }

  #leave(source: string, chain: readonly Stage[]): void {
    this.detector.leaveOut?.(source, this.#distrusts(chain) !== undefined);
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
    const out = [...this.#chains].flatMap(([source, chain]) => {
      const cause = source === undefined ? undefined : this.#distrusts(chain);
      return source === undefined || cause === undefined ? [] : [{ source, why: cause }];
    });
    return this.detector.leaveOut && out.length > 0 ? out : undefined;
  }
  get detail() {
    const said = [this.detector.detail, ...this.#stages.map(({ filter }) => filter.detail)].filter((one) => one !== undefined);
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
    if (!this.detector.leaveOut) return this.#distrusts(this.#stages);
    const alone = this.#chains.get(undefined);
    return alone && this.#distrusts(alone);
  }

  /** Why a value is the least that happened. */
  get #doubt(): WhyUnknown | undefined {
    for (const { filter } of this.#stages) {
      const cause = filter.doubt ?? filter.why;
      if (cause) return cause;
    }
    return undefined;
  }

  /** A detector that can't move its window would take a step for motion: what a filter only doubts is then distrusted. */
  #distrusts(stages: readonly Stage[]): WhyUnknown | undefined {
    for (const { filter } of stages) {
      const cause = filter.why ?? (this.detector.rebase ? undefined : filter.doubt);
      if (cause) return cause;
    }
    return undefined;
  }

  keep(k: Keeper): void {
    this.detector.keep(k);
    const named = new Map([...this.#chains].map(([source, chain]) => [source ?? '', chain]));
    k.map(
      named,
      (name) => this.#chain(name === '' ? undefined : name),
      (chain) => {
        for (const stage of chain) k.once(stage);
      },
    );
    if (k.reading) for (const [source, chain] of this.#chains) if (source !== undefined) this.#leave(source, chain);
  }
}

/** Where a series comes out of its filters and into the detector. */
class Outlet implements Behind {
  constructor(
    private readonly detector: Detector,
    private readonly source: string | undefined,
  ) {}

  feed(time: number, value: number): void {
    this.detector.feed(time, value, this.source);
  }

  rebase(...moved: Parameters<Rebase>): void {
    this.detector.rebase?.(...moved);
  }
}
