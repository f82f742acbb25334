import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '#libs/platform';
import { figureOf, type Report } from './report.js';

const program = path.join(packageRoot(), 'dist/bench/main.js');

/** The last line of a bench, as `npm run bench` prints it. Its exit code is not looked at: a short run keeps no floors. */
function run(...args: string[]): Promise<Report> {
  if (!existsSync(program)) throw new Error(`${program} is not there: run "npm run build" first`);
  const code = `import { benchCommand } from ${JSON.stringify(pathToFileURL(program).href)};
    await benchCommand(${JSON.stringify([...args, '--json'])});`;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--input-type=module', '-e', code], { cwd: packageRoot() }, (_error, stdout, stderr) => {
      const last = stdout.trimEnd().split('\n').at(-1) ?? '';
      if (last.startsWith('{')) resolve(JSON.parse(last) as Report);
      else reject(new Error(`bench ${args.join(' ')} ended without a result:\n${stdout}\n${stderr}`));
    });
  });
}

/** Whether the programs work and say what they measured; how fast they are is no business of a test. */
describe('a short run of each bench', () => {
  it.each<[string[], string[]]>([
    [
      ['ingest', '--clients', '6', '--seconds', '2'],
      ['perSecond', 'barePerSecond', 'ratio', 'ack.p99', 'cpuMicrosPerMessage.loader'],
    ],
    [
      ['ingest', '--open', '100', '--clients', '6', '--seconds', '2'],
      ['perSecond', 'ack.count', 'ack.p50', 'ack.p99'],
    ],
    [
      ['latency', '--open', '50', '--clients', '6', '--seconds', '1'],
      ['wall.count', 'wall.p50', 'wall.p99'],
    ],
    [
      ['connections', '--connections', '30', '--seconds', '1'],
      ['connected', 'stormSeconds', 'connectSeconds'],
    ],
    [
      ['query', '--rows', '43200'],
      ['query.count', 'query.p95', 'points', 'rows'],
    ],
    [
      ['storage', '--rows', '43200'],
      ['readings', 'bytesPerReading', 'indexBytesPerReading'],
    ],
    [
      ['backtest', '--rows', '30000'],
      ['perSecond', 'tenMinutes.perSecond', 'readings'],
    ],
    [
      ['evaluate', '--rows', '30000'],
      // Not the bytes a channel: what a moment's run leaves in memory is less than what the collector takes meanwhile.
      ['perSecond', 'rules'],
    ],
    [
      ['soak', '--open', '50', '--clients', '6', '--seconds', '2'],
      ['acknowledged', 'seconds'],
    ],
  ])('%j', async (args, figures) => {
    const report = await run(...args, '--warm-up', '1');
    expect(report.bench).toBe(args[0]);
    expect(report.method.length).toBeGreaterThan(50);
    expect(report.machine.cores).toBeGreaterThan(0);
    for (const figure of figures) expect(figureOf(report.figures, figure), figure).toBeGreaterThan(0);
    expect(report.floors.length).toBeGreaterThan(0);
    for (const { value, figure } of report.floors) expect(value, figure).not.toBeNull();
  });
});
