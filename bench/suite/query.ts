import type { Api } from '../api.js';
import { register } from '../county.js';
import { Histogram, type Latency } from '../histogram.js';
import { type Past, pastChannel, pastDays, pastPrefix, writePast } from '../past.js';
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
    const station = BenchStation.create({ profileDir: options.profile });
    try {
      const past = await writePast(station.dataDir, options.rows, say);
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
  const { devices } = await register(api, { points: 1, devices: Math.min(channels, past.series) }, { prefix: pastPrefix });
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

async function timed<T>(items: readonly T[], ask: (item: T) => Promise<unknown>): Promise<Latency> {
  const histogram = new Histogram();
  for (const item of items) {
    const began = performance.now();
    await ask(item);
    histogram.add((performance.now() - began) * 1000);
  }
  return histogram.summary();
}
