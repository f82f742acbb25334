import type { BenchOptions } from '../options.js';
import { BenchStation, type StationOptions } from '../station.js';
import type { Say } from './bench.js';

/**
 * Runs `work` beside a station of its own, which is removed whatever becomes of it.
 * @throws what `work` throws, with the end of the station's log
 */
export async function withStation<T>(
  options: Pick<BenchOptions, 'profile'>,
  say: Say,
  work: (station: BenchStation) => Promise<T>,
  more: StationOptions = {},
): Promise<T> {
  say('starting the station …');
  const station = await BenchStation.started({ profileDir: options.profile, ...more });
  try {
    return await work(station);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`${what}\nthe station's log ends:\n${station.log()}`, { cause: error });
  } finally {
    await station.remove();
  }
}
