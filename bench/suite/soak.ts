import { registerClients } from '../county.js';
import { Loaders } from '../load/loaders.js';
import type { BenchOptions } from '../options.js';
import type { Outcome } from '../report.js';
import { ruleCount } from '../rules.js';
import type { BenchStation } from '../station.js';
import { type Bench, pause, type Say } from './bench.js';
import { publishing } from './load-run.js';
import { slopePerHour } from './slope.js';
import { withStation } from './with-station.js';

/** Messages a second: 1,000 is a province of 60,000 devices once a minute, and leaves the collector time to work as usual. */
const usualRate = 1000;
/** Minutes. Every window is full after the warm-up; longer ones would still fill during the run and look like a leak. */
const longestWindow = 1;
const megabyte = 1024 * 1024;

/** Memory over a long time. */
export const soak: Bench = {
  name: 'soak',
  about: 'slope of the resident memory after --warm-up s, over --seconds s, at --open RATE messages a second (1000)',
  run: (options, say) => withStation(options, say, (station) => measured(station, options, say), { longestWindow }),
};

async function measured(station: BenchStation, options: BenchOptions, say: Say): Promise<Outcome> {
  const rate = options.open ?? usualRate;
  const { devices } = await registerClients(await station.api(), options);
  const loaders = await Loaders.connect(publishing(station.ports.mqtt, devices, { kind: 'open', rate }));
  try {
    loaders.begin();
    const samples: { seconds: number; megabytes: number }[] = [];
    const began = performance.now();
    const since = (): number => (performance.now() - began) / 1000;
    let said = 0;
    while (since() < options.warmUp + options.seconds) {
      await pause(1);
      const megabytes = station.residentBytes() / megabyte;
      if (since() > options.warmUp) samples.push({ seconds: since(), megabytes });
      if (since() - said >= Math.max(1, options.seconds / 100)) {
        said = since();
        say(`${Math.round(megabytes)} MB resident, ${loaders.progress.acked} acknowledged, ${loaders.progress.behind} under way`);
      }
    }
    return {
      method:
        `open loop of ${rate} messages a second of 3 values from ${options.clients} devices (${ruleCount} rules a point); resident memory of the station ` +
        `read each second; slope is the least-squares line through the lowest sample of each of 20 parts after ${options.warmUp} s (the low points ` +
        'are what stays after a collection; windows of the rules fill for a day and are part of the slope of a shorter run)',
      figures: {
        slopeMbPerHour: slopePerHour(samples),
        firstMb: Math.round(samples[0]?.megabytes ?? 0),
        lastMb: Math.round(samples.at(-1)?.megabytes ?? 0),
        seconds: options.seconds,
        warmUp: options.warmUp,
        acknowledged: loaders.progress.acked,
      },
      bounds: [{ figure: 'slopeMbPerHour', is: 'max', floor: 1 }],
    };
  } finally {
    await loaders.end();
  }
}
