import {
  excludingFlags,
  levelRank,
  toIso,
  type HazardPoint,
  type IndicatorSeries,
  type PointDecision,
  type PointState,
  type StoredReading,
} from '#libs/contracts';
import { RulebookEngine, type Overdue } from '../conditions/engine.js';
import { horizonOf } from '../detectors/index.js';
import { decisionReasons } from '../levels/decision-reasons.js';
import { distancesOf, explainLevels, extendedWatch, type Standing } from '../levels/explain.js';
import { keptOf, takeUp } from '../keep/kept-bytes.js';
import { LevelMachine, type Sample } from '../levels/level-machine.js';
import type { Rulebook } from '../rulebook/rulebook.js';
import { thresholdTable } from '../rulebook/thresholds.js';
import { grown, type LateBlock } from './late-block.js';
import { levelConditions } from './level-conditions.js';
import { PointInputs } from './point-inputs.js';
import { PointMemory, withoutGone } from './point-memory.js';
import { sameSaid, saidNothing, sayOf, type Said } from './said.js';

export interface PointSetup {
  point: Pick<HazardPoint, 'unifiedCode' | 'thresholds' | 'mainSlideDirection' | 'slopeHeight' | 'damGrade'>;
  /** Devices registered at the point; interval in seconds. */
  devices: readonly { deviceId: string; interval: number }[];
  rulebook: Rulebook;
  /** One standard deviation of an instrument (device.yaml `accuracy`), by its device and channel: the noise of filters that name none. */
  accuracy?: ((deviceId: string, channel: string) => number | undefined) | undefined;
  /** Event time a packet may be under way without counting as silence, ms; 0 except in a fast drill. */
  allowance?: number;
  /** `false`: curves are not kept; `series` answers the newest values only. For histories judged at full speed. */
  curves?: boolean;
  overdue?: Overdue;
  /** What tells this setup and this program from any other: a state that was kept under another name is not taken up. */
  fits?: string;
}

/**
 * Judges one hazard point: readings and ticks in, decisions out, in event time. `feed` and `tick` are synchronous and say
 * whether something happened that the rulebook must look at; then, and only then, `decide` runs it. Calls must not overlap (the point's
 * stream sees to it). Same calls, same decisions.
 */
export class PointEvaluator {
  readonly #setup: PointSetup;
  readonly #engine: RulebookEngine;
  readonly #machines: readonly LevelMachine[];
  readonly #inputs: PointInputs;
  readonly #thresholds;
  /** Event time so far: newest of all samples and ticks. */
  #now = Number.NEGATIVE_INFINITY;
  /** Point's clock at the last tick; −∞ while history is being judged. */
  #clock = Number.NEGATIVE_INFINITY;
  #eventAt: number | null = null;
  #sample: Sample | undefined;
  #due = false;
  #failure: string | undefined;
  #late: LateBlock | null = null;
  /** Its inputs were taken up, not rebuilt. */
  #whole = false;
  #said: Said = saidNothing;
  /**
   * The last decision saw an instrument that is silent on the clock. Its newest sample may end that without crossing anything (a buffer sent after an
   * outage: the first of it is old, the last is not), and the point must not stay grey.
   */
  #greyBySilence = false;

  constructor(setup: PointSetup) {
    this.#setup = setup;
    const { rulebook, point } = setup;
    const thresholds = thresholdTable(rulebook, point.thresholds, point.slopeHeight, point.damGrade);
    this.#thresholds = thresholds;
    this.#engine = new RulebookEngine(levelConditions(rulebook, thresholds), setup.overdue);
    this.#machines = rulebook.levels.map((level) => new LevelMachine(level, rulebook.cooldown));
    this.#inputs = new PointInputs({
      rulebook,
      thresholds,
      devices: setup.devices,
      accuracy: setup.accuracy,
      mainSlideDirection: point.mainSlideDirection,
      allowance: setup.allowance ?? 0,
      curves: setup.curves ?? true,
      fits: setup.fits ?? '',
      made: () => (this.#due = true),
    });
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
    if (this.#nextDue() <= this.#now || (this.#greyBySilence && !this.#isStale())) this.#due = true;
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
    // It may go back: a station's clock that had jumped ahead was put right, and nothing is silent by what it said.
    this.#clock = now;
    this.#now = Math.max(this.#now, now);
    this.#sample = undefined;
    if (this.#inputs.tick(this.#clock)) this.#due = true;
    // A candidate with nothing confirmed claims calm beside it; that turns grey too.
    if (this.#said.confirmedLevel === 'none' && this.#isStale()) this.#due = true;
    if (this.#nextDue() <= this.#now || (this.#greyBySilence && !this.#isStale())) this.#due = true;
    return this.#due;
  }

  /**
   * Earliest event time (ms) at which a tick may change something if nothing is fed before; +∞ when only a reading can. Ticks before it
   * change nothing, so a history needs none there.
   */
  wakesAt(): number {
    return Math.min(this.#nextDue(), this.#inputs.wakesAt(this.#clock));
  }

  /** Runs the rulebook. @returns a decision when level, certainty or confirmed level changed, else null */
  async decide(): Promise<PointDecision | null> {
    this.#due = false;
    const outcome = await this.#engine.run(this.#inputs.facts());
    const held = new Set(this.#machines.filter((machine) => machine.certainty !== null));
    this.#failure = outcome.ok ? undefined : outcome.error;
    if (outcome.ok)
      for (const machine of this.#machines) {
        const finding = outcome.findings.get(machine.level);
        if (finding) machine.update(finding, this.#sample, this.#now);
      }
    this.#greyBySilence = this.#isStale();
    const failed = this.#failure !== undefined;
    const said = sayOf(this.#machines, { failed, grey: this.#greyBySilence || this.#inputs.all().length === 0 });
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
      ...this.said,
      rule: { id: rulebook.id, version: rulebook.version },
      judgedTo,
      eventAt: this.#eventAt === null ? null : toIso(this.#eventAt),
      indicators: this.#views(),
      missing: this.#inputs.missing(this.#standing(), this.#clock),
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
    return this.#inputs.all().map((indicator) => indicator.series(since));
  }

  snapshot(): PointMemory {
    return {
      v: 1,
      said: { ...this.#said },
      eventAt: this.#eventAt,
      levels: Object.fromEntries(this.#machines.map((machine) => [machine.level, machine.memory()])),
      ...this.#inputs.memory(),
      late: this.#late,
    };
  }

  /** Everything its readings have made of it, in bytes: what rebuilding the windows would have to read again. `snapshot` is what they can't make. */
  keep(): Uint8Array {
    return keptOf(this.#inputs);
  }

  /**
   * Takes up what `keep` wrote of an evaluator of the same code, rulebook, point and devices, in the place of the readings up to then; `warm` and
   * `restore` go on from there. Only while it is new.
   * @returns false when it does not fit: this evaluator is then spoilt, and another must be made
   */
  takeUp(kept: Uint8Array): boolean {
    return (this.#whole = takeUp(this.#inputs, kept));
  }

  /** Takes up what `snapshot` kept. @returns false when `memory` is not readable; the point then starts from its windows alone */
  restore(memory: unknown): boolean {
    const parsed = PointMemory.safeParse(memory);
    if (!parsed.success) return false;
    const { said, eventAt, levels, late } = parsed.data;
    this.#late = late;
    this.#said = said;
    this.#eventAt = eventAt;
    this.#now = eventAt ?? Number.NEGATIVE_INFINITY;
    for (const machine of this.#machines) {
      const kept = levels[machine.level];
      if (kept) machine.recall(withoutGone(kept, this.#setup.rulebook, this.#setup.devices));
    }
    // Windows that were taken up whole know all of it, and better: what a detector remembers is the part of it that readings can't rebuild.
    if (!this.#whole) this.#inputs.recall(parsed.data);
    // Findings are not kept: the first reading or tick evaluates, and says something only if it differs from what was said.
    this.#due = true;
    return true;
  }

  #take(reading: StoredReading): boolean {
    if (reading.quality.length > 0 && reading.quality.some((flag) => excludingFlags.has(flag))) return false;
    const { moved, keys, overtaken } = this.#inputs.deliver(reading, this.#clock);
    if (keys.length === 0) return false;
    if (moved) this.#due = true;
    const late = reading.quality.includes('late');
    // Not the newest of its own channel: its moment has been judged without it. What others have sent says nothing of that: one device whose clock
    // is ahead would make a block of every reading of its neighbours.
    if (late && overtaken) this.#late = grown(this.#late, reading.time);
    this.#sample = { deviceId: reading.deviceId, keys, time: reading.time, late };
    this.#eventAt = Math.max(this.#eventAt ?? reading.time, reading.time);
    this.#now = Math.max(this.#now, reading.time);
    return true;
  }

  #nextDue(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const machine of this.#machines) due = Math.min(due, machine.dueAt);
    return due;
  }

  #isStale(): boolean {
    return this.#inputs.staleAt(this.#clock);
  }

  #standing(): Standing {
    return {
      rulebook: this.#setup.rulebook,
      thresholds: this.#thresholds,
      indicators: this.#inputs.all(),
      machines: this.#machines,
    };
  }

  #views() {
    return this.#inputs.all().map((indicator) => indicator.view());
  }
}
