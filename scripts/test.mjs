// `npm test`: every suite from a fresh clone; the last line is `N passed, N failed`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureBrowser } from './lib/browser.mjs';
import { failuresOf } from './lib/failures.mjs';
import { ensureMosquitto } from './lib/mosquitto.mjs';
import { helpOn, main, prepare, root, say } from './lib/prepare.mjs';
import { runOnTimescale } from './lib/timescale-suite.mjs';

helpOn(`
npm test: installs what is missing, then runs every suite: unit, wire (real broker, real PostgreSQL), rulebook (YAML cases),
drill (the whole station), page (real browser), timescale (what touches the database, once more on a real TimescaleDB).
The last line is "N passed, N failed".
`);

const reports = path.join(root, 'reports');

const suites = [
  {
    name: 'unit',
    command: 'vitest',
    args: (file) => ['run', '--project', 'unit', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
  },
  { name: 'rulebook', command: 'jest', args: (file) => ['--config', 'jest.config.ts', '--json', `--outputFile=${file}`] },
  {
    name: 'wire',
    command: 'vitest',
    args: (file) => ['run', '--project', 'wire', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
  },
  {
    name: 'drill',
    command: 'vitest',
    args: (file) => ['run', '--project', 'drill', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
  },
  {
    name: 'page',
    command: 'vitest',
    args: (file) => ['run', '--project', 'page', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
  },
];

function runSuite({ name, command, args, env = {} }) {
  const file = path.join(reports, `${name.replaceAll(' ', '-')}.json`);
  return new Promise((resolve) => {
    const child = spawn(path.join(root, 'node_modules', '.bin', command), args(file), {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, FORCE_COLOR: '0', ...env },
    });
    child.once('exit', (code) => resolve(readReport(name, file, code)));
    child.once('error', (error) => resolve({ name, passed: 0, failed: 1, skipped: [], failures: [], note: error.message }));
  });
}

/** Undefined for a report whose runner was killed while it wrote. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a runner's own report says; a runner that ended badly or without a report counts as one failure more. */
function readReport(name, file, code) {
  if (!existsSync(file))
    return { name, passed: 0, failed: 1, skipped: [], failures: [], note: `the runner ended with ${code} and wrote no report` };
  const report = parse(readFileSync(file, 'utf8'));
  if (!report)
    return { name, passed: 0, failed: 1, skipped: [], failures: [], note: `the runner ended with ${code} and its report was cut short` };
  const tests = report.testResults.flatMap((result) => result.assertionResults);
  const failed =
    report.numFailedTests +
    report.testResults.filter((result) => result.status === 'failed' && result.assertionResults.every((test) => test.status !== 'failed'))
      .length;
  const skipped = tests.filter((test) => ['pending', 'skipped', 'todo'].includes(test.status)).map((test) => test.fullName);
  const silent = code !== 0 && failed === 0;
  const empty = report.numPassedTests === 0 && failed === 0;
  return {
    name,
    passed: report.numPassedTests,
    failed: failed + (silent || empty ? 1 : 0),
    skipped,
    failures: failuresOf(report, root),
    note: silent ? `the runner ended with ${code}` : empty ? 'the suite holds no test' : '',
  };
}

await main(async () => {
  await prepare();
  await ensureBrowser();
  await ensureMosquitto();
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const wanted = process.argv.slice(2);
  const results = [];
  const notRun = [];
  for (const suite of suites.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    say(`suite ${suite.name}`);
    results.push(await runSuite(suite));
  }
  if (wanted.length === 0 || wanted.includes('timescale')) {
    say('suite timescale: wire on TimescaleDB');
    const onTimescale = await runOnTimescale(async (suite) => void results.push(await runSuite(suite)));
    results.push(...onTimescale.results);
    notRun.push(...onTimescale.notRun);
  }
  process.stdout.write('\n');
  for (const { name, passed, failed, skipped, note } of results) {
    process.stdout.write(
      `${name.padEnd(20)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed${note ? `   ${note}` : ''}\n`,
    );
    for (const test of skipped) process.stdout.write(`  skipped: ${test}\n`);
  }
  for (const line of notRun) process.stdout.write(`NOT RUN: ${line}\n`);
  // Last, so that whoever sees only the end of a long log sees what failed.
  for (const { name, failures } of results) for (const failure of failures) process.stdout.write(`FAILED (${name}): ${failure}\n`);
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
});
