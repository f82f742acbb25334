// `npm run check`: what is checked without running the program: types, lint, format, dependency rules, dead code.
import path from 'node:path';
import { helpOn, main, prepare, root, run, say } from './lib/prepare.mjs';

helpOn('npm run check: types, lint, format, dependency rules and dead code; names every check that failed.');

const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const checks = [
  ['types', 'tsc', ['--noEmit', '-p', 'tsconfig.json', '--incremental', 'false']],
  ['types of the dashboard', 'vue-tsc', ['--noEmit', '-p', 'apps/dashboard/tsconfig.json']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['dependency rules', 'depcruise', ['--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'devices', 'simulators']],
  ['dead code', 'knip', []],
];

await main(async () => {
  await prepare({ built: false });
  const failed = [];
  for (const [name, command, args] of checks) {
    say(`check: ${name}`);
    await run(bin(command), args).catch(() => failed.push(name));
  }
  process.stdout.write(
    `checks: ${checks.length - failed.length} passed, ${failed.length} failed${failed.length ? ` (${failed.join(', ')})` : ''}\n`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
});
