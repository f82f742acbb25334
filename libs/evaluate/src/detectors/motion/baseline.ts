import { z } from 'zod';
import { DAY } from '#libs/contracts';
import type { Sample } from '../../filters/filter.js';
import { moveEarlier } from './line-sums.js';
import type { Keeper } from '../../keep/keeper.js';

const Memory = z.object({
  from: z.number(),
  newest: z.number(),
  n: z.number(),
  t: z.number(),
  x: z.number(),
  tt: z.number(),
  tx: z.number(),
  xx: z.number(),
  x0: z.number(),
});
type Sums = z.infer<typeof Memory>;

/**
 * V0, the mean rate of the uniform stage (等速变形阶段): least-squares slope over the first `span` of the channel's
 * record, measured once and then kept (domain.md §2.4; the angle depends on V0 more than on the data, algorithms.md §2.2). Streaming sums, so
 * nothing but six numbers has to survive a restart.
 */
export class Baseline {
  #sums: Sums | null = null;

  /** @param span length of the uniform stage, ms */
  constructor(private readonly span: number) {}

  feed(time: number, value: number): void {
    const s = (this.#sums ??= { from: time, newest: time, n: 0, t: 0, x: 0, tt: 0, tx: 0, xx: 0, x0: value });
    s.newest = Math.max(s.newest, time);
    if (time < s.from || time - s.from > this.span) return;
    const t = (time - s.from) / DAY;
    const x = value - s.x0;
    s.n += 1;
    s.t += t;
    s.x += x;
    s.tt += t * t;
    s.tx += t * x;
    s.xx += x * x;
  }

  /** Moves what was seen before `at` by `by`; `since` are the samples from `at` on. */
  rebase(at: number, by: number, since: readonly Sample[]): void {
    const s = this.#sums;
    if (!s || at <= s.from) return;
    const inside = since.filter(([time]) => time - s.from <= this.span);
    if (s.newest - s.from > this.span && inside.length === 0) return;
    moveEarlier(
      s,
      by,
      inside.map(([time, value]) => [(time - s.from) / DAY, value - s.x0]),
    );
  }

  /** Rate (channel unit per day) and its standard error; null until the stage has been seen to its end. */
  rate(): { value: number; error: number } | null {
    const s = this.#sums;
    if (!s || s.newest - s.from < this.span || s.n < 20) return null;
    const stt = s.tt - (s.t * s.t) / s.n;
    const stx = s.tx - (s.t * s.x) / s.n;
    const sxx = s.xx - (s.x * s.x) / s.n;
    if (stt <= 0) return null;
    const value = stx / stt;
    const residual = Math.max(0, sxx - value * stx) / (s.n - 2);
    return { value, error: Math.sqrt(residual / stt) };
  }

  /**
   * V0 that is safe to divide by: given, or measured and three times its own standard error; never below the floor, as noise would make every
   * ratio huge (domain.md §7c 8). Null while it is being measured.
   * @param given V0 the technical unit has given for the point, unit/d
   * @param floor smallest rate that is not noise of the instrument, unit/d
   */
  v0(given: number | undefined, floor: number): number | null {
    if (given !== undefined) return Math.max(given, floor);
    const rate = this.rate();
    if (!rate) return null;
    return rate.value >= 3 * rate.error ? Math.max(rate.value, floor) : floor;
  }

  memory(): unknown {
    return this.#sums ? { ...this.#sums } : null;
  }

  recall(memory: unknown): void {
    const parsed = Memory.safeParse(memory);
    if (parsed.success) this.#sums = parsed.data;
  }

  keep(k: Keeper): void {
    if (!k.flag(this.#sums !== null)) return;
    const s = (this.#sums ??= { from: 0, newest: 0, n: 0, t: 0, x: 0, tt: 0, tx: 0, xx: 0, x0: 0 });
    for (const name of ['from', 'newest', 'n', 't', 'x', 'tt', 'tx', 'xx', 'x0'] as const) s[name] = k.number(s[name]);
  }
}
