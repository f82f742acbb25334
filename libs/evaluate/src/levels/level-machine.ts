import { z } from 'zod';
import type { Certainty, WarningLevel } from '#libs/contracts';
import { independentKinds, type Witness } from './corroboration.js';
import { deviceOfKey, sensorKindOfKey } from '../indicators/fact-key.js';
import type { Finding } from '../conditions/finding.js';
import type { LevelSpec } from '../rulebook/rulebook.js';

/** One sample, as persistence counts it. */
export interface Sample {
  deviceId: string;
  /** Facts the sample moved. */
  keys: readonly string[];
  time: number;
  late: boolean;
}

/** What the rulebook finds of one level: at its thresholds, at the fallback share of them, and of its second sign. */
export interface LevelFindings {
  rise: Finding;
  hold: Finding;
  second?: Finding;
}

/** One instrument's stand on one level. `persisted`: it held it long enough; `belowSince`: it no longer holds, fallback is running. */
const Stand = z.object({
  /** Samples that counted, oldest first: `1` held the level, `0` did not. */
  marks: z.string().default(''),
  last: z.number().nullable(),
  persisted: z.boolean(),
  belowSince: z.number().nullable(),
  /** Samples since `belowSince`. */
  below: z.number().default(0),
  /** Time of the newest sample that held it. */
  heldAt: z.number().nullable().default(null),
  /** Facts of it that have held the level. */
  keys: z.array(z.string()).default([]),
});
type Stand = z.infer<typeof Stand>;

export const LevelMemory = z.object({
  stands: z.record(z.string(), Stand),
  confirmed: z.boolean(),
  lateOnly: z.boolean(),
  releasedAt: z.number().nullable(),
  flapping: z.boolean(),
});
export type LevelMemory = z.infer<typeof LevelMemory>;

const nothing: Finding = { truth: 'no', support: [], unknown: [], absent: true };
const hits = ({ marks }: Stand): number => marks.replaceAll('0', '').length;

/**
 * One level of one point: rises at once to candidate, is confirmed when enough instruments have each held it for enough
 * samples, and falls back per instrument after `after` below the fallback share. Silence never lowers it (Dynaslope, algorithms.md §1.15), and an
 * instrument that is silent corroborates nothing new (B13). A level that comes back within the cool-down is held for the cool-down before it is given
 * up again: it is never hidden, it only stops flapping.
 */
export class LevelMachine {
  readonly level: WarningLevel;
  #stands = new Map<string, Stand>();
  #confirmed = false;
  /** Only late samples have held the level so far. */
  lateOnly = true;
  #releasedAt: number | null = null;
  #flapping = false;
  #rise = nothing;
  #hold = nothing;
  #second = nothing;

  constructor(
    readonly spec: LevelSpec,
    private readonly cooldown: number,
  ) {
    this.level = spec.level;
  }

  /** Facts that hold the level now. */
  get support(): readonly string[] {
    return this.#rise.support;
  }
  get persisted(): number {
    return this.#witnesses().length;
  }
  /** Instruments that have held it long enough and have not been given up, whether they still hold it or not. */
  get standing(): number {
    return [...this.#stands.values()].filter(({ persisted }) => persisted).length;
  }
  get kinds(): number {
    return independentKinds(this.#witnesses());
  }
  get longestCount(): number {
    return Math.max(0, ...[...this.#stands.values()].map(hits));
  }
  get rise(): Finding {
    return this.#rise;
  }
  /** When it was last given up after an instrument had held it long enough. */
  get releasedAt(): number | null {
    return this.#releasedAt;
  }
  /** null: the level is not held. */
  get certainty(): Certainty | null {
    if (this.#stands.size === 0) return null;
    if (this.#confirmed) return 'confirmed';
    for (const stand of this.#stands.values()) if (stand.persisted) return 'awaiting-corroboration';
    return 'awaiting-persistence';
  }
  /** When a fallback ends if nothing else happens; +∞ without one. */
  get dueAt(): number {
    let due = Number.POSITIVE_INFINITY;
    // Asked with every reading, and nearly always nothing is held.
    if (this.#stands.size === 0) return due;
    for (const stand of this.#stands.values()) due = Math.min(due, this.#fallsAt(stand));
    return due;
  }

  #fallsAt({ belowSince, below, heldAt }: Stand): number {
    if (belowSince === null || below < this.spec.below) return Number.POSITIVE_INFINITY;
    const after = this.#flapping ? Math.max(this.spec.after, this.cooldown) : this.spec.after;
    return Math.max(belowSince + after, (heldAt ?? belowSince) + this.spec.validity);
  }

  /** The rulebook was evaluated at `now` (event time), because of `sample` or of the clock. */
  update(findings: LevelFindings, sample: Sample | undefined, now: number): void {
    const { rise, hold, second } = findings;
    this.#rise = rise;
    this.#hold = hold;
    this.#second = second ?? nothing;
    const was = this.certainty;
    const rising = devices(rise.truth === 'yes' ? rise.support : []);
    const holding = devices(hold.truth === 'yes' ? hold.support : []);
    const unknown = devices([...rise.unknown, ...hold.unknown]);
    for (const device of rising) {
      const stand = this.#stands.get(device);
      if (stand) this.#stop(stand);
      else this.#stands.set(device, { marks: '', last: null, persisted: false, belowSince: null, below: 0, heldAt: null, keys: [] });
    }
    for (const [device, stand] of this.#stands) {
      if (rising.has(device)) continue;
      if (!stand.persisted) {
        // In a row means in a row; of n of m samples some may miss, and `#count` sees which.
        if (!unknown.has(device) && this.spec.of === this.spec.samples) this.#stands.delete(device);
      } else if (holding.has(device) || hold.truth === 'unknown' || unknown.has(device)) this.#stop(stand);
      else stand.belowSince ??= now;
    }
    if (was === null && this.#stands.size > 0)
      this.#flapping = this.cooldown > 0 && this.#releasedAt !== null && now - this.#releasedAt < this.cooldown;
    if (sample) this.count(sample);
    else this.#confirm();
    for (const [device, stand] of this.#stands) if (this.#fallsAt(stand) <= now) this.#stands.delete(device);
    if (this.#stands.size === 0) this.#release(was, now);
  }

  /**
   * Counts a sample of an instrument that stands on the level. Between two crossings nothing else is needed: the findings stand.
   * @returns true when what people see has changed
   */
  count(sample: Sample): boolean {
    if (this.#stands.size === 0) return false;
    const before = this.certainty;
    const wasLate = this.lateOnly;
    for (const device of devices(sample.keys)) {
      const stand = this.#stands.get(device);
      if (stand) this.#count(device, stand, sample);
    }
    this.#confirm();
    return this.certainty !== before || this.lateOnly !== wasLate;
  }

  #count(device: string, stand: Stand, { keys, time, late }: Sample): void {
    const held = this.#rise.truth === 'yes' ? keys.filter((key) => this.#rise.support.includes(key)) : [];
    if (held.length === 0) {
      // A stand kept by an earlier release does not know its facts: any of its device will do.
      if (stand.keys.length > 0 && !keys.some((key) => stand.keys.includes(key))) return;
      if (stand.belowSince !== null && time > (stand.heldAt ?? Number.NEGATIVE_INFINITY)) stand.below += 1;
      if (!stand.persisted) this.#mark(stand, '0', time);
      if (!stand.persisted && hits(stand) === 0) this.#stands.delete(device);
      return;
    }
    if (!late) this.lateOnly = false;
    for (const key of held) if (!stand.keys.includes(key)) stand.keys.push(key);
    stand.heldAt = Math.max(stand.heldAt ?? time, time);
    this.#mark(stand, '1', time);
    if (hits(stand) >= this.spec.samples) stand.persisted = true;
  }

  /** Keeps the newest marks that can still become `samples` of `of`. */
  #mark(stand: Stand, mark: '0' | '1', time: number): void {
    if (stand.last !== null && (time <= stand.last || time - stand.last < this.spec.apart)) return;
    stand.last = time;
    const { samples, of } = this.spec;
    let marks = (stand.marks + mark).slice(-of);
    while (marks.length > 0 && (marks.startsWith('0') || marks.length - marks.replaceAll('0', '').length > of - samples))
      marks = marks.slice(1);
    stand.marks = marks;
  }

  #confirm(): void {
    if (this.#confirmed) return;
    const witnesses = this.#witnesses();
    if (witnesses.length === 0) return;
    this.#confirmed =
      (witnesses.length >= this.spec.instruments && independentKinds(witnesses) >= this.spec.kinds) || this.#secondSign(witnesses);
  }

  /** Instruments that held it long enough and still do: now, or within the time the rulebook allows. A silent one is no witness to anything new. */
  #witnesses(): Witness[] {
    const persisted = [...this.#stands].filter(([, stand]) => stand.persisted);
    if (persisted.length === 0) return [];
    const present = devices([
      ...(this.#rise.truth === 'yes' ? this.#rise.support : []),
      ...(this.#hold.truth === 'yes' ? this.#hold.support : []),
    ]);
    const { within } = this.spec;
    const newest = Math.max(...persisted.map(([, { heldAt }]) => heldAt ?? Number.NEGATIVE_INFINITY));
    return persisted
      .filter(([device, { heldAt }]) => (within === undefined ? present.has(device) : heldAt !== null && newest - heldAt <= within))
      .map(([deviceId, { keys }]) => ({ deviceId, kinds: [...new Set(keys.map(sensorKindOfKey))] }));
  }

  /** Only a sensor of another kind is a second sign: more numbers of the same one are the same sign. */
  #secondSign(witnesses: readonly Witness[]): boolean {
    if (this.#second.truth !== 'yes') return false;
    return this.#second.support.some((key) => witnesses.every(({ kinds }) => !kinds.includes(sensorKindOfKey(key))));
  }

  #stop(stand: Stand): void {
    stand.belowSince = null;
    stand.below = 0;
  }

  #release(was: Certainty | null, now: number): void {
    if (was === 'confirmed' || was === 'awaiting-corroboration') this.#releasedAt = now;
    this.#confirmed = false;
    this.lateOnly = true;
  }

  memory(): LevelMemory {
    return {
      stands: Object.fromEntries([...this.#stands].map(([device, stand]) => [device, { ...stand, keys: [...stand.keys] }])),
      confirmed: this.#confirmed,
      lateOnly: this.lateOnly,
      releasedAt: this.#releasedAt,
      flapping: this.#flapping,
    };
  }

  recall(memory: LevelMemory): void {
    this.#stands = new Map(Object.entries(memory.stands).map(([device, stand]) => [device, { ...stand, keys: [...stand.keys] }]));
    this.#confirmed = memory.confirmed;
    this.lateOnly = memory.lateOnly;
    this.#releasedAt = memory.releasedAt;
    this.#flapping = memory.flapping;
  }
}

const devices = (keys: readonly string[]): Set<string> => new Set(keys.map(deviceOfKey));
