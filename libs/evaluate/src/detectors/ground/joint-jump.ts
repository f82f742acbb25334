import { z } from 'zod';
import type { Keeper } from '../../keep/keeper.js';
import { JumpFinder } from '../../filters/kinds/jump-finder.js';
import { QuantityText, StretchText } from '../../text/quantity.js';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';

/** Standard deviations that make a jump, as of the filter `step`. */
const sigma = 4;

export interface JointJumpOptions {
  /** So long a jump counts, ms. */
  window: number;
  /** Jumps no further apart are one event, ms. */
  together: number;
  /** How far back the level before a jump is looked at, ms. */
  settle: number;
  /** Smallest jump that is one, channel unit. */
  least: number;
}

/** One series. */
interface Followed {
  finder: JumpFinder;
  newest: number;
}

interface Jumped {
  device: string;
  at: number;
  size: number;
}

/**
 * Joint jump: the largest jump that instruments on two devices made at the same time (`together`), counted as the smaller of the two; 0 without one. One
 * instrument that jumps and rests has been knocked or set to zero, and the filter `step` keeps it out of every rate; two at once have stood on ground that
 * moved. So this sees what `step` would otherwise take away: a block that drops once and rests.
 *
 * Unit mm. A jump is known four to eight samples after it (JumpFinder), and counts for `window` from its own time. Signs do not matter: a block opens one crack and
 * shuts another. `detail`: how many instruments jumped with it. Unknown until anything is heard. `together` shorter than an upload interval: instruments that report in turn never
 * agree; many hours: two antennas knocked on one day of maintenance are a slide. Late samples are not looked at: a jump that came late is found by judging its block again.
 * Fails by: instruments of one power supply or one collector that jump for its sake, which is why devices must differ and a rule should ask for a level, not for red.
 */
export class JointJumpDetector implements Detector {
  readonly #finders = new Map<string, Followed>();
  #jumps: Jumped[] = [];
  #newest = Number.NEGATIVE_INFINITY;
  readonly partial = false;

  constructor(private readonly options: JointJumpOptions) {}

  get why() {
    return this.#finders.size === 0 ? ('no-data' as const) : undefined;
  }

  feed(time: number, value: number, source = ''): void {
    const { window, together } = this.options;
    const own = this.#finders.get(source) ?? this.#join(source);
    if (time <= own.newest) return;
    own.newest = time;
    this.#newest = Math.max(this.#newest, time);
    const jump = own.finder.feed(time, value);
    if (!jump) return;
    this.#jumps = this.#jumps.filter(({ at }) => this.#newest - at <= window + together);
    this.#jumps.push({ device: deviceOf(source), at: jump.at, size: Math.abs(jump.size) });
  }

  #join(source: string): Followed {
    const { settle, least } = this.options;
    const own = { finder: new JumpFinder({ settle, noise: 0, sigma, least }), newest: Number.NEGATIVE_INFINITY };
    this.#finders.set(source, own);
    return own;
  }

  get value(): number | null {
    return this.#finders.size === 0 ? null : tidy(this.#joint()?.size ?? 0);
  }

  get detail() {
    const joint = this.#joint();
    return joint && { instruments: joint.devices };
  }

  keep(k: Keeper): void {
    this.#newest = k.number(this.#newest);
    k.map(
      this.#finders,
      (source) => this.#join(source),
      (own) => {
        own.newest = k.number(own.newest);
        own.finder.keep(k);
      },
    );
    this.#jumps = Array.from({ length: k.count(this.#jumps.length) }, (_, at): Jumped => {
      const { device = '', at: when = 0, size = 0 } = this.#jumps[at] ?? {};
      return { device: k.text(device), at: k.number(when), size: k.number(size) };
    });
  }

  #joint(): { size: number; devices: number } | undefined {
    const { window, together } = this.options;
    let best: { size: number; devices: number } | undefined;
    for (const one of this.#jumps) {
      if (this.#newest - one.at > window) continue;
      const others = this.#jumps.filter(({ device, at }) => device !== one.device && Math.abs(at - one.at) <= together);
      const size = Math.min(one.size, Math.max(0, ...others.map((other) => other.size)));
      if (size > (best?.size ?? 0)) best = { size, devices: 1 + new Set(others.map(({ device }) => device)).size };
    }
    return best;
  }
}

/** A source is `<device> <series>`. */
const deviceOf = (source: string): string => source.slice(0, Math.max(0, source.indexOf(' ')));

export const jointJumpKind = detectorKind({
  name: 'joint-jump',
  about: {
    zh: '同时台阶：两台设备在同一时间发生的跳变中较小者（单台跳变按仪器处理，多台同时为真实位移）',
    en: 'a jump two devices made at the same time, the smaller of the two: one alone is the instrument, two are the ground',
    source: 'algorithms.md B12, B13',
  },
  across: true,
  fields: {
    window: WindowText,
    together: StretchText.prefault('2 h'),
    settle: StretchText.prefault('12 h'),
    least: QuantityText,
    unit: z.literal('mm'),
  },
  make: ({ window, together, settle, least }) => new JointJumpDetector({ window, together, settle, least: least.value }),
  horizon: ({ window, together, settle }) => window + together + 4 * settle,
  faults: ({ least }) =>
    least.unit === 'mm' && least.value > 0
      ? []
      : [{ field: 'least', message: 'expected a length above 0 in mm: anything else jumps all day' }],
});
