// TimescaleDB without a container engine: Debian 13 ships it (Apache edition), and debootstrap puts a Debian 13 beside the system.
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { run, say } from './prepare.mjs';
import { fetched } from './timescale-lack.mjs';

/** Kept between runs; removing it only costs the minute it took. */
const cache = '/var/cache/wangshan';
const root = path.join(cache, 'debian-13-timescaledb');
const mirror = process.env.WANGSHAN_DEBIAN_MIRROR ?? 'http://deb.debian.org/debian';
const programs = '/usr/lib/postgresql/17/bin';
const changeRoot = 'chroot';

/** Why it can't be had here, or undefined. */
export function whyNoRoot() {
  if (process.platform !== 'linux') return 'debootstrap needs Linux';
  if (process.getuid?.() !== 0) return 'debootstrap needs root';
  if (!existsSync('/usr/bin/apt-get') && !hasDebootstrap()) return 'debootstrap is not installed';
  // A container may have a root that may not.
  if (spawnSync(changeRoot, ['/', '/bin/true']).status !== 0) return 'debootstrap needs a root that may change its root directory';
  return undefined;
}

const hasDebootstrap = () => existsSync('/usr/sbin/debootstrap');

async function ensureRoot() {
  if (existsSync(path.join(root, programs, 'postgres'))) return;
  if (!hasDebootstrap()) {
    say('installing debootstrap (apt-get) …');
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await fetched('debootstrap', async () => {
      await run('apt-get', ['update', '-q'], { quiet: true, env });
      await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'debootstrap'], { quiet: true, env });
    });
  }
  say('fetching TimescaleDB of Debian 13 (debootstrap, about a minute the first time) …');
  mkdirSync(cache, { recursive: true });
  // Made beside the place and renamed: a run that is broken off leaves no half of a Debian behind.
  const half = mkdtempSync(`${root}.`);
  try {
    const words = ['--variant=minbase', '--include=postgresql-17-timescaledb', 'trixie', half, mirror];
    await fetched('TimescaleDB of Debian 13', () => run('debootstrap', words, { quiet: true }));
    rmSync(root, { recursive: true, force: true });
    renameSync(half, root);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    throw error;
  }
}

/** The user `postgres` of the Debian inside; its number may be another one outside. */
function account() {
  const line = readFileSync(path.join(root, 'etc/passwd'), 'utf8')
    .split('\n')
    .find((each) => each.startsWith('postgres:'));
  const [, , uid, gid] = line.split(':').map(Number);
  return { uid, gid };
}

const inside = (uid, gid, words) => [changeRoot, [`--userspec=${uid}:${gid}`, root, ...words]];
const environment = { PATH: `${programs}:/usr/sbin:/usr/bin:/bin`, LC_ALL: 'C', TZ: 'UTC' };

/**
 * Starts a server with a data directory of its own.
 * @returns its address and a `stop` that also removes the data
 */
export async function startInRoot({ port, password, settings }) {
  await ensureRoot();
  const { uid, gid } = account();
  const directory = mkdtempSync(path.join(root, 'var/lib/postgresql/wangshan-'));
  chownSync(directory, uid, gid);
  const own = directory.slice(root.length);
  const handover = path.join(directory, 'password');
  writeFileSync(handover, password, { mode: 0o600 });
  chownSync(handover, uid, gid);
  const data = `${own}/data`;
  const [program, words] = inside(uid, gid, [
    `${programs}/initdb`,
    '-D',
    data,
    '-U',
    'wangshan',
    '-A',
    'scram-sha-256',
    `--pwfile=${own}/password`,
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ]);
  const made = spawnSync(program, words, { encoding: 'utf8', env: environment });
  rmSync(handover, { force: true });
  if (made.status !== 0) {
    rmSync(directory, { recursive: true, force: true });
    throw new Error(`initdb of TimescaleDB failed: ${made.error?.message ?? made.stderr}`);
  }
  // No /dev/shm inside: dynamic shared memory in files. No /proc either; PostgreSQL needs none.
  const all = { ...settings, port, unix_socket_directories: '', dynamic_shared_memory_type: 'mmap' };
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [server, args] = inside(uid, gid, [`${programs}/postgres`, '-D', data, ...options]);
  const child = spawn(server, args, { env: environment, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let log = '';
  child.stderr.on('data', (part) => (log = (log + part).slice(-4000)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    url: `postgres://wangshan:${password}@127.0.0.1:${port}/postgres`,
    failed: () => (child.exitCode === null && child.signalCode === null ? undefined : log),
    /** Ends it without waiting, for a run that is broken off. */
    kill: () => void child.kill('SIGQUIT'),
    async stop() {
      child.kill('SIGINT');
      const late = setTimeout(() => child.kill('SIGQUIT'), 30_000);
      await ended;
      clearTimeout(late);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
