import { canonicalChannel } from '#libs/contracts';
import type { Keeper } from '../keep/keeper.js';

/**
 * Which channels feed an indicator, as a rulebook writes it: `L1_LF_*` (every crack meter; `*` is any text without a dot),
 * `L3_YL_1.totalValue`, `displacement(L1_GP_*)` (horizontal GNSS displacement) or `along-slide(L1_GP_*)` (its part along the main slide direction).
 */
export interface ChannelPattern {
  text: string;
  derive: 'none' | 'displacement' | 'along-slide';
  sensor: RegExp;
}

/** @returns undefined when the text is no channel pattern */
export function parseChannelPattern(text: string): ChannelPattern | undefined {
  const derived = /^(displacement|along-slide)\(([\w*]+)\)$/.exec(text);
  const body = derived?.[2] ?? text;
  if (!/^[\w*]+(\.[\w*]+)?$/.test(body)) return undefined;
  const source = canonicalChannel(body).replaceAll('.', '\\.').replaceAll('*', '[^.]*');
  return { text, derive: (derived?.[1] as ChannelPattern['derive'] | undefined) ?? 'none', sensor: new RegExp(`^${source}$`) };
}

/** One reading as a pattern sees it: which series of the indicator it belongs to, and which part of it (X or Y). */
export interface Match {
  /** Name of the series as people see it: `L1_LF_1`, `displacement(L1_GP_1)`. */
  series: string;
  axis: 'x' | 'y' | 'only';
}

export function matchChannel(pattern: ChannelPattern, channel: string): Match | undefined {
  if (pattern.derive === 'none') return pattern.sensor.test(channel) ? { series: channel, axis: 'only' } : undefined;
  const parts = /^(.+)\.gpsTotal([XY])$/.exec(channel);
  if (!parts?.[1] || !pattern.sensor.test(parts[1])) return undefined;
  return { series: `${pattern.derive}(${parts[1]})`, axis: parts[2] === 'X' ? 'x' : 'y' };
}

/** The channel behind a series, by whose accuracy its noise is known: `displacement(L1_GP_1)` is made of `L1_GP_1.gpsTotalX` and its like. */
export const measuredChannel = (series: string): string => series.replace(/^[a-z-]+\(([^)]+)\)$/, '$1.gpsTotalX');

/**
 * Horizontal displacement from gpsTotalX and gpsTotalY (mm since the initial coordinates). X is north and Y is east, as in the
 * Chinese plane coordinates (高斯平面坐标).
 * @param direction main slide direction, degrees clockwise from north; without it `along-slide` is the magnitude
 */
export function deriveDisplacement(derive: ChannelPattern['derive'], x: number, y: number, direction: number | undefined): number {
  if (derive !== 'along-slide' || direction === undefined) return Math.hypot(x, y);
  const angle = (direction * Math.PI) / 180;
  return x * Math.cos(angle) + y * Math.sin(angle);
}

/** An epoch whose second axis has not come after this many newer ones never will. */
const epochsKept = 64;

/** Pairs the axes of one GNSS antenna by their epoch. */
export class AxisPairs {
  readonly #open = new Map<number, { x?: number; y?: number }>();

  /** @returns both axes once the epoch is complete */
  add(time: number, axis: 'x' | 'y', value: number): { x: number; y: number } | undefined {
    const epoch = this.#open.get(time) ?? {};
    epoch[axis] = value;
    if (epoch.x !== undefined && epoch.y !== undefined) {
      this.#open.delete(time);
      return { x: epoch.x, y: epoch.y };
    }
    this.#open.set(time, epoch);
    if (this.#open.size > epochsKept) for (const oldest of this.#open.keys()) return this.#forget(oldest);
    return undefined;
  }

  #forget(time: number): undefined {
    this.#open.delete(time);
  }

  keep(k: Keeper): void {
    const open = [...this.#open];
    const count = k.count(open.length, epochsKept);
    for (let at = 0; at < count; at += 1) {
      const time = k.number(open[at]?.[0] ?? 0);
      const { x, y } = open[at]?.[1] ?? {};
      // Only one of the two is there, or the epoch would be complete.
      const isX = k.flag(x !== undefined);
      const value = k.number(x ?? y ?? 0);
      if (k.reading) this.#open.set(time, isX ? { x: value } : { y: value });
    }
  }
}
