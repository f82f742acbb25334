// `npm run check`: what is checked without running the program: types, lint, format, dependency rules, dead code.
import path from 'node:path';
import { helpOn, main, prepare, root, run, say } from './lib/prepare.mjs';

helpOn('npm run check: types, lint, format, dependency rules and dead code; names every check that failed.');

const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const checks = [
  { name: 'types', command: 'tsc', args: ['--noEmit', '-p', 'tsconfig.json', '--incremental', 'false'] },
  { name: 'types of the dashboard', command: 'vue-tsc', args: ['--noEmit', '-p', 'apps/dashboard/tsconfig.json'] },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'format', command: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  {
    name: 'dependency rules',
    command: 'depcruise',
    args: ['--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'devices', 'simulators', 'bench'],
  },
  { name: 'dead code', command: 'knip', args: [] },
];

await main(async () => {
  await prepare({ built: false });
  const failed = [];
  for (const { name, command, args } of checks) {
    say(`check: ${name}`);
    await run(bin(command), args).catch(() => failed.push(name));
  }
  process.stdout.write(
    `checks: ${checks.length - failed.length} passed, ${failed.length} failed${failed.length ? ` (${failed.join(', ')})` : ''}\n`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
});
