import type { StoredReading } from '#libs/contracts';
import { AxisPairs, deriveDisplacement, matchChannel, type ChannelPattern, type Match } from './channel-pattern.js';
import { kindMarks } from '../detectors/index.js';
import { everyDevice } from './fact-key.js';
import type { Indicator } from './indicator.js';
import type { IndicatorSpec } from '../rulebook/rulebook.js';
import type { Keeper } from '../keep/keeper.js';

interface Route {
  indicator: Indicator;
  pattern: ChannelPattern;
  /** Named to an indicator that looks across several series. */
  source: string | undefined;
  axis: Match['axis'];
  pairs: AxisPairs | undefined;
}

/** Where a channel leads: matched once, then a look-up a reading. */
interface Way {
  /** Event time of the newest reading of the channel. */
  newest: number;
  routes: readonly Route[];
  /** Keys of the indicators a reading always feeds; undefined where an axis has to wait for the other. */
  keys: readonly string[] | undefined;
  across: boolean;
}

export interface Delivery {
  /** A condition may now answer differently. */
  moved: boolean;
  /** Keys of the indicators that were fed. */
  keys: readonly string[];
  /** One of them looks across the instruments of the point. */
  across: boolean;
  /** The channel of this device has a newer reading. */
  overtaken: boolean;
}

/** Which indicators a channel of a device feeds. */
export class Router {
  readonly #ways = new Map<string, Map<string, Way>>();
  readonly #pairs = new Map<string, AxisPairs>();

  constructor(
    private readonly indicators: readonly IndicatorSpec[],
    private readonly direction: number | undefined,
    /** The indicator of one series of one device, made when it is first needed. */
    private readonly indicatorOf: (spec: IndicatorSpec, deviceId: string, series: string) => Indicator,
  ) {}

  /** Feeds every indicator the reading concerns. */
  deliver(reading: StoredReading): Delivery {
    const way = this.#wayOf(reading.deviceId, reading.channel);
    const { routes, keys, across } = way;
    const overtaken = way.newest > reading.time;
    if (!overtaken) way.newest = reading.time;
    if (!keys) return this.#deliverAxes(reading, routes, { across, overtaken });
    let moved = false;
    for (const { indicator, source } of routes) if (indicator.feed(reading.time, reading.value, source)) moved = true;
    return { moved, keys, across, overtaken };
  }

  #deliverAxes({ time, value }: StoredReading, routes: readonly Route[], marks: Pick<Delivery, 'across' | 'overtaken'>): Delivery {
    const keys: string[] = [];
    let moved = false;
    for (const { indicator, pattern, source, axis, pairs } of routes) {
      const both = axis === 'only' ? undefined : pairs?.add(time, axis, value);
      if (axis !== 'only' && !both) continue;
      const fed = both ? deriveDisplacement(pattern.derive, both.x, both.y, this.direction) : value;
      if (indicator.feed(time, fed, source)) moved = true;
      keys.push(indicator.key);
    }
    return { moved, keys, ...marks };
  }

  #wayOf(deviceId: string, channel: string): Way {
    let ways = this.#ways.get(deviceId);
    if (!ways) this.#ways.set(deviceId, (ways = new Map()));
    let way = ways.get(channel);
    if (!way) ways.set(channel, (way = this.#find(deviceId, channel)));
    return way;
  }

  #find(deviceId: string, channel: string): Way {
    const routes = this.indicators.flatMap((spec) =>
      spec.channels.flatMap((pattern): Route[] => {
        const match = matchChannel(pattern, channel);
        if (!match) return [];
        const across = kindMarks(spec.spec).across === true;
        const indicator = across
          ? this.indicatorOf(spec, everyDevice, spec.channels.map(({ text }) => text).join(' '))
          : this.indicatorOf(spec, deviceId, match.series);
        const source = across ? `${deviceId} ${match.series}` : undefined;
        const pairs = match.axis === 'only' ? undefined : this.#pairsOf(`${indicator.key} ${source ?? ''}`);
        return [{ indicator, pattern, source, axis: match.axis, pairs }];
      }),
    );
    const direct = routes.every(({ axis }) => axis === 'only');
    const across = routes.some(({ source }) => source !== undefined);
    return { newest: Number.NEGATIVE_INFINITY, routes, keys: direct ? routes.map(({ indicator }) => indicator.key) : undefined, across };
  }

  /** X and Y of one series arrive by different channels and meet here. */
  #pairsOf(key: string): AxisPairs {
    const pairs = this.#pairs.get(key) ?? new AxisPairs();
    this.#pairs.set(key, pairs);
    return pairs;
  }

  /** How far each channel has come, and axes that wait for the other. After the indicators: a way leads to the ones that are there. */
  keep(k: Keeper): void {
    const ways = [...this.#ways].flatMap(([deviceId, channels]) => [...channels].map(([channel, way]) => ({ deviceId, channel, way })));
    const count = k.count(ways.length);
    for (let at = 0; at < count; at += 1) {
      const deviceId = k.text(ways[at]?.deviceId ?? '');
      const channel = k.text(ways[at]?.channel ?? '');
      const way = this.#wayOf(deviceId, channel);
      way.newest = k.number(way.newest);
    }
    k.map(
      this.#pairs,
      (key) => this.#pairsOf(key),
      (pairs) => pairs.keep(k),
    );
  }
}
