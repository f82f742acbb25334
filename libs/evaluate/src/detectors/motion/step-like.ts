import { z } from 'zod';
import { DAY } from '#libs/contracts';
import { DurationText } from '../../text/quantity.js';
import type { Shared } from '../../filters/stage.js';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { BlockSeries } from './block-series.js';
import { VelocityDetector } from './velocity.js';
import type { Keeper } from '../../keep/keeper.js';

const YEAR = 365.25 * DAY;
/** Parts of a year whose fastest rate is kept. More: memory; fewer: a step of June counts for September. */
const parts = 24;
const part = YEAR / parts;
/** Earlier years compared with (algorithms.md B12). One is not enough: steps come early and late; ten would carry the slope's worst year for ever. */
const years = 3;
/** The comparison never says more: against a rate of almost nothing every ratio is huge. */
const highest = 10;
/** Shorter windows show noise, whose maximum over a month would be taken for a step. */
const shortestWindow = 7 * DAY;

const Memory = z.object({ recordedAt: z.number(), rates: z.array(z.tuple([z.number(), z.number()])) });

/**
 * Step-like behaviour (阶跃型, Three Gorges): slopes that move each year when the reservoir is drawn down or the rain comes, by tens of mm in a month, and
 * then rest. Value: the fastest rate of the same season (± `around`) of the last three years over the rate now, unit 1: 1 = as fast as before, 0.5 =
 * twice as fast as ever in this season, at most 10. A rulebook writes `all: [velocity, not: step-like]` with a threshold of 0.5.
 *
 * Never unknown once there is data, so that it can never hide a level: 0 ("nothing like it is known") until the season has been seen a year before, and while the
 * rate itself is unknown; 10 for a slope at rest. `detail`: both rates, unit/d. One rate per part of the window is looked at, so a year costs 72 numbers of memory.
 * Validity: windows of a week and more. Fails by: a slope that fails in its season looks like its step until it is faster than ever before, which at Bazimen is
 * some 8 mm/d: use it below red only, or with a velocity that needs no such leave beside it (`rapid`). A crisis counts as usual for three years.
 */
export class StepLikeDetector implements Detector {
  readonly #velocity: VelocityDetector;
  /** Fastest rate by part of a year, counted from 1970. */
  #rates = new Map<number, number>();
  #recordedAt = Number.NEGATIVE_INFINITY;
  #newest = Number.NEGATIVE_INFINITY;
  readonly partial = false;

  constructor(
    private readonly window: number,
    private readonly around: number,
    shared?: Shared,
  ) {
    this.#velocity = new VelocityDetector(window, 'd', shared);
  }

  feed(time: number, value: number): void {
    this.#velocity.feed(time, value);
    this.#newest = Math.max(this.#newest, time);
    if (this.#newest - this.#recordedAt < this.window / parts) return;
    this.#recordedAt = this.#newest;
    const rate = this.#velocity.value;
    if (rate === null) return;
    const index = Math.floor(this.#newest / part);
    const known = this.#rates.get(index);
    this.#rates.set(index, known === undefined ? rate : Math.max(known, rate));
    if (known === undefined) for (const old of this.#rates.keys()) if (old < index - (years + 1) * parts) this.#rates.delete(old);
  }

  get value(): number | null {
    if (this.#newest === Number.NEGATIVE_INFINITY) return null;
    const rate = this.#velocity.value;
    const before = this.#fastestBefore();
    if (rate === null || before === null) return 0;
    return rate <= 0 ? highest : tidy(Math.min(highest, Math.max(0, before) / rate));
  }

  surelyBetween(low: number, high: number): boolean {
    const before = this.#fastestBefore();
    if (before === null || this.#velocity.why) return this.value !== null && low < 0 && high > 0;
    if (before <= 0 || low >= highest || high <= 0) return false;
    // before / rate in (low, high), turned round.
    const slowest = high > highest ? Number.NEGATIVE_INFINITY : before / high;
    return this.#velocity.surelyBetween(slowest, low < 0 ? Number.POSITIVE_INFINITY : before / low);
  }

  get why() {
    return this.#newest === Number.NEGATIVE_INFINITY ? ('no-data' as const) : undefined;
  }

  get detail() {
    return this.value === null ? undefined : { v: this.#velocity.value, vRef: this.#fastestBefore() };
  }

  memory(): unknown {
    return { recordedAt: this.#recordedAt === Number.NEGATIVE_INFINITY ? 0 : this.#recordedAt, rates: [...this.#rates] };
  }

  recall(memory: unknown): void {
    const parsed = Memory.safeParse(memory);
    if (!parsed.success) return;
    this.#recordedAt = parsed.data.recordedAt;
    this.#rates = new Map(parsed.data.rates);
  }

  /** Fastest rate in the same season of earlier years, unit/d; null when none was seen. */
  #fastestBefore(): number | null {
    let fastest: number | null = null;
    for (let back = 1; back <= years; back += 1) {
      const from = Math.floor((this.#newest - back * YEAR - this.around) / part);
      const to = Math.floor((this.#newest - back * YEAR + this.around) / part);
      for (let index = from; index <= to; index += 1) {
        const rate = this.#rates.get(index);
        if (rate !== undefined && (fastest === null || rate > fastest)) fastest = rate;
      }
    }
    return fastest;
  }

  keep(k: Keeper): void {
    this.#velocity.keep(k);
    this.#recordedAt = k.number(this.#recordedAt);
    this.#newest = k.number(this.#newest);
    const rates = [...this.#rates];
    const count = k.count(rates.length);
    for (let at = 0; at < count; at += 1) {
      const index = k.number(rates[at]?.[0] ?? 0);
      this.#rates.set(index, k.number(rates[at]?.[1] ?? 0));
    }
  }
}

export const stepLikeKind = detectorKind({
  name: 'step-like',
  about: {
    zh: '阶跃型判别：近三年同季节最大速率与当前速率之比；只用于排除，不单独成级',
    en: 'step-like: fastest rate of the same season of three years over the rate now; excludes, never raises by itself',
    source: 'Xu Qiang 2008; algorithms.md B12',
  },
  supportOnly: true,
  fields: {
    window: WindowText.refine((ms) => ms >= shortestWindow, 'expected at least 7 d: a shorter rate is noise'),
    /** Less: a step that comes a month early is none. More: the summer's step excuses the winter. */
    around: DurationText.refine((ms) => ms <= 90 * DAY, 'expected at most 90 d').prefault('45 d'),
    unit: z.literal('1'),
  },
  make: ({ window, around }, _, shared) => new StepLikeDetector(window, around, shared),
  horizon: ({ window }) => BlockSeries.horizon(window),
});
