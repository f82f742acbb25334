import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fillHistory, startEmbeddedPostgres, type MadeUpHistory } from '#libs/store';
import { deviceCode, pointCode, register } from '../county.js';
import type { Outcome } from '../report.js';
import { BenchStation } from '../station.js';
import type { Bench, Say } from './bench.js';

const prefix = '513225';
const days = 30;
const channelsEach = 20;
const minute = 60_000;
const hour = 60 * minute;
/** Of the last day, which is what the windows of the rulebook hold; before it a value every six hours. */
const every = 5 * minute;
const seldom = 6 * hour;
/** What a crash leaves unjudged by the checkpoints at most: the five minutes of their round. */
const backlog = 5 * minute;
const dense = 26 * hour;
const perPoint = ((days * 24 * hour - dense) / seldom + dense / every) * channelsEach;

/** What the station's log says of its points. */
interface Told {
  msg: string;
  points: number;
  fromCheckpoint: number;
  fromReadings: number;
  bytes: number;
  longestMs: number;
  ms: number;
}

/** How long a station takes until all its points are judged up to what is stored. */
export const warmStart: Bench = {
  name: 'warm-start',
  about: `a restart of a county of ${channelsEach} channels a point with ${days} days in the store: from readings, from checkpoints, after a crash (--rows N: ${Math.round(perPoint)} of them are a point; 1,000 points at most)`,
  async run(options, say): Promise<Outcome> {
    const points = Math.max(1, Math.min(1000, Math.round(options.rows / perPoint)));
    const station = BenchStation.create({ profileDir: options.profile, environment: { WANGSHAN_RULES_DIR: 'alert-rules' } });
    const codes = Array.from({ length: points }, (_, at) => pointCode(prefix, at));
    const devices = codes.map((_, at) => deviceCode(prefix, at));
    const channel = Array.from({ length: channelsEach }, (_, at) => `L1_LF_${at + 1}`);
    const past = { hazardPoint: codes, devices, channel };
    try {
      say(`registering ${points} points …`);
      await station.start();
      await register(await station.api(), { points, devices: points }, { prefix, interval: 3600, rulebook: 'landslide-soil', say });
      await station.stop();
      const now = Math.floor(Date.now() / hour) * hour;
      const lastDay = now - dense;
      const before = await fill(station, { ...past, from: now - days * 24 * hour, to: lastDay, every: seldom }, say);
      const rows = before + (await fill(station, { ...past, from: lastDay, to: now, every }, say));
      const cold = await startAndStop(station, say);
      const warm = await startAndStop(station, say);
      const waiting = await fill(station, { ...past, from: now, to: now + backlog, every: minute, judged: false }, say);
      const crashed = await startAndStop(station, say);
      return {
        method:
          `${points} points × ${channelsEach} crack meters × ${days} days in the store (${rows} readings: one in six hours, in the last 26 hours one in five minutes), judged by the shipped ` +
          'rulebook landslide-soil; time inside the station until every point is judged up to what is stored. From readings: no checkpoint. From checkpoints: after an orderly stop. ' +
          `Crashed: the same with ${waiting} readings stored after the marks, five minutes at one a minute. Longest: one point being written down or taken in one go`,
        figures: {
          readings: rows,
          fromReadingsMs: cold.start.ms,
          fromCheckpointsMs: warm.start.ms,
          crashedMs: crashed.start.ms,
          unjudged: waiting,
          points,
          tookUp: warm.start.fromCheckpoint,
          bytesPerPoint: Math.round(cold.stop.bytes / Math.max(1, cold.stop.points)),
          writeMs: cold.stop.ms,
          written: cold.stop.points,
          longestMs: cold.stop.longestMs,
        },
        bounds: [
          { figure: 'fromCheckpointsMs', is: 'max', floor: 5000 },
          { figure: 'crashedMs', is: 'max', floor: 5000 },
          { figure: 'longestMs', is: 'max', floor: 10 },
        ],
      };
    } finally {
      await station.remove();
    }
  },
};

async function fill(station: BenchStation, history: MadeUpHistory, say: Say): Promise<number> {
  const postgres = await startEmbeddedPostgres({ dataDir: station.dataDir, port: 0, say: () => undefined });
  let told = performance.now();
  try {
    return await fillHistory(postgres.url, history, (rows) => {
      if (performance.now() - told < 2000) return;
      told = performance.now();
      say(`${(rows / 1e6).toFixed(1)} million rows written`);
    });
  } finally {
    await postgres.stop();
  }
}

/** One life of the station, and what its log says of the points at its beginning and its end. */
async function startAndStop(station: BenchStation, say: Say): Promise<{ start: Told; stop: Told }> {
  const log = path.join(station.dataDir, 'station.log');
  rmSync(log, { force: true });
  await station.start();
  await station.stop();
  const lines = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"points"'))
    .map((line) => JSON.parse(line) as Told);
  const start = lines.find(({ msg }) => msg === 'points are judged up to what is stored');
  const stop = lines.find(({ msg }) => msg === 'points were written down');
  if (!start) throw new Error('the station did not say how its points began');
  say(`${start.points} points in ${start.ms} ms, ${start.fromCheckpoint} of them from checkpoints`);
  return { start, stop: stop ?? { ...start, bytes: 0, longestMs: 0, ms: 0, points: 0 } };
}
