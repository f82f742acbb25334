// What touches the database, a second time on a real TimescaleDB.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root, say } from './prepare.mjs';
import { NotToBeHad } from './timescale-lack.mjs';
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
  name,
  command: 'vitest',
  args: (file) => ['run', '--project', 'wire', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...databaseSpecs()],
  env: { WANGSHAN_TEST_DATABASE: url },
});

const name = 'wire on TimescaleDB';

/**
 * Starts TimescaleDB, or takes the one WANGSHAN_TEST_DATABASE names, and runs the suite on it. Only what this machine can't have is not
 * run; a server that was had and does not start is a failure, or CI would stay green without it for ever.
 * @param machine what there is here; the spec's own
 * @returns {Promise<{notRun: string[], results: object[]}>} what could not run and why, and failures beside those of the suite: never silence
 */
export async function runOnTimescale(
  runSuite,
  machine = { given: process.env.WANGSHAN_TEST_DATABASE, whyNot: whyNoTimescale, start: startTimescale },
) {
  if (machine.given) {
    await runSuite(suite(machine.given));
    return { notRun: [], results: [] };
  }
  const why = machine.whyNot();
  if (why) return { notRun: [`${name}: ${why}`], results: [] };
  let server;
  try {
    server = await machine.start();
  } catch (error) {
    if (error instanceof NotToBeHad) return { notRun: [`${name}: ${error.message}`], results: [] };
    return { notRun: [], results: [{ name, passed: 0, failed: 1, skipped: [], failures: [], note: error.message }] };
  }
  say(`TimescaleDB ${server.version} is up`);
  try {
    await runSuite(suite(server.url));
  } finally {
    await server.stop();
  }
  return { notRun: [], results: [] };
}
