import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startEmbeddedPostgres, fillHistory } from '#libs/store';
import { deviceCode, pointCode } from './county.js';
import type { Say } from './suite/bench.js';

/** Of the devices and the point of a made-up past. */
export const pastPrefix = '513223';
export const pastChannel = 'L1_LF_1';
export const pastDays = 30;
const day = 86_400_000;
const every = 60_000;
const hour = 60 * every;

export interface Past {
  from: number;
  to: number;
  rows: number;
  /** Series it has, each of a device of its own. */
  series: number;
  secondsToFill: number;
}

const note = (dataDir: string): string => path.join(dataDir, 'past.json');

/** The past a data directory holds already, from an earlier run. */
export function keptPast(dataDir: string): Past | undefined {
  return existsSync(note(dataDir)) ? (JSON.parse(readFileSync(note(dataDir), 'utf8')) as Past) : undefined;
}

/** A past of 30 days, a value a minute, as many channels as make `rows`, written into an empty data directory while no station runs on it. */
export async function writePast(dataDir: string, rows: number, say: Say): Promise<Past> {
  const to = Math.floor(Date.now() / hour) * hour;
  const from = to - pastDays * day;
  const series = Math.max(1, Math.round(rows / ((to - from) / every)));
  say(`writing ${series} channels × ${pastDays} days, a value a minute, into an empty database …`);
  const postgres = await startEmbeddedPostgres({ dataDir, port: 0, say: () => undefined });
  try {
    const began = performance.now();
    let told = began;
    const devices = Array.from({ length: series }, (_, at) => deviceCode(pastPrefix, at));
    const url = postgres.url;
    const written = await fillHistory(
      url,
      { hazardPoint: pointCode(pastPrefix, 0), devices, channel: pastChannel, from, to, every },
      (done) => {
        if (performance.now() - told < 1000) return;
        told = performance.now();
        say(`${(done / 1e6).toFixed(1)} million rows, ${Math.round(done / ((told - began) / 1000))}/s`);
      },
    );
    const past = { from, to, rows: written, series, secondsToFill: Math.round((performance.now() - began) / 1000) };
    writeFileSync(note(dataDir), JSON.stringify(past));
    return past;
  } finally {
    await postgres.stop();
  }
}
