import type { Api } from '../api.js';
import { register } from '../county.js';
import { Histogram, type Latency } from '../histogram.js';
import { keptPast, type Past, pastChannel, pastDays, pastPrefix, writePast } from '../past.js';
import type { Outcome } from '../report.js';
import { BenchStation } from '../station.js';
import type { Bench, Say } from './bench.js';

/** Channels asked for, each the first time: what a second look would find in memory is not measured. */
const channels = 200;
const points = 1000;

/** History of a month for a chart. */
export const query: Bench = {
  name: 'query',
  about: `${pastDays} days of one channel at 1 min → ${points} points through the HTTP API, beside --rows N others (50 million)`,
  async run(options, say): Promise<Outcome> {
    const station = BenchStation.create({ profileDir: options.profile, dataDir: options.past });
    try {
      const kept = keptPast(station.dataDir);
      if (kept) say(`the past of an earlier run is there: ${(kept.rows / 1e6).toFixed(1)} million rows`);
      const past = kept ?? (await writePast(station.dataDir, options.rows, say));
      say('starting the station on it …');
      await station.start();
      return await measured(await station.api(), past, say);
    } finally {
      await station.remove();
    }
  },
};

interface Answer {
  resolution: string;
  readings: unknown[];
}

async function measured(api: Api, past: Past, say: Say): Promise<Outcome> {
  const devices = await devicesOf(api, Math.min(channels, past.series));
  const ask = ({ deviceId }: { deviceId: string }): Promise<Answer> => {
    const span = new URLSearchParams({
      channel: pastChannel,
      from: new Date(past.from).toISOString(),
      to: new Date(past.to).toISOString(),
      points: String(points),
    });
    return api.call<Answer>('GET', `/devices/${deviceId}/readings?${span.toString()}`);
  };
  const sample = await ask(devices[0]!);
  say(`answers have ${sample.readings.length} points of resolution ${sample.resolution}`);
  const first = await timed(devices, ask);
  const again = await timed(devices, ask);
  return {
    method:
      `${past.rows} rows in the store's own layout (${past.series} channels × ${pastDays} days at 1 min, interleaved as commits leave them), written by the ` +
      `store's filler; then ${devices.length} channels, each asked for the first time, one after another: GET …/readings?points=${points} over HTTP, to the last byte parsed`,
    figures: {
      query: first,
      again,
      points: sample.readings.length,
      resolution: sample.resolution,
      rows: past.rows,
      secondsToFill: past.secondsToFill,
    },
    bounds: [
      { figure: 'query.p95', is: 'max', floor: 50 },
      { figure: 'points', is: 'max', floor: points },
      { figure: 'points', is: 'min', floor: points / 2 },
    ],
  };
}

/** A point each: a point's windows are rebuilt from its history with every device it gets, and that is not what is measured. */
async function devicesOf(api: Api, count: number): Promise<readonly { deviceId: string }[]> {
  const { items } = await api.call<{ items: { deviceId: string }[] }>('GET', `/devices?limit=${count}`);
  return items.length >= count ? items : (await register(api, { points: count, devices: count }, { prefix: pastPrefix })).devices;
}

async function timed<T>(items: readonly T[], ask: (item: T) => Promise<unknown>): Promise<Latency> {
  const histogram = new Histogram();
  for (const item of items) {
    const began = performance.now();
    await ask(item);
    histogram.add((performance.now() - began) * 1000);
  }
  return histogram.summary();
}
