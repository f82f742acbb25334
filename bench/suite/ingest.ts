import { registerClients } from '../county.js';
import type { LoadJob } from '../load/job.js';
import type { BenchOptions } from '../options.js';
import type { Outcome } from '../report.js';
import { ruleCount } from '../rules.js';
import { bareBroker } from './bare-broker.js';
import type { Bench, Say } from './bench.js';
import { withStation } from './with-station.js';
import { costs, type LoadRun, loadRun, publishing } from './load-run.js';

/** Acknowledged ingest: closed loop beside the bare broker, or an open loop at a given rate. */
export const ingest: Bench = {
  name: 'ingest',
  about: 'acknowledged ingest: closed loop beside bare Aedes; --open RATE: PUBACK latency at that rate',
  run: (options, say) => (options.open === undefined ? closedLoop(options, say) : openLoop(options, options.open, say)),
};

async function closedLoop(options: BenchOptions, say: Say): Promise<Outcome> {
  const load = { kind: 'closed', inFlight: options.inFlight } as const;
  // Half before and half after the station, so that a machine that gets busier meanwhile does not favour either.
  const half = Math.max(1, Math.round(options.seconds / 2));
  const before = await bareRun(options, load, half, say);
  const run = await stationRun(options, load, say);
  const after = await bareRun(options, load, half, say);
  const bare = Math.round((before.measured.perSecond + after.measured.perSecond) / 2);
  return {
    method:
      `closed loop: ${options.clients} devices × ${options.inFlight} messages in flight, national frame with 3 values, QoS 1; authentication, ACL, ` +
      `decode, validate, flags, ${ruleCount} rules a point (${options.perPoint} devices each), commit with fsync; bare Aedes before and after with the ` +
      'same loaders; 2 loader processes, raw sockets; everything on this machine',
    figures: {
      perSecond: run.measured.perSecond,
      readingsPerSecond: run.measured.perSecond * 3,
      barePerSecond: bare,
      ratio: Math.round((run.measured.perSecond / bare) * 1000) / 1000,
      ack: run.measured.ack,
      cpuMicrosPerMessage: costs(run),
      bare: { before: before.measured.perSecond, after: after.measured.perSecond, loaderCpuMicros: costs(before).loader },
      seconds: run.measured.seconds,
      lost: run.measured.lost,
    },
    bounds: [
      { figure: 'perSecond', is: 'min', floor: 20_000, goal: 25_000 },
      { figure: 'ratio', is: 'min', floor: 0.4, goal: 0.6 },
    ],
  };
}

async function openLoop(options: BenchOptions, rate: number, say: Say): Promise<Outcome> {
  const run = await stationRun(options, { kind: 'open', rate }, say);
  return {
    method:
      `open loop: ${rate} messages a second from ${options.clients} devices whatever the answers do; latency from the moment a message was due ` +
      '(so a stall counts for every message it delays) to its PUBACK after the commit; otherwise as the closed loop',
    figures: {
      perSecond: run.measured.perSecond,
      ack: run.measured.ack,
      loaderLate: run.measured.late,
      cpuMicrosPerMessage: costs(run),
      lost: run.measured.lost,
      unacknowledged: run.measured.inFlight,
    },
    bounds: [
      { figure: 'perSecond', is: 'min', floor: Math.floor(rate * 0.99) },
      { figure: 'ack.p50', is: 'max', floor: 2 },
      { figure: 'ack.p99', is: 'max', floor: 10 },
    ],
  };
}

const stationRun = (options: BenchOptions, load: LoadJob['load'], say: Say): Promise<LoadRun> =>
  withStation(options, say, async (station) => {
    const { devices } = await registerClients(await station.api(), options);
    return loadRun(publishing(station.ports.mqtt, devices, load), options, say, station);
  });

async function bareRun(options: BenchOptions, load: LoadJob['load'], seconds: number, say: Say): Promise<LoadRun> {
  const broker = await bareBroker();
  try {
    const devices = Array.from({ length: options.clients }, (_, at) => ({ deviceId: `B${at}`, secret: 'any' }));
    return await loadRun(publishing(broker.port, devices, load), { warmUp: Math.min(2, options.warmUp), seconds }, (text) =>
      say(`bare Aedes: ${text}`),
    );
  } finally {
    await broker.stop();
  }
}
