import type { Api } from '../api.js';
import { inTurns, register, registerClients } from '../county.js';
import { Histogram } from '../histogram.js';
import { Loaders, type Measured } from '../load/loaders.js';
import { Probe } from '../load/probe.js';
import type { BenchOptions } from '../options.js';
import type { Outcome } from '../report.js';
import { alarmAt, ruleCount } from '../rules.js';
import type { BenchStation } from '../station.js';
import { openWall } from '../wall.js';
import { type Bench, pause, type Say, watch } from './bench.js';
import { publishing } from './load-run.js';
import { withStation } from './with-station.js';

/** Crossings a second. Each opens a warning of its own, with ledger, audit and events; a county has some an hour. */
const crossings = 10;
/** Background of the floor. */
const usualRate = 5000;
/** A crossing that is not on the wall after this long is counted as lost. */
const patience = 5;

/** From the moment a crossing reading is published to the event about its point on a wall. */
export const latency: Bench = {
  name: 'latency',
  about: 'publish → event on the wall, over socket.io, beside --open RATE messages a second (5000)',
  run: (options, say) => withStation(options, say, (station) => measured(station, options, say)),
};

async function measured(station: BenchStation, options: BenchOptions, say: Say): Promise<Outcome> {
  const rate = options.open ?? usualRate;
  const api = await station.api();
  const { devices } = await registerClients(api, options);
  const slopes = await probed(api, station.ports.mqtt, options.seconds * crossings, say);
  const loaders = await Loaders.connect(publishing(station.ports.mqtt, devices, { kind: 'open', rate }));
  const seen = new Sightings();
  const wall = await openWall(station.url, api.token, (event) => seen.heard(event));
  try {
    loaders.begin();
    await watch(options.warmUp, say, () => 'warm-up');
    loaders.measure();
    const crossing = publishAll(slopes, ({ point, probe }) => {
      seen.published(point);
      probe.publish('L1_LF_1', alarmAt + 100);
    });
    await Promise.all([crossing, watch(options.seconds, say, () => `${seen.count} of ${slopes.length} crossings on the wall`)]);
    await seen.all(slopes.length);
    return outcome(rate, slopes.length, seen, await loaders.report());
  } finally {
    wall.close();
    for (const { probe } of slopes) probe.close();
    await loaders.end();
  }
}

function outcome(rate: number, published: number, seen: Sightings, load: Measured): Outcome {
  return {
    method:
      `a reading that crosses a threshold is published on a raw socket, ${crossings} a second, each at a point of its own (${ruleCount} rules); ` +
      `measured to the first event about the point on a socket.io client in the same process, beside an open loop of ${rate} messages a second ` +
      'from 2 loader processes; between the two: commit, judgement, one ledger transaction with warning, audit and events',
    figures: {
      wall: seen.latency.summary(),
      crossings: published,
      missed: published - seen.count,
      load: { perSecond: load.perSecond, ack: load.ack, late: load.late },
    },
    bounds: [
      { figure: 'wall.p50', is: 'max', floor: 5 },
      { figure: 'wall.p99', is: 'max', floor: 50 },
      { figure: 'missed', is: 'max', floor: 0 },
      { figure: 'load.perSecond', is: 'min', floor: Math.floor(rate * 0.99) },
    ],
  };
}

/** When each crossing was published and when its point was first told of. */
class Sightings {
  readonly latency = new Histogram();
  readonly #published = new Map<string, number>();

  get count(): number {
    return this.latency.count;
  }

  published(point: string): void {
    this.#published.set(point, performance.now());
  }

  heard({ payload }: { payload: unknown }): void {
    const point = (payload as { hazardPoint?: unknown }).hazardPoint;
    const at = typeof point === 'string' ? this.#published.get(point) : undefined;
    if (at === undefined) return;
    this.#published.delete(point as string);
    this.latency.add((performance.now() - at) * 1000);
  }

  /** Waits for what is still under way. */
  async all(published: number): Promise<void> {
    const end = performance.now() + patience * 1000;
    while (this.count < published && performance.now() < end) await pause(0.05);
  }
}

/** A point with one crack meter, connected. */
interface Slope {
  point: string;
  probe: Probe;
}

async function probed(api: Api, port: number, count: number, say: Say): Promise<Slope[]> {
  say(`registering ${count} points to be crossed …`);
  const { points, devices } = await register(api, { points: count, devices: count }, { prefix: '513222' });
  return inTurns(devices, async (device, at) => ({ point: points[at]!, probe: await Probe.connect(port, device) }));
}

async function publishAll(slopes: readonly Slope[], publish: (slope: Slope) => void): Promise<void> {
  const began = performance.now();
  for (const [at, slope] of slopes.entries()) {
    // Not in step with anything: the load beats each millisecond, the station ticks each second.
    const due = began + (at * 1000) / crossings + ((at * 37) % 90);
    await pause(Math.max(0, due - performance.now()) / 1000);
    publish(slope);
  }
}
