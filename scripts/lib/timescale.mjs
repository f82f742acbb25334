// A real TimescaleDB for the tests: a container where an engine runs, else Debian 13's package as root.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startInDocker, whyNoDocker } from './timescale-docker.mjs';
import { startInRoot, whyNoRoot } from './timescale-root.mjs';

/** Time for the first answer, ms: a container on a slow disk initialises its cluster first. */
const READY_MS = 90_000;

/** As the embedded server of the tests: no fsync, UTC. No telemetry: nothing leaves the machine; no background jobs: our rollups and retention are what is tested. */
const settings = {
  listen_addresses: '127.0.0.1',
  max_connections: 100,
  shared_preload_libraries: 'timescaledb',
  'timescaledb.telemetry_level': 'off',
  'timescaledb.max_background_workers': 0,
  max_worker_processes: 16,
  shared_buffers: '256MB',
  jit: 'off',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  timezone: 'UTC',
};

/** Why TimescaleDB can't be had on this machine, with how to get it; undefined when it can. */
export function whyNoTimescale() {
  const docker = whyNoDocker();
  const root = docker && whyNoRoot();
  return root && `${docker}, and ${root}. Start Docker, or run as root on Debian, or set WANGSHAN_TEST_DATABASE to a TimescaleDB of yours`;
}

/**
 * Starts TimescaleDB with data of its own on a free port, and waits until it answers.
 * @returns {Promise<{url: string, version: string, stop: () => Promise<void>, kill: () => void}>}
 */
export async function startTimescale() {
  const start = whyNoDocker() === undefined ? startInDocker : startInRoot;
  const server = await start({ port: await freePort(), password: randomBytes(18).toString('base64url'), settings });
  process.once('exit', server.kill);
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const answer = await version(server.url);
    if (answer) return { url: server.url, version: answer, kill: server.kill, stop: () => stop(server) };
    const said = server.failed();
    if (said !== undefined || Date.now() > deadline) {
      await stop(server);
      throw new Error(`TimescaleDB did not start${said ? `:\n${said}` : ` within ${READY_MS / 1000} s`}`);
    }
    await sleep(200);
  }
}

async function stop(server) {
  process.off('exit', server.kill);
  await server.stop();
}

/** What extension there is, or undefined while nobody answers. */
async function version(url) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query(`select default_version as version from pg_available_extensions where name = 'timescaledb'`);
    return rows[0]?.version;
  } catch {
    // Not up yet: the caller knows how long to go on asking.
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
