// TimescaleDB where a container engine runs: the vendor's image, Community edition.
import { spawnSync } from 'node:child_process';
import { run, say } from './prepare.mjs';
import { fetched } from './timescale-lack.mjs';

/** Fixed: a suite that fails tomorrow must fail because of us. */
const image = process.env.WANGSHAN_TIMESCALE_IMAGE ?? 'timescale/timescaledb:2.19.3-pg17';

const docker = (...words) => spawnSync('docker', words, { encoding: 'utf8', timeout: 20_000 });

/** Why it can't be had here, or undefined. */
export function whyNoDocker() {
  const answer = docker('info', '--format', '{{.ServerVersion}}');
  if (answer.error) return 'no docker command';
  return answer.status === 0 ? undefined : 'the docker engine does not answer';
}

/** As startInRoot. Data lives in the container and goes with it. */
export async function startInDocker({ port, password, settings }) {
  if (docker('image', 'inspect', image).status !== 0) {
    say(`fetching ${image} …`);
    await fetched(image, () => run('docker', ['pull', '--quiet', image], { quiet: true }));
  }
  const name = `wangshan-test-timescale-${process.pid}`;
  const all = { ...settings, listen_addresses: '*' };
  const options = Object.entries(all).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  await run(
    'docker',
    [
      'run',
      '--detach',
      '--rm',
      '--name',
      name,
      '--publish',
      `127.0.0.1:${port}:5432`,
      '--shm-size',
      '512m',
      '--env',
      'POSTGRES_USER=wangshan',
      '--env',
      `POSTGRES_PASSWORD=${password}`,
      '--env',
      'TIMESCALEDB_TELEMETRY=off',
      image,
      ...options,
    ],
    { quiet: true },
  );
  return {
    url: `postgres://wangshan:${password}@127.0.0.1:${port}/postgres`,
    failed: () =>
      docker('inspect', name).status === 0 ? undefined : docker('logs', '--tail', '30', name).stderr || 'the container has ended',
    kill: () => void docker('kill', name),
    stop: async () => void docker('stop', '--time', '20', name),
  };
}
