import type { StoredReading } from '#libs/contracts';
import { AxisPairs, deriveDisplacement, matchChannel, type ChannelPattern, type Match } from './channel-pattern.js';
import type { Indicator } from './indicator.js';
import type { IndicatorSpec } from './rulebook.js';

interface Route {
  indicator: Indicator;
  pattern: ChannelPattern;
  axis: Match['axis'];
  pairs: AxisPairs | undefined;
}

/** Which indicators a channel of a device feeds: matched once, then a look-up a reading. */
export class Router {
  readonly #routes = new Map<string, readonly Route[]>();
  readonly #pairs = new Map<string, AxisPairs>();

  constructor(
    private readonly indicators: readonly IndicatorSpec[],
    private readonly direction: number | undefined,
    /** The indicator of one series of one device, made when it is first needed. */
    private readonly indicatorOf: (spec: IndicatorSpec, deviceId: string, series: string) => Indicator,
  ) {}

  /** Hands the reading to every indicator it concerns. */
  deliver(reading: StoredReading, receive: (indicator: Indicator, value: number) => void): void {
    for (const { indicator, pattern, axis, pairs } of this.#routesOf(reading)) {
      if (axis === 'only' || !pairs) {
        receive(indicator, reading.value);
        continue;
      }
      const both = pairs.add(reading.time, axis, reading.value);
      if (both) receive(indicator, deriveDisplacement(pattern.derive, both.x, both.y, this.direction));
    }
  }

  #routesOf({ deviceId, channel }: StoredReading): readonly Route[] {
    const key = `${deviceId}|${channel}`;
    const known = this.#routes.get(key);
    if (known) return known;
    const routes = this.indicators.flatMap((spec) =>
      spec.channels.flatMap((pattern): Route[] => {
        const match = matchChannel(pattern, channel);
        if (!match) return [];
        const indicator = this.indicatorOf(spec, deviceId, match.series);
        return [{ indicator, pattern, axis: match.axis, pairs: match.axis === 'only' ? undefined : this.#pairsOf(indicator.key) }];
      }),
    );
    this.#routes.set(key, routes);
    return routes;
  }

  /** X and Y of one series arrive by different channels and meet here. */
  #pairsOf(key: string): AxisPairs {
    const pairs = this.#pairs.get(key) ?? new AxisPairs();
    this.#pairs.set(key, pairs);
    return pairs;
  }
}
