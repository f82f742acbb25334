// `npm run bench`: one benchmark against the real station in its own process, loaded from processes of their own.
import { helpOn, main, prepare } from './lib/prepare.mjs';

helpOn(`
npm run bench -- NAME [--seconds N] [--json] …
Starts a station of its own (free ports, empty data directory, embedded PostgreSQL with fsync) and removes it afterwards.

  ingest         acknowledged ingest, closed loop, beside bare Aedes
                 --clients N  --in-flight N  --per-point N (devices at one hazard point)
  ingest --open RATE   PUBACK latency at RATE messages a second

--seconds N   length of the measured stretch (30)      --warm-up N   seconds before it (5)
--profile DIR CPU profile of the station into DIR      --json        the last line is one JSON object
Ends with 1 when a floor is missed, with 2 when it could not be measured. Method and figures: docs/benchmarks.md
`);
await main(async () => {
  await prepare();
  const { benchCommand } = await import('../dist/bench/main.js');
  await benchCommand(process.argv.slice(2));
});
