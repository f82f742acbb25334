import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '#libs/platform';
import { writeHistoryCsv, type HistoryShape } from '../history-csv.js';
import type { Say } from './bench.js';

/** What `npm run backtest -- --timing` says of its one job. CPU times are of its process, which has nothing else to do. */
export interface HistoryRun {
  readings: number;
  surveyMs: number;
  runMs: number;
  series: number;
  stateBytes: number | null;
}

/** Rows of a history unless --rows asks for fewer; a station's bench default is far more than this needs. */
const mostRows = 3_000_000;
export const rowsOf = (asked: number): number => Math.min(asked, mostRows);

/** Writes a history, lets the real backtest judge it in a process of its own, and removes it. */
export async function runHistory(shape: HistoryShape, rules: string, say: Say): Promise<HistoryRun> {
  const program = path.join(packageRoot(), 'dist/apps/evaluate/src/backtest/main.js');
  if (!existsSync(program)) throw new Error(`${program} is not there: run "npm run build" first`);
  const folder = mkdtempSync(path.join(tmpdir(), 'wangshan-bench-history-'));
  try {
    const [data, book] = [path.join(folder, 'history.csv'), path.join(folder, 'bench.rules.yaml')];
    say(`writing ${shape.rows} readings …`);
    writeHistoryCsv(data, shape);
    writeFileSync(book, rules);
    say('judging them …');
    return await judged(program, ['--rules', book, '--data', data, '--json', '--timing']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function judged(program: string, args: readonly string[]): Promise<HistoryRun> {
  const code = `import { runBacktest } from ${JSON.stringify(pathToFileURL(program).href)};
    process.exitCode = await runBacktest(${JSON.stringify(args)}, {});`;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--expose-gc', '--input-type=module', '-e', code], { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      const line = stderr.split('\n').find((each) => each.startsWith('{"timing"'));
      if (error || !line) reject(new Error(`the backtest ended without a result:\n${stdout.slice(-500)}\n${stderr}`));
      else resolve((JSON.parse(line) as { timing: HistoryRun[] }).timing[0] as HistoryRun);
    });
  });
}
