import { isSilent, silentFrom } from '../detectors/basic/silence.js';
import type { Keeper } from '../keep/keeper.js';

/** How silence is measured at a point: in upload intervals, plus what may be under way. */
export interface SilenceRule {
  silentAfter: number;
  allowance: number;
}

/**
 * When each instrument behind an indicator across the point was last heard of. Such an indicator is silent only when all of them are; one
 * that has fallen silent must grey the point all the same.
 */
export class Neighbours {
  #heard = new Map<string, number>();

  constructor(
    /** Upload interval of a device, ms. */
    private readonly intervalOf: (deviceId: string) => number,
    private readonly rule: SilenceRule,
  ) {}

  /** @returns true when it is new, or speaks again after it was silent at `clock` */
  hear(deviceId: string, time: number, clock: number): boolean {
    const last = this.#heard.get(deviceId);
    if (last === undefined || time > last) this.#heard.set(deviceId, time);
    return last === undefined || this.#silent(deviceId, last, clock);
  }

  get devices(): readonly string[] {
    return [...this.#heard.keys()];
  }

  silentAt(now: number): readonly string[] {
    return [...this.#heard].filter(([deviceId, last]) => this.#silent(deviceId, last, now)).map(([deviceId]) => deviceId);
  }

  /** Earliest time at which one that is not silent at `clock` falls silent if nothing comes; +∞ without any. */
  wakesAt(clock: number): number {
    const { silentAfter, allowance } = this.rule;
    let at = Number.POSITIVE_INFINITY;
    for (const [deviceId, last] of this.#heard)
      if (!this.#silent(deviceId, last, clock)) at = Math.min(at, silentFrom(last, this.intervalOf(deviceId), silentAfter, allowance));
    return at;
  }

  #silent(deviceId: string, last: number, now: number): boolean {
    return isSilent(now, last, this.intervalOf(deviceId), this.rule.silentAfter, this.rule.allowance);
  }

  memory(): Record<string, number> {
    return Object.fromEntries(this.#heard);
  }

  recall(memory: Record<string, number>): void {
    for (const [deviceId, last] of Object.entries(memory)) this.#heard.set(deviceId, Math.max(last, this.#heard.get(deviceId) ?? last));
  }

  keep(k: Keeper): void {
    const heard = [...this.#heard];
    const count = k.count(heard.length);
    for (let at = 0; at < count; at += 1) {
      const device = k.text(heard[at]?.[0] ?? '');
      this.#heard.set(device, k.number(heard[at]?.[1] ?? 0));
    }
  }
}
