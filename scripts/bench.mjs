// `npm run bench`: one benchmark against the real station in its own process, loaded from processes of their own.
import { helpOn, main, prepare } from './lib/prepare.mjs';

helpOn(`
npm run bench -- NAME [--seconds N] [--json] …
Starts a station of its own (free ports, empty data directory, embedded PostgreSQL with fsync) and removes it afterwards.

  ingest         acknowledged ingest, closed loop, beside bare Aedes   --clients N  --in-flight N  --per-point N (devices a point)
  ingest --open RATE   PUBACK latency at RATE messages a second
  latency        publish → event on the wall, beside --open RATE messages a second (5000)
  connections    memory of --connections N idle devices (18000), and all of them coming back at once
  query          a month of one channel → 1,000 points, beside --rows N others (50 million; some ten minutes and 6 GB of disk)
  storage        bytes a reading on disk, over --rows N readings (10 million)
  backtest       history read and judged, readings a second of a core: a threshold and a velocity      --rows N (3 million)
  warm-start     a restart of a county: from readings, from checkpoints, after a crash   --rows N (9 million: 1,000 points)
  evaluate       history judged by twenty rules, readings a second of a core, memory a channel         --rows N (3 million)
  notify         release → accepted by the provider: messages a second, red behind --rows N blue (100,000)
  soak           slope of memory over --seconds N after --warm-up N, at --open RATE (1000)

--seconds N   length of the measured stretch (30)      --warm-up N   seconds before it (5)
--profile DIR CPU profile of the station into DIR      --json        the last line is one JSON object
Ends with 1 when a floor is missed, with 2 when it could not be measured. Method and figures: docs/benchmarks.md
`);
await main(async () => {
  await prepare();
  const { benchCommand } = await import('../dist/bench/main.js');
  await benchCommand(process.argv.slice(2));
});
