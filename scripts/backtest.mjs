// `npm run backtest`: the live evaluation code over history.
import { helpOn, main, prepare, sayOnStderr } from './lib/prepare.mjs';

helpOn(`
npm run backtest -- --rules FILE.rules.yaml --data FILE.csv [--data …] [--point FILE.yaml] [--failure TIME | --events FILE.csv|none]
npm run backtest -- --hazard-point CODE --from TIME --to TIME [--rules FILE.rules.yaml] [--database URL] [--on-time]
What a rulebook would have said, had it been in force: the live program over history. Guide: docs/user/backtest.md

  --data FILE.csv       header time,channel,value, and if you have them device, received (when it arrived); several files: a point each
  --point FILE.yaml     unifiedCode, kind, mainSlideDirection, slopeHeight, thresholds, intervals, devices of the point
  --failure TIME        it failed then            --events FILE.csv  time[,outcome][,point][,note]; none: nothing ever happened
  --before 7d           longest time a warning may stand before an event and be right     --tolerance 0h   --after 7d
  --sweep NAME=A..B:S   tries numbers out, e.g. velocity.threshold.red=10..60:5 or velocity.window=12,24,48; may be given again
  --compare FILE        another rulebook over the same history
  --report OUT.html     one file with curves, levels, events and scores, and report.json beside it
  --hazard-point CODE   a point of the database (--database, WANGSHAN_DATABASE_URL, or that of the data directory); without --rules those in
                        force; --on-time: as if each reading had arrived at its own time
  --json                one object a line: every change of the level, then the summary
  --strict              ends with 1 when a line of the input is no reading
  --threads N           jobs side by side (as many as cores)     --timing   CPU times on stderr
Times: 2012-05-15T06:00:00+02:00, or epoch milliseconds.
`);
await main(async () => {
  sayOnStderr();
  await prepare({ dashboard: false });
  const { runBacktest } = await import('../dist/apps/evaluate/src/backtest/main.js');
  process.exitCode = await runBacktest(process.argv.slice(2), process.env);
});
