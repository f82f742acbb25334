import type { StoredReading } from '#libs/contracts';
import { AxisPairs, deriveDisplacement, matchChannel, type ChannelPattern, type Match } from './channel-pattern.js';
import { kindMarks } from '../detectors/index.js';
import type { Entry } from '../filters/stage.js';
import { everyDevice } from './fact-key.js';
import type { Indicator } from './indicator.js';
import type { IndicatorSpec } from '../rulebook/rulebook.js';
import type { Keeper } from '../keep/keeper.js';

/** One who is fed with a series. */
interface Listener {
  indicator: Indicator;
  /** Named to an indicator that looks across several series. */
  source: string | undefined;
  /** Where the series goes in for several at once; undefined: this one is fed by itself. */
  entry: Entry | undefined;
}

/** A series a channel is, or is an axis of, and everyone who looks at it. */
interface Stream {
  derive: ChannelPattern['derive'];
  axis: Match['axis'];
  /** X and Y arrive by different channels and meet here. */
  pairs: AxisPairs | undefined;
  listeners: Listener[];
  /** Each once. */
  entries: Set<Entry>;
  keys: string[];
}

/** Where a channel leads: matched once, then a look-up a reading. */
interface Way {
  /** Event time of the newest reading of the channel. */
  newest: number;
  streams: readonly Stream[];
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

const none: readonly string[] = [];

/** Which indicators a channel of a device feeds. A series is fed once, by however many of its patterns an indicator asks for it. */
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
    const { streams, across } = way;
    const overtaken = way.newest > reading.time;
    if (!overtaken) way.newest = reading.time;
    let moved = false;
    let keys = none;
    for (const stream of streams) {
      const value = this.#valueOf(stream, reading);
      if (value === undefined) continue;
      if (feed(stream, reading.time, value)) moved = true;
      keys = keys === none ? stream.keys : [...keys, ...stream.keys];
    }
    return { moved, keys, across, overtaken };
  }

  /** @returns undefined while an axis waits for the other */
  #valueOf({ pairs, axis, derive }: Stream, { time, value }: StoredReading): number | undefined {
    if (!pairs || axis === 'only') return value;
    const both = pairs.add(time, axis, value);
    return both && deriveDisplacement(derive, both.x, both.y, this.direction);
  }

  #wayOf(deviceId: string, channel: string): Way {
    let ways = this.#ways.get(deviceId);
    if (!ways) this.#ways.set(deviceId, (ways = new Map()));
    let way = ways.get(channel);
    if (!way) ways.set(channel, (way = this.#find(deviceId, channel)));
    return way;
  }

  #find(deviceId: string, channel: string): Way {
    const streams = new Map<string, Stream>();
    let across = false;
    for (const spec of this.indicators)
      for (const pattern of spec.channels) {
        const match = matchChannel(pattern, channel);
        if (!match) continue;
        const stream = streams.get(match.series) ?? this.#stream(deviceId, pattern, match);
        streams.set(match.series, stream);
        if (kindMarks(spec.spec).across !== true) join(stream, this.indicatorOf(spec, deviceId, match.series), undefined);
        else {
          const name = spec.channels.map(({ text }) => text).join(' ');
          join(stream, this.indicatorOf(spec, everyDevice, name), `${deviceId} ${match.series}`);
          across = true;
        }
      }
    return { newest: Number.NEGATIVE_INFINITY, streams: [...streams.values()], across };
  }

  #stream(deviceId: string, { derive }: ChannelPattern, { series, axis }: Match): Stream {
    const pairs = axis === 'only' ? undefined : this.#pairsOf(`${deviceId} ${series}`);
    return { derive, axis, pairs, listeners: [], entries: new Set(), keys: [] };
  }

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

function join(stream: Stream, indicator: Indicator, source: string | undefined): void {
  if (stream.listeners.some((one) => one.indicator === indicator)) return;
  const entry = indicator.entry(source);
  if (entry) stream.entries.add(entry);
  stream.listeners.push({ indicator, source, entry });
  stream.keys.push(indicator.key);
}

/** @returns true when a condition may now answer differently */
function feed({ entries, listeners }: Stream, time: number, value: number): boolean {
  for (const entry of entries) entry.feed(time, value);
  let moved = false;
  for (const { indicator, source, entry } of listeners)
    if (entry ? indicator.heard(time) : indicator.feed(time, value, source)) moved = true;
  return moved;
}
