import { Loaders, type Measured } from '../load/loaders.js';
import type { LoadJob } from '../load/job.js';
import type { BenchStation, Usage } from '../station.js';
import { type Say, watch } from './bench.js';

/** Devices that publish: a hundred connect at the same time, few enough that no broker refuses any, and none has to ping. */
export const publishing = (port: number, devices: LoadJob['devices'], load: LoadJob['load']): LoadJob => ({
  port,
  devices,
  connecting: 100,
  keepAlive: 0,
  load,
});

export interface LoadRun {
  measured: Measured;
  /** CPU while measuring, µs. */
  cpu: Usage;
}

/** How a stretch of load is measured: connect, warm up, measure, report. `station` is whose CPU is counted. */
export async function loadRun(
  job: LoadJob,
  times: { warmUp: number; seconds: number },
  say: Say,
  station?: Pick<BenchStation, 'usage'>,
): Promise<LoadRun> {
  const loaders = await Loaders.connect(job);
  try {
    let before = 0;
    const line = (): string => {
      const { acked, behind } = loaders.progress;
      const text = `${acked - before} msg/s, ${behind} unacknowledged`;
      before = acked;
      return text;
    };
    loaders.begin();
    await watch(times.warmUp, say, () => `warm-up: ${line()}`);
    const used = station?.usage() ?? none;
    loaders.measure();
    await watch(times.seconds, say, line);
    const measured = await loaders.report();
    const now = station?.usage() ?? none;
    return { measured, cpu: { station: now.station - used.station, postgres: now.postgres - used.postgres } };
  } finally {
    await loaders.end();
  }
}

const none: Usage = { station: 0, postgres: 0 };

/** CPU a message, µs: what one costs whatever else the machine does meanwhile. */
export const costs = ({ measured, cpu }: LoadRun): { station: number; postgres: number; loader: number } => {
  const each = (micros: number): number => Math.round((micros / Math.max(1, measured.acked)) * 10) / 10;
  return { station: each(cpu.station), postgres: each(cpu.postgres), loader: each(measured.loaderCpuMicros) };
};
