import { machine } from './machine.js';
import { readOptions, UsageError } from './options.js';
import { reportOf, tableOf } from './report.js';
import { BenchStation } from './station.js';
import { benches } from './suite/index.js';

const write = (text: string): void => void process.stdout.write(`${text}\n`);
const say = (text: string): void => write(`[${process.uptime().toFixed(1).padStart(6)} s] ${text}`);

/** `npm run bench -- NAME …`. @returns whether every floor was kept */
async function runBench(args: readonly string[]): Promise<boolean> {
  const { bench: name, options } = readOptions(args);
  const bench = benches.find((each) => each.name === name);
  if (!bench) throw new UsageError(`which bench? One of: ${benches.map((each) => each.name).join(', ')}`);
  const before = machine();
  const report = reportOf(bench.name, await bench.run(options, say), before);
  write(tableOf(report));
  write(options.json ? JSON.stringify(report) : JSON.stringify(report.figures, null, 2));
  return report.pass;
}

/** Nothing of a bench that is broken off stays: no server, no data. The loaders end with this process. */
async function breakOff(signal: string): Promise<void> {
  say(`${signal}: stopping the station and removing its data …`);
  await Promise.all([...BenchStation.live].map((station) => station.remove().catch(() => undefined)));
  process.exit(2);
}

/** As a program: exit code 0, 1 when a floor is missed, 2 when it could not be measured. */
export async function benchCommand(args: readonly string[]): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void breakOff(signal));
  try {
    process.exitCode = (await runBench(args)) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}
