import { z } from 'zod';
import type { Filter, Pass } from '../filter.js';
import { filterKind } from '../kind.js';
import { StretchText } from '../../text/quantity.js';
import type { Keeper } from '../../keep/keeper.js';

/** Values a sample is compared with, at most: 2 kB a channel. */
const most = 256;

/**
 * A copied block (a row pasted twice, a logger that sends an old file again with new times; Baishuihe 2011-03 was one): `run` values in a row equal, to
 * the last digit, a run that came before. While a run of equals grows its samples wait, at most `run − 1` of them; when it is long enough they are left out and the
 * indicator is unknown, `copied`, until a value comes that the old run does not have. A value never seen before, as motion makes them, passes at once and
 * releases those that wait.
 *
 * A run counts only when at least half of its values differ from one another: a quiet instrument repeats itself honestly. Chance: with noise over q steps of the resolution
 * some 256·q^−run a sample (10⁻⁹ for 8 values of GNSS, 0.04 for three steps): not for channels coarser than their noise. Late samples pass and are not compared.
 */
export class CopiedFilter implements Filter {
  /** The newest `most` samples in order, as a ring. */
  readonly #times = new Float64Array(most);
  readonly #values = new Float64Array(most);
  #count = 0;
  /** By lag: how many samples in a row, up to the newest, equal those `lag` before them. */
  readonly #runs = new Uint16Array(most + 1);
  #waiting: (readonly [number, number])[] = [];
  #copied = false;

  /**
   * @param window how far back copies are looked for, ms
   * @param run equal values in a row that make a copy
   */
  constructor(
    private readonly window: number,
    private readonly run: number,
  ) {}

  get why() {
    return this.#copied ? ('copied' as const) : undefined;
  }

  feed(time: number, value: number, pass: Pass): void {
    if (this.#count > 0 && time <= (this.#times[(this.#count - 1) % most] as number)) {
      pass(time, value);
      return;
    }
    const longest = this.#compare(time, value);
    this.#times[this.#count % most] = time;
    this.#values[this.#count % most] = value;
    this.#count += 1;
    this.#waiting.push([time, value]);
    this.#copied = longest >= this.run && this.#isTelling();
    const stay = this.#copied ? 0 : Math.min(longest, this.run - 1);
    const leave = this.#waiting.splice(0, this.#waiting.length - stay);
    if (!this.#copied) for (const [t, v] of leave) pass(t, v);
  }

  /** @returns length of the longest run of equals that ends with this sample and does not overlap what it equals */
  #compare(time: number, value: number): number {
    let longest = 0;
    const reach = Math.min(this.#count, most);
    for (let lag = 1; lag <= reach; lag += 1) {
      const at = (this.#count - lag) % most;
      const isSame = this.#values[at] === value && time - (this.#times[at] as number) <= this.window;
      const run = isSame ? Math.min((this.#runs[lag] as number) + 1, 65_535) : 0;
      this.#runs[lag] = run;
      if (lag >= this.run && run > longest) longest = run;
    }
    return longest;
  }

  #isTelling(): boolean {
    const values = new Set<number>();
    for (let back = 1; back <= this.run; back += 1) values.add(this.#values[(this.#count - back) % most] as number);
    return values.size * 2 >= this.run;
  }

  keep(k: Keeper): void {
    k.list(this.#times);
    k.list(this.#values);
    k.list(this.#runs);
    this.#count = k.number(this.#count);
    this.#copied = k.flag(this.#copied);
    const count = k.count(this.#waiting.length);
    this.#waiting = Array.from({ length: count }, (_, at) => [
      k.number(this.#waiting[at]?.[0] ?? 0),
      k.number(this.#waiting[at]?.[1] ?? 0),
    ]);
  }
}

export const copiedKind = filterKind({
  name: 'copied',
  about: {
    zh: '数据块复制：连续多个值与以往逐位相同则判为未知',
    en: 'values that repeat an earlier block to the last digit are unknown',
    source: 'Baishuihe 2011-03',
  },
  fields: {
    window: StretchText,
    /** Fewer: chance makes copies. More: a short pasted block is judged as motion. */
    run: z.number().int().min(4).max(64).default(8),
  },
  make: ({ window, run }) => new CopiedFilter(window, run),
  horizon: ({ window }) => window,
});
