import { z } from 'zod';
import type { Certainty, WarningLevel } from '#libs/contracts';
import type { Finding } from './finding.js';
import type { LevelSpec } from './rulebook.js';

/** One sample, as persistence counts it. */
export interface Sample {
  deviceId: string;
  /** Facts the sample moved. */
  keys: readonly string[];
  time: number;
  late: boolean;
}

/** One instrument's stand on one level. `count` samples in a row held it; `belowSince`: it no longer holds, fallback is running. */
const Stand = z.object({ count: z.number(), last: z.number().nullable(), persisted: z.boolean(), belowSince: z.number().nullable() });
type Stand = z.infer<typeof Stand>;

export const LevelMemory = z.object({
  stands: z.record(z.string(), Stand),
  confirmed: z.boolean(),
  lateOnly: z.boolean(),
  releasedAt: z.number().nullable(),
  flapping: z.boolean(),
});
export type LevelMemory = z.infer<typeof LevelMemory>;

const empty: Finding = { truth: 'no', support: [], unknown: [], absent: true };

/**
 * One level of one point: rises at once to candidate, is confirmed when enough instruments have each held it for enough
 * samples, and falls back per instrument after `after` below the fallback share. Silence never lowers it (Dynaslope, algorithms.md §1.15).
 * A level that comes back within the cool-down is held for the cool-down before it is given up again: it is never hidden, it only stops flapping.
 */
export class LevelMachine {
  readonly level: WarningLevel;
  #stands = new Map<string, Stand>();
  #confirmed = false;
  /** Only late samples have held the level so far. */
  lateOnly = true;
  #releasedAt: number | null = null;
  #flapping = false;
  #rise = empty;

  constructor(
    private readonly spec: LevelSpec,
    private readonly cooldown: number,
    /** Device of a fact's key. */
    private readonly deviceOf: (key: string) => string,
  ) {
    this.level = spec.level;
  }

  get instruments(): number {
    return this.spec.instruments;
  }
  get samples(): number {
    return this.spec.samples;
  }
  /** Facts that hold the level now. */
  get support(): readonly string[] {
    return this.#rise.support;
  }
  get persisted(): number {
    return [...this.#stands.values()].filter((stand) => stand.persisted).length;
  }
  get longestCount(): number {
    return Math.max(0, ...[...this.#stands.values()].map((stand) => stand.count));
  }
  get riseTruth(): Finding['truth'] {
    return this.#rise.truth;
  }
  /** null: the level is not held. */
  get certainty(): Certainty | null {
    if (this.#stands.size === 0) return null;
    if (this.#confirmed) return 'confirmed';
    return this.persisted > 0 ? 'awaiting-corroboration' : 'awaiting-persistence';
  }
  /** When a fallback ends if nothing else happens; +∞ without one. */
  get dueAt(): number {
    let due = Number.POSITIVE_INFINITY;
    // Asked with every reading, and nearly always nothing is held.
    if (this.#stands.size === 0) return due;
    for (const stand of this.#stands.values()) if (stand.belowSince !== null) due = Math.min(due, stand.belowSince + this.#after);
    return due;
  }
  get #after(): number {
    return this.#flapping ? Math.max(this.spec.after, this.cooldown) : this.spec.after;
  }

  /** The rulebook was evaluated at `now` (event time), because of `sample` or of the clock. */
  update(rise: Finding, hold: Finding, sample: Sample | undefined, now: number): void {
    this.#rise = rise;
    const was = this.certainty;
    const rising = this.#devices(rise.truth === 'yes' ? rise.support : []);
    const holding = this.#devices(hold.truth === 'yes' ? hold.support : []);
    const unknown = this.#devices([...rise.unknown, ...hold.unknown]);
    for (const device of rising) {
      const stand = this.#stands.get(device);
      if (stand) stand.belowSince = null;
      else this.#stands.set(device, { count: 0, last: null, persisted: false, belowSince: null });
    }
    for (const [device, stand] of this.#stands) {
      if (rising.has(device)) continue;
      if (!stand.persisted) {
        if (!unknown.has(device)) this.#stands.delete(device);
      } else if (holding.has(device) || hold.truth === 'unknown' || unknown.has(device)) stand.belowSince = null;
      else {
        stand.belowSince ??= now;
        if (now - stand.belowSince >= this.#after) this.#stands.delete(device);
      }
    }
    if (was === null && this.#stands.size > 0)
      this.#flapping = this.cooldown > 0 && this.#releasedAt !== null && now - this.#releasedAt < this.cooldown;
    if (sample) this.count(sample);
    if (this.#stands.size === 0) this.#release(was, now);
  }

  /**
   * Counts a sample of an instrument that holds the level. Between two crossings nothing else is needed: the findings stand.
   * @returns true when what people see has changed
   */
  count(sample: Sample): boolean {
    const stand = this.#stands.get(sample.deviceId);
    if (!stand || this.#rise.truth !== 'yes' || !sample.keys.some((key) => this.#rise.support.includes(key))) return false;
    const before = this.certainty;
    const wasLate = this.lateOnly;
    if (!sample.late) this.lateOnly = false;
    if (stand.last === null || (sample.time > stand.last && sample.time - stand.last >= this.spec.apart)) {
      stand.count += 1;
      stand.last = sample.time;
      if (stand.count >= this.spec.samples) stand.persisted = true;
    }
    if (this.persisted >= this.spec.instruments) this.#confirmed = true;
    return this.certainty !== before || this.lateOnly !== wasLate;
  }

  #release(was: Certainty | null, now: number): void {
    if (was === 'confirmed' || was === 'awaiting-corroboration') this.#releasedAt = now;
    this.#confirmed = false;
    this.lateOnly = true;
  }

  #devices(keys: readonly string[]): Set<string> {
    return new Set(keys.map(this.deviceOf));
  }

  memory(): LevelMemory {
    return {
      stands: Object.fromEntries([...this.#stands].map(([device, stand]) => [device, { ...stand }])),
      confirmed: this.#confirmed,
      lateOnly: this.lateOnly,
      releasedAt: this.#releasedAt,
      flapping: this.#flapping,
    };
  }

  recall(memory: LevelMemory): void {
    this.#stands = new Map(Object.entries(memory.stands).map(([device, stand]) => [device, { ...stand }]));
    this.#confirmed = memory.confirmed;
    this.lateOnly = memory.lateOnly;
    this.#releasedAt = memory.releasedAt;
    this.#flapping = memory.flapping;
  }
}
