import { z } from 'zod';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { BinnedMean, BinnedMeanMemory } from './binned-mean.js';
import type { Keeper } from '../../keep/keeper.js';

export interface StaLtaOptions {
  /** Short and long window, ms. */
  sta: number;
  lta: number;
  /** Ratio from which the background is frozen. */
  trigger: number;
  /** ms a peak is held. */
  hold: number;
  /** ms of mostly repeated values after which a channel is dead. */
  dead: number;
  scale: 'amplitude' | 'dB';
}

/** More bins follow the windows more closely; these are 5 s of a minute and one minute of half an hour. */
const staBins = 12;
const ltaBins = 30;
/** Samples in the short window below which its mean is one sample's noise, and in the long one a ratio of 4 can't be reached. */
const fewestSamples = 5;
const deadBins = 12;
/** Fewer repeated samples may be chance, on an instrument that uploads seldom. */
const deadSamples = 10;
/**
 * Share of samples that repeat the one before from which a channel is dead. The dead channel of Illgraben repeats four in five, its offset
 * drifting by a count now and then; a live one in counts repeats one in a hundred, one in whole dB perhaps one in two.
 */
const deadShare = 2 / 3;

const Memory = z.object({
  newest: z.number(),
  since: z.number(),
  paused: z.number(),
  began: z.number(),
  last: z.number(),
  dead: z.boolean(),
  trigger: z.object({ at: z.number(), high: z.number(), background: z.number() }).nullable(),
  peak: z.object({ ratio: z.number(), at: z.number() }).nullable(),
  value: z.number().nullable(),
  detail: z.object({ short: z.number(), long: z.number(), triggered: z.number() }).optional(),
  sta: BinnedMeanMemory,
  lta: BinnedMeanMemory,
  still: BinnedMeanMemory,
});
type Memory = z.infer<typeof Memory>;

/**
 * STA/LTA: mean power of the signal over a short window by that over a long one (Allen 1978; "classic", on x²). Unit 1. For debris flows on
 * one-second RMS of a geophone or infrasound: 60 s, 1800 s, ratio 4, hold 120 s (algorithms.md B10; at Illgraben 6.7 and 8.1 min before the
 * front of two flows, and at no other time of the six hours).
 *
 * From `trigger` on the background is frozen and the event kept out of it, so that a long flow does not become its own background; it is
 * released when the ratio has been below `trigger` for `hold`. An event longer than `lta` is taken for a new background and learned from the
 * start: the value is unknown meanwhile, which lowers no level. A peak is held for `hold`: too short, surges flap; too long, it ends late.
 * Channels in dB (national L2_DS.OSP) are turned into power. The channel must have no offset: raw counts with one hide the signal.
 * Warm-up: one `lta` without a gap that long; and five samples in the `sta`, so an instrument that uploads every ten minutes stays unknown. A channel that mostly repeats itself for `dead` is dead, not quiet (`dead-channel`), and
 * starts afresh when it lives again: its zeros never become the background. Late samples correct the windows, never a trigger that is past.
 * Fails by: traffic, rockfall, rain on the case (persistence, and rain or mud level beside it); slow rises over more than `lta`.
 */
export class StaLtaDetector implements Detector {
  readonly #sta: BinnedMean;
  readonly #lta: BinnedMean;
  /** 1 for a sample that repeats the one before. */
  readonly #still: BinnedMean;
  #newest = Number.NEGATIVE_INFINITY;
  /** Since when the background has been learned, on its own clock, which stands still (`paused`) during a trigger. */
  #since = 0;
  #paused = 0;
  /** First sample since the last long gap. */
  #began = 0;
  #last = Number.NaN;
  #trigger: Memory['trigger'] = null;
  #peak: Memory['peak'] = null;
  #dead = false;
  value: number | null = null;
  readonly partial = false;
  detail: Memory['detail'];

  constructor(private readonly options: StaLtaOptions) {
    this.#sta = new BinnedMean(options.sta, staBins);
    this.#lta = new BinnedMean(options.lta, ltaBins);
    this.#still = new BinnedMean(options.dead, deadBins);
  }

  get why() {
    if (this.#dead) return 'dead-channel' as const;
    if (this.value !== null) return undefined;
    return this.#newest === Number.NEGATIVE_INFINITY ? ('no-data' as const) : ('warming-up' as const);
  }

  feed(time: number, value: number): void {
    const power = this.options.scale === 'dB' ? 10 ** (value / 10) : value * value;
    if (time <= this.#newest) return this.#late(time, power);
    if (time - this.#newest > this.options.lta) {
      this.#startAt(time);
      this.#still.clear();
      this.#began = time;
    }
    const step = this.#trigger ? time - this.#newest : 0;
    this.#newest = time;
    if (this.#isDead(time, value)) return;
    this.#paused += step;
    this.#sta.add(time, power);
    if (!this.#trigger) this.#lta.add(time - this.#paused, power);
    this.#judge(time);
  }

  #judge(time: number): void {
    const { lta, trigger, hold } = this.options;
    const background = this.#trigger?.background ?? this.#lta.mean;
    const warm = time - this.#paused - this.#since >= lta || this.#trigger !== null;
    const ratio = this.#sta.mean / background;
    if (!warm || this.#sta.count < fewestSamples || !(background > 0)) {
      this.value = null;
      return;
    }
    if (ratio >= trigger) this.#trigger = { at: this.#trigger?.at ?? time, high: time, background };
    else if (this.#trigger && time - this.#trigger.high > hold) this.#trigger = null;
    if (this.#trigger && time - this.#trigger.at > lta) return this.#startAt(time);
    if (!this.#peak || ratio >= this.#peak.ratio || time - this.#peak.at > hold) this.#peak = { ratio, at: time };
    this.value = tidy(this.#trigger ? Math.max(this.#peak.ratio, trigger) : this.#peak.ratio);
    this.detail = { short: Math.sqrt(this.#sta.mean), long: Math.sqrt(background), triggered: this.#trigger ? 1 : 0 };
  }

  #isDead(time: number, value: number): boolean {
    this.#still.add(time, value === this.#last ? 1 : 0);
    this.#last = value;
    const seen = time - this.#began >= this.options.dead * (1 - 1 / deadBins) && this.#still.count >= deadSamples;
    const dead = seen && this.#still.mean >= deadShare;
    if (dead || this.#dead) this.#startAt(time);
    this.#dead = dead;
    return dead;
  }

  /** Nothing is known of the background yet. */
  #startAt(time: number): void {
    this.#sta.clear();
    this.#lta.clear();
    this.#since = time;
    this.#paused = 0;
    this.#trigger = null;
    this.#peak = null;
    this.value = null;
    this.detail = undefined;
  }

  #late(time: number, power: number): void {
    if (this.#dead || time < this.#since || this.#trigger) return;
    this.#sta.add(time, power);
    this.#lta.add(time - this.#paused, power);
  }

  memory(): unknown {
    if (this.#newest === Number.NEGATIVE_INFINITY) return null;
    return {
      newest: this.#newest,
      since: this.#since,
      paused: this.#paused,
      began: this.#began,
      last: this.#last,
      dead: this.#dead,
      trigger: this.#trigger,
      peak: this.#peak,
      value: this.value,
      detail: this.detail,
      sta: this.#sta.memory(),
      lta: this.#lta.memory(),
      still: this.#still.memory(),
    } satisfies Memory;
  }

  recall(memory: unknown): void {
    const parsed = Memory.safeParse(memory);
    if (!parsed.success) return;
    const { newest, since, paused, began, last, dead, trigger, peak, value, detail, sta, lta, still } = parsed.data;
    this.#newest = newest;
    this.#since = since;
    this.#paused = paused;
    this.#began = began;
    this.#last = last;
    this.#dead = dead;
    this.#trigger = trigger;
    this.#peak = peak;
    this.value = value;
    this.detail = detail;
    this.#sta.recall(sta);
    this.#lta.recall(lta);
    this.#still.recall(still);
  }

  keep(k: Keeper): void {
    for (const mean of [this.#sta, this.#lta, this.#still]) mean.keep(k);
    this.#newest = k.number(this.#newest);
    this.#since = k.number(this.#since);
    this.#paused = k.number(this.#paused);
    this.#began = k.number(this.#began);
    this.#last = k.number(this.#last);
    this.#dead = k.flag(this.#dead);
    this.value = k.maybe(this.value);
    // JSON: each is a few numbers, none of them infinite.
    const rest = k.text(JSON.stringify([this.#trigger, this.#peak, this.detail ?? null]));
    const [trigger, peak, detail] = JSON.parse(rest) as [Memory['trigger'], Memory['peak'], Memory['detail'] | null];
    this.#trigger = trigger;
    this.#peak = peak;
    this.detail = detail ?? undefined;
  }
}

export const staLtaKind = detectorKind({
  name: 'sta-lta',
  about: {
    zh: '短长时窗能量比（地声、次声、振动），识别泥石流与冲击',
    en: 'power of the last minute over that of the last half hour (geophone, infrasound): debris flows, shocks',
    source: 'Allen 1978; algorithms.md B10',
  },
  fields: {
    sta: WindowText.prefault('60 s'),
    lta: WindowText.prefault('1800 s'),
    trigger: z.number().gt(1).default(4),
    hold: WindowText.prefault('120 s'),
    dead: WindowText.prefault('60 s'),
    scale: z.enum(['amplitude', 'dB']).default('amplitude'),
    unit: z.literal('1'),
  },
  make: (spec) => new StaLtaDetector(spec),
  horizon: (spec) => spec.lta + spec.sta,
  faults: ({ sta, lta }) => (sta * 5 <= lta ? [] : [{ field: 'lta', message: 'expected at least five times sta' }]),
});
