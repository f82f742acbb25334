import {
  excludingFlags,
  levelRank,
  toIso,
  type HazardPoint,
  type IndicatorSeries,
  type PointDecision,
  type PointLevel,
  type PointState,
  type StoredReading,
} from '#libs/contracts';
import { horizonOf } from '../detectors/index.js';
import { RulebookEngine, type Overdue } from '../conditions/engine.js';
import { decisionReasons } from '../levels/decision-reasons.js';
import { distancesOf, explainLevels, extendedWatch, missingInputs, type Standing } from '../levels/explain.js';
import { everyDevice, factKey, partsOfKey } from '../indicators/fact-key.js';
import { compileCondition } from '../conditions/finding.js';
import { Indicator } from '../indicators/indicator.js';
import type { LateBlock } from './late-block.js';
import { LevelMachine, type Sample } from '../levels/level-machine.js';
import { Neighbours } from '../indicators/neighbours.js';
import { PointMemory, sameSaid, saidNothing, type Said } from './point-memory.js';
import { Router } from '../indicators/router.js';
import type { IndicatorSpec, Rulebook } from '../rulebook/rulebook.js';
import { thresholdTable } from '../rulebook/thresholds.js';

export interface PointSetup {
  point: Pick<HazardPoint, 'unifiedCode' | 'thresholds' | 'mainSlideDirection' | 'slopeHeight'>;
  /** Devices registered at the point; interval in seconds. */
  devices: readonly { deviceId: string; interval: number }[];
  rulebook: Rulebook;
  /** Event time a packet may be under way without counting as silence, ms; 0 except in a fast drill. */
  allowance?: number;
  /** `false`: curves are not kept; `series` answers the newest values only. For histories judged at full speed. */
  curves?: boolean;
  overdue?: Overdue;
}

/** A device nobody registered (moved away meanwhile) is judged as one that uploads hourly, the normal cycle of domain.md §2.2. */
const usualInterval = 3600;

/**
 * Judges one hazard point: readings and ticks in, decisions out, in event time. `feed` and `tick` are synchronous and say
 * whether something happened that the rulebook must look at; then, and only then, `decide` runs it. Calls must not overlap (the point's
 * stream sees to it). Same calls, same decisions.
 */
export class PointEvaluator {
  readonly #setup: PointSetup;
  readonly #engine: RulebookEngine;
  readonly #machines: readonly LevelMachine[];
  readonly #indicators = new Map<string, Indicator>();
  readonly #router: Router;
  readonly #thresholds;
  readonly #ratios: readonly number[];
  readonly #intervals: ReadonlyMap<string, number>;
  readonly #neighbours: Neighbours;
  /** Event time so far: newest of all samples and ticks. */
  #now = Number.NEGATIVE_INFINITY;
  /** Point's clock at the last tick; −∞ while history is being judged. */
  #clock = Number.NEGATIVE_INFINITY;
  #eventAt: number | null = null;
  #sample: Sample | undefined;
  #due = false;
  #failure: string | undefined;
  #late: LateBlock | null = null;
  #said: Said = saidNothing;
  /**
   * The last decision saw an instrument that is silent on the clock. Its newest sample may end that without crossing anything (a buffer sent after an
   * outage: the first of it is old, the last is not), and the point must not stay grey.
   */
  #greyBySilence = false;

  constructor(setup: PointSetup) {
    this.#setup = setup;
    const { rulebook, point } = setup;
    const thresholds = thresholdTable(rulebook, point.thresholds, point.slopeHeight);
    this.#thresholds = thresholds;
    this.#ratios = [...new Set([1, ...rulebook.levels.map((level) => level.fallback)])];
    this.#intervals = new Map(setup.devices.map(({ deviceId, interval }) => [deviceId, interval]));
    this.#neighbours = new Neighbours((deviceId) => this.#intervalOf(deviceId) * 1000, {
      silentAfter: rulebook.missing.silentAfter,
      allowance: setup.allowance ?? 0,
    });
    const worse = new Map(rulebook.indicators.map((indicator) => [indicator.id, indicator.worse]));
    this.#engine = new RulebookEngine(
      rulebook.levels.map(({ level, when, fallback, orWith }) => {
        const context = { level, thresholds, worse: (id: string) => worse.get(id) ?? 'more', unknownWhen: rulebook.missing.unknownWhen };
        return {
          level,
          rise: compileCondition(when, { ...context, ratio: 1, unresolved: 'unknown' }),
          hold: compileCondition(when, { ...context, ratio: fallback, unresolved: 'absent' }),
          second: orWith && compileCondition(orWith, { ...context, ratio: 1, unresolved: 'absent' }),
        };
      }),
      setup.overdue,
    );
    this.#machines = rulebook.levels.map((level) => new LevelMachine(level, rulebook.cooldown));
    this.#router = new Router(rulebook.indicators, point.mainSlideDirection, (spec, deviceId, series) =>
      this.#indicatorOf(spec, deviceId, series),
    );
  }

  /** Longest stretch of event time the indicators look back over, ms. */
  horizon(): number {
    return Math.max(0, ...this.#setup.rulebook.indicators.map((indicator) => horizonOf(indicator.spec)));
  }

  /** A stored reading. @returns true when `decide` must be called before anything else is fed */
  feed(reading: StoredReading): boolean {
    if (!this.#take(reading)) return false;
    const sample = this.#sample;
    if (!this.#due && sample) for (const machine of this.#machines) if (machine.count(sample)) this.#due = true;
    if (this.#nextDue() <= this.#now) this.#due = true;
    if (this.#greyBySilence && !this.#isStale()) this.#due = true;
    return this.#due;
  }

  /** A reading that has been judged already: rebuilds windows, decides nothing. Call before `restore`. */
  warm(reading: StoredReading): void {
    const late = this.#late;
    this.#take(reading);
    this.#late = late;
    this.#sample = undefined;
    this.#due = false;
  }

  /** The point's clock. @returns true when `decide` must be called */
  tick(now: number): boolean {
    this.#clock = Math.max(this.#clock, now);
    this.#now = Math.max(this.#now, now);
    this.#sample = undefined;
    const { silentAfter } = this.#setup.rulebook.missing;
    for (const indicator of this.#indicators.values())
      if (indicator.tick(this.#clock, silentAfter, this.#setup.allowance ?? 0)) this.#due = true;
    if (this.#nextDue() <= this.#now) this.#due = true;
    if (this.#said.level === 'none' && this.#isStale()) this.#due = true;
    if (this.#greyBySilence && !this.#isStale()) this.#due = true;
    return this.#due;
  }

  /**
   * Earliest event time (ms) at which a tick may change something if nothing is fed before; +∞ when only a reading can. Ticks before it
   * change nothing, so a history needs none there.
   */
  wakesAt(): number {
    const { silentAfter } = this.#setup.rulebook.missing;
    let at = Math.min(this.#nextDue(), this.#neighbours.wakesAt(this.#clock));
    for (const indicator of this.#indicators.values()) at = Math.min(at, indicator.wakesAt(silentAfter, this.#setup.allowance ?? 0));
    return at;
  }

  /** Runs the rulebook. @returns a decision when level, certainty or confirmed level changed, else null */
  async decide(): Promise<PointDecision | null> {
    this.#due = false;
    const outcome = await this.#engine.run([...this.#indicators.values()].map((indicator) => indicator.fact()));
    const held = new Set(this.#machines.filter((machine) => machine.certainty !== null));
    this.#failure = outcome.ok ? undefined : outcome.error;
    if (outcome.ok)
      for (const machine of this.#machines) {
        const finding = outcome.findings.get(machine.level);
        if (finding) machine.update(finding, this.#sample, this.#now);
      }
    this.#greyBySilence = this.#isStale();
    const said = this.#summary();
    if (sameSaid(said, this.#said)) return null;
    const fallen = this.#machines.filter((machine) => held.has(machine) && machine.certainty === null);
    this.#said = said;
    return this.#decision(said, fallen);
  }

  #decision(said: Said, fallen: readonly LevelMachine[]): PointDecision {
    const { point, rulebook } = this.#setup;
    return {
      hazardPoint: point.unifiedCode,
      rule: { id: rulebook.id, version: rulebook.version },
      level: said.level,
      certainty: said.certainty,
      confirmedLevel: said.confirmedLevel,
      eventAt: Math.round(this.#sample?.time ?? this.#now),
      reasons: decisionReasons(this.#standing(), said, fallen, this.#failure),
      evidence: this.#views(),
      late: said.late || (levelRank(said.level) === 0 && this.#sample?.late === true),
    };
  }

  /** Late samples whose own moments are still to be judged; null: none. */
  get lateBlock(): LateBlock | null {
    return this.#late;
  }

  /** The block has been judged. */
  settleLate(): void {
    this.#late = null;
  }

  /** What holds now, said again after a correction of the past; sounds nowhere. */
  restated(): PointDecision {
    return { ...this.#decision(this.#said, []), late: true };
  }

  /** What the last decision said. */
  get said(): Pick<PointState, 'level' | 'certainty' | 'confirmedLevel'> {
    const { level, certainty, confirmedLevel } = this.#said;
    return { level, certainty, confirmedLevel };
  }

  picture(judgedTo: number): PointState {
    const { point, rulebook } = this.#setup;
    return {
      hazardPoint: point.unifiedCode,
      level: this.#said.level,
      certainty: this.#said.certainty,
      confirmedLevel: this.#said.confirmedLevel,
      rule: { id: rulebook.id, version: rulebook.version },
      judgedTo,
      eventAt: this.#eventAt === null ? null : toIso(this.#eventAt),
      indicators: this.#views(),
      missing: missingInputs(this.#standing(), this.#setup.devices, this.#neighbours, this.#clock),
      watch: extendedWatch(this.#standing(), Math.max(this.#now, this.#clock)),
      uploadInterval: this.#said.level === 'none' || this.#said.level === 'unknown' ? undefined : rulebook.uploads[this.#said.level],
    };
  }

  /** Why each level is in force or not, and how far every indicator is from it: what people ask of one point, too much for every picture. */
  explain(): Pick<PointState, 'levels' | 'indicators'> {
    const standing = this.#standing();
    const indicators = standing.indicators.map((one) => ({ ...one.view(), distances: distancesOf(one, this.#thresholds) }));
    return { levels: explainLevels(standing), indicators };
  }

  /** Curves of the indicators, from an event time (ms) on. */
  series(since?: number): IndicatorSeries[] {
    return [...this.#indicators.values()].map((indicator) => indicator.series(since));
  }

  snapshot(): PointMemory {
    return {
      v: 1,
      said: { ...this.#said },
      eventAt: this.#eventAt,
      levels: Object.fromEntries(this.#machines.map((machine) => [machine.level, machine.memory()])),
      indicators: Object.fromEntries([...this.#indicators].map(([key, indicator]) => [key, indicator.memory()])),
      heard: this.#neighbours.memory(),
      late: this.#late,
    };
  }

  /** Takes up what `snapshot` kept. @returns false when `memory` is not readable; the point then starts from its windows alone */
  restore(memory: unknown): boolean {
    const parsed = PointMemory.safeParse(memory);
    if (!parsed.success) return false;
    const { said, eventAt, levels, indicators, heard, late } = parsed.data;
    this.#late = late;
    this.#neighbours.recall(heard);
    this.#said = said;
    this.#eventAt = eventAt;
    this.#now = eventAt ?? Number.NEGATIVE_INFINITY;
    for (const machine of this.#machines) {
      const kept = levels[machine.level];
      if (kept) machine.recall(kept);
    }
    for (const [key, kept] of Object.entries(indicators)) {
      const parts = partsOfKey(key);
      const spec = this.#setup.rulebook.indicators.find(({ id }) => id === parts?.indicator);
      // What a device left that was removed would turn the point grey by its silence.
      if (spec && parts && (parts.deviceId === everyDevice || this.#intervals.has(parts.deviceId)))
        this.#indicatorOf(spec, parts.deviceId, parts.series).recall(kept);
    }
    // Findings are not kept: the first reading or tick evaluates, and says something only if it differs from what was said.
    this.#due = true;
    return true;
  }

  #take(reading: StoredReading): boolean {
    if (reading.quality.length > 0 && reading.quality.some((flag) => excludingFlags.has(flag))) return false;
    const { moved, keys, across } = this.#router.deliver(reading);
    if (keys.length === 0) return false;
    if (moved) this.#due = true;
    if (across && this.#neighbours.hear(reading.deviceId, reading.time, this.#clock)) this.#due = true;
    if (reading.quality.includes('late')) this.#keepLate(reading, keys);
    this.#sample = { deviceId: reading.deviceId, keys, time: reading.time, late: reading.quality.includes('late') };
    this.#eventAt = Math.max(this.#eventAt ?? reading.time, reading.time);
    this.#now = Math.max(this.#now, reading.time);
    return true;
  }

  /** A late sample that is not the newest of its series: its moment has been judged without it. */
  #keepLate({ time }: StoredReading, keys: readonly string[]): void {
    if (!keys.some((key) => (this.#indicators.get(key)?.lastAt ?? time) > time)) return;
    const { from, to, samples } = this.#late ?? { from: time, to: time, samples: 0 };
    this.#late = { from: Math.min(from, time), to: Math.max(to, time), samples: samples + 1 };
  }

  #indicatorOf(spec: IndicatorSpec, deviceId: string, series: string): Indicator {
    const key = factKey(spec.id, deviceId, series);
    const known = this.#indicators.get(key);
    if (known) return known;
    const made = new Indicator(spec, {
      deviceId,
      series,
      interval: this.#intervalOf(deviceId) * 1000,
      thresholds: this.#thresholds.of(spec.id),
      ratios: this.#ratios,
      v0: this.#thresholds.v0(spec.id),
      curve: this.#setup.curves ?? true,
    });
    this.#indicators.set(key, made);
    // A new instrument is news even while its value is unknown: the point may have to turn grey.
    this.#due = true;
    return made;
  }

  /** Seconds. An indicator across the point is as patient as its slowest instrument. */
  #intervalOf(deviceId: string): number {
    if (deviceId !== everyDevice || this.#intervals.size === 0) return this.#intervals.get(deviceId) ?? usualInterval;
    return Math.max(...this.#intervals.values());
  }

  #nextDue(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const machine of this.#machines) due = Math.min(due, machine.dueAt);
    return due;
  }

  /** By the clock, not by event time: a backlog may make every value known while the sensor itself is silent. */
  #isStale(): boolean {
    const { silentAfter, unknownWhen } = this.#setup.rulebook.missing;
    const stale = (indicator: Indicator) => indicator.staleAt(this.#clock, silentAfter, this.#setup.allowance ?? 0);
    const all = [...this.#indicators.values()];
    if (unknownWhen === 'any') return all.some(stale) || this.#neighbours.silentAt(this.#clock).length > 0;
    return all.length > 0 && all.every(stale);
  }

  #summary(): Said {
    const top = this.#machines.find((machine) => machine.certainty !== null);
    const confirmed = this.#machines.find((machine) => machine.certainty === 'confirmed')?.level;
    const blind = this.#failure !== undefined || this.#indicators.size === 0;
    const grey = blind || this.#isStale() || this.#machines.some((machine) => machine.rise.truth === 'unknown');
    const calm: PointLevel = grey ? 'unknown' : 'none';
    const confirmedLevel = confirmed ?? calm;
    if (this.#failure !== undefined || !top) return { level: calm, certainty: null, confirmedLevel, late: false };
    return { level: top.level, certainty: top.certainty, confirmedLevel, late: top.lateOnly };
  }

  #standing(): Standing {
    return {
      rulebook: this.#setup.rulebook,
      thresholds: this.#thresholds,
      indicators: [...this.#indicators.values()],
      machines: this.#machines,
    };
  }

  #views() {
    return [...this.#indicators.values()].map((indicator) => indicator.view());
  }
}
