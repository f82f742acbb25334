import type { PointState, StoredReading } from '#libs/contracts';
import type { Fact } from '../conditions/finding.js';
import { FilterPool } from '../filters/pool.js';
import { everyDevice, factKey, partsOfKey } from '../indicators/fact-key.js';
import { Indicator } from '../indicators/indicator.js';
import { Neighbours } from '../indicators/neighbours.js';
import { measuredChannel } from '../indicators/channel-pattern.js';
import { Router, type Delivery } from '../indicators/router.js';
import { missingInputs, type Standing } from '../levels/explain.js';
import type { IndicatorSpec, Rulebook } from '../rulebook/rulebook.js';
import type { ThresholdTable } from '../rulebook/thresholds.js';
import { MisfitState, type Keeper } from '../keep/keeper.js';
import type { PointMemory } from './point-memory.js';

/** A device nobody registered (moved away meanwhile) is judged as one that uploads hourly, the normal cycle of domain.md §2.2. */
const usualInterval = 3600;

/** How `keep` writes things down. Another number for another way: what was kept in the old one is then not taken up, and the readings are read again. */
const keptAs = 2;

export interface PointInputsSetup {
  rulebook: Rulebook;
  thresholds: ThresholdTable;
  /** Devices registered at the point; interval in seconds. */
  devices: readonly { deviceId: string; interval: number }[];
  /** One standard deviation of an instrument (device.yaml), by its device and channel. */
  accuracy: ((deviceId: string, channel: string) => number | undefined) | undefined;
  mainSlideDirection: number | undefined;
  /** Event time a packet may be under way without counting as silence, ms. */
  allowance: number;
  curves: boolean;
  /** As PointSetup has it. */
  fits: string;
  /** An indicator was made: news even while its value is unknown, because the point may have to turn grey. */
  made: () => void;
}

/** Everything a point's conditions look at: the indicators of its instruments, and who of them is silent. */
export class PointInputs {
  readonly #setup: PointInputsSetup;
  readonly #indicators = new Map<string, Indicator>();
  readonly #filters = new FilterPool();
  readonly #router: Router;
  readonly #ratios: readonly number[];
  readonly #intervals: ReadonlyMap<string, number>;
  readonly #neighbours: Neighbours;
  readonly #silentAfter: number;

  constructor(setup: PointInputsSetup) {
    this.#setup = setup;
    const { rulebook, devices, allowance } = setup;
    this.#silentAfter = rulebook.missing.silentAfter;
    this.#ratios = [...new Set([1, ...rulebook.levels.map((level) => level.fallback)])];
    this.#intervals = new Map(devices.map(({ deviceId, interval }) => [deviceId, interval]));
    this.#neighbours = new Neighbours((deviceId) => this.#intervalOf(deviceId) * 1000, { silentAfter: this.#silentAfter, allowance });
    this.#router = new Router(rulebook.indicators, setup.mainSlideDirection, (spec, deviceId, series) =>
      this.#indicatorOf(spec, deviceId, series),
    );
  }

  /** Feeds every indicator the reading concerns. @param clock of the point: who had been silent by it speaks again */
  deliver(reading: StoredReading, clock: number): Delivery {
    const delivery = this.#router.deliver(reading);
    const news = delivery.across && this.#neighbours.hear(reading.deviceId, reading.time, clock);
    return news && !delivery.moved ? { ...delivery, moved: true } : delivery;
  }

  /** @returns true when a condition may now answer differently */
  tick(clock: number): boolean {
    let moved = false;
    for (const indicator of this.#indicators.values()) if (indicator.tick(clock, this.#silentAfter, this.#setup.allowance)) moved = true;
    return moved;
  }

  /** Earliest event time (ms) at which the clock alone may change what conditions see; +∞ when only a reading can. */
  wakesAt(clock: number): number {
    let at = this.#neighbours.wakesAt(clock);
    for (const indicator of this.#indicators.values()) at = Math.min(at, indicator.wakesAt(this.#silentAfter, this.#setup.allowance));
    return at;
  }

  /** Silence greys the point. By the clock, not by event time: a backlog may make every value known while the sensor itself is silent. */
  staleAt(clock: number): boolean {
    const stale = (indicator: Indicator) => indicator.staleAt(clock, this.#silentAfter, this.#setup.allowance);
    const all = this.all();
    if (this.#setup.rulebook.missing.unknownWhen === 'any') return all.some(stale) || this.#neighbours.silentAt(clock).length > 0;
    return all.length > 0 && all.every(stale);
  }

  all(): readonly Indicator[] {
    return [...this.#indicators.values()];
  }

  facts(): Fact[] {
    return this.all().map((indicator) => indicator.fact());
  }

  /** Inputs nothing is known of at `clock`, and thresholds that can't be. */
  missing(standing: Standing, clock: number): PointState['missing'] {
    return missingInputs(standing, this.#setup.devices, this.#neighbours, clock);
  }

  memory(): Pick<PointMemory, 'indicators' | 'heard'> {
    return {
      indicators: Object.fromEntries([...this.#indicators].map(([key, indicator]) => [key, indicator.memory()])),
      heard: this.#neighbours.memory(),
    };
  }

  /** Everything the readings have made, for a point set up the same. */
  keep(k: Keeper): void {
    const name = `${keptAs} ${this.#setup.fits}`;
    if (k.text(name) !== name) throw new MisfitState('it was made with other code, rules, point or devices');
    this.#neighbours.keep(k);
    k.map(
      this.#indicators,
      (key) => this.#indicatorNamed(key),
      (indicator) => indicator.keep(k),
    );
    this.#router.keep(k);
  }

  #indicatorNamed(key: string): Indicator {
    const parts = partsOfKey(key);
    const spec = this.#setup.rulebook.indicators.find(({ id }) => id === parts?.indicator);
    if (!parts || !spec) throw new MisfitState(`the rulebook has no ${key}`);
    return this.#indicatorOf(spec, parts.deviceId, parts.series, key);
  }

  recall({ indicators, heard }: Pick<PointMemory, 'indicators' | 'heard'>): void {
    this.#neighbours.recall(heard);
    for (const [key, kept] of Object.entries(indicators)) {
      const parts = partsOfKey(key);
      const spec = this.#setup.rulebook.indicators.find(({ id }) => id === parts?.indicator);
      // What a device left that was removed would turn the point grey by its silence.
      if (spec && parts && (parts.deviceId === everyDevice || this.#intervals.has(parts.deviceId)))
        this.#indicatorOf(spec, parts.deviceId, parts.series).recall(kept);
    }
  }

  #indicatorOf(spec: IndicatorSpec, deviceId: string, series: string, key = factKey(spec.id, deviceId, series)): Indicator {
    const known = this.#indicators.get(key);
    if (known) return known;
    const { thresholds, curves, accuracy } = this.#setup;
    const place = {
      deviceId,
      series,
      interval: this.#intervalOf(deviceId) * 1000,
      thresholds: thresholds.of(spec.id),
      ratios: this.#ratios,
      v0: thresholds.v0(spec.id),
      accuracy: accuracy?.(deviceId, measuredChannel(series)),
      filters: this.#filters,
      curve: curves,
    };
    const made = new Indicator(spec, place, key);
    this.#indicators.set(key, made);
    this.#setup.made();
    return made;
  }

  /** Seconds. An indicator across the point is as patient as its slowest instrument. */
  #intervalOf(deviceId: string): number {
    if (deviceId !== everyDevice || this.#intervals.size === 0) return this.#intervals.get(deviceId) ?? usualInterval;
    return Math.max(...this.#intervals.values());
  }
}
