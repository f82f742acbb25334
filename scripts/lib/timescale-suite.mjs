// What touches the database, a second time on a real TimescaleDB.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root, say } from './prepare.mjs';
import { startTimescale, whyNoTimescale } from './timescale.mjs';

/** Specs whose database comes from libs/testing, directly or with a whole station; the others start a PostgreSQL of their own. */
function databaseSpecs() {
  const uses = /\b(testDatabase|testStation)\b|fakes\/records/;
  return ['libs', 'apps', 'simulators'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true })
      .filter((name) => name.endsWith('.wire.spec.ts') && !name.includes('node_modules'))
      .map((name) => path.join(folder, name))
      .filter((name) => uses.test(readFileSync(path.join(root, name), 'utf8'))),
  );
}

const suite = (url) => ({
  name: 'wire on TimescaleDB',
  command: 'vitest',
  args: (file) => ['run', '--project', 'wire', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...databaseSpecs()],
  env: { WANGSHAN_TEST_DATABASE: url },
});

/**
 * Starts TimescaleDB, or takes the one WANGSHAN_TEST_DATABASE names, and runs the suite on it.
 * @returns what could not run and why, a line each: never silence
 */
export async function runOnTimescale(runSuite) {
  const given = process.env.WANGSHAN_TEST_DATABASE;
  if (given) {
    await runSuite(suite(given));
    return [];
  }
  const why = whyNoTimescale();
  if (why) return [`wire on TimescaleDB: ${why}`];
  let server;
  try {
    server = await startTimescale();
  } catch (error) {
    // No network, no package: a machine's lack, not a failure of the program; CI reads this line.
    return [`wire on TimescaleDB: ${error.message}`];
  }
  say(`TimescaleDB ${server.version} is up`);
  try {
    await runSuite(suite(server.url));
  } finally {
    await server.stop();
  }
  return [];
}
