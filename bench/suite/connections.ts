import { register } from '../county.js';
import { Loaders } from '../load/loaders.js';
import type { BenchOptions } from '../options.js';
import { descriptorLimit } from '../process-usage.js';
import type { Outcome } from '../report.js';
import type { BenchStation } from '../station.js';
import { type Bench, type Say, watch } from './bench.js';
import { withStation } from './with-station.js';

/** Devices at one point: what the registry of a county looks like; one point for all would be one list of 18,000. */
const perPoint = 20;
/** Descriptors a process needs beside the connections: database, log, listeners, the loaders' pipes. */
const reserve = 1000;
/** Connections each loader opens at the same time in the storm: all devices of a region at once, as the kernel's backlog lets them in. */
const storming = 1000;
const megabyte = 1024 * 1024;

/** Idle authenticated connections: memory, and all of them coming back at once. */
export const connections: Bench = {
  name: 'connections',
  about: 'memory of idle authenticated connections (--connections N), and a reconnect storm of all of them',
  async run(options, say): Promise<Outcome> {
    const limit = descriptorLimit();
    const wanted = limit === undefined ? options.connections : Math.min(options.connections, limit - reserve);
    if (wanted < options.connections)
      say(`a process may open ${limit} descriptors here: ${wanted} connections instead of ${options.connections}`);
    return withStation(options, say, (station) => measured(station, wanted, options, say));
  },
};

async function measured(station: BenchStation, count: number, options: BenchOptions, say: Say): Promise<Outcome> {
  const { devices } = await register(await station.api(), { points: Math.ceil(count / perPoint), devices: count }, { interval: 3600, say });
  const registered = station.residentBytes();
  say(`${count} devices registered, ${Math.round(registered / megabyte)} MB resident; connecting …`);
  const began = performance.now();
  const loaders = await Loaders.connect({
    port: station.ports.mqtt,
    devices,
    connecting: storming,
    keepAlive: 120,
    load: { kind: 'idle' },
  });
  try {
    const connectSeconds = (performance.now() - began) / 1000;
    let peak = 0;
    const rss = (): number => {
      const now = station.residentBytes();
      peak = Math.max(peak, now);
      return now;
    };
    await watch(options.seconds, say, () => `idle: ${loaders.progress.connected} connected, ${Math.round(rss() / megabyte)} MB resident`);
    const idle = rss();
    say('cutting every connection; all come back at once …');
    const stormed = performance.now();
    await loaders.reconnect();
    const stormSeconds = (performance.now() - stormed) / 1000;
    await watch(
      Math.min(5, options.seconds),
      say,
      () => `after the storm: ${loaders.progress.connected} connected, ${Math.round(rss() / megabyte)} MB resident`,
    );
    return outcome({ count, registered, idle, peak, connectSeconds, stormSeconds, connected: loaders.progress.connected });
  } finally {
    await loaders.end();
  }
}

interface Seen {
  count: number;
  registered: number;
  idle: number;
  peak: number;
  connectSeconds: number;
  stormSeconds: number;
  connected: number;
}

function outcome(seen: Seen): Outcome {
  const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));
  return {
    method:
      `${seen.count} devices registered through the API and connected with their own secret, keep-alive 120 s, each sending PINGREQ; resident memory ` +
      'of the station process from /proc; then all sockets are cut at once and opened again, 1,000 at a time in each of 2 loader processes, until every CONNACK is there',
    figures: {
      connections: seen.count,
      connected: seen.connected,
      rssGb: rounded(seen.idle / 1024 ** 3, 3),
      peakRssGb: rounded(seen.peak / 1024 ** 3, 3),
      beforeConnectingGb: rounded(seen.registered / 1024 ** 3, 3),
      kbPerConnection: rounded((seen.idle - seen.registered) / 1024 / seen.count, 1),
      connectSeconds: rounded(seen.connectSeconds),
      stormSeconds: rounded(seen.stormSeconds),
      descriptorLimit: descriptorLimit() ?? null,
    },
    bounds: [
      { figure: 'rssGb', is: 'max', floor: 0.9 },
      { figure: 'stormSeconds', is: 'max', floor: 60 },
      { figure: 'connected', is: 'min', floor: seen.count },
    ],
  };
}
