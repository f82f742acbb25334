// Brings a fresh clone to the point where anything can run. Imports nothing but node: because nothing else is installed yet.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const oldestNode = [20, 19];

let progress = process.stdout;

/** Progress goes to stderr from now on: stdout belongs to what the command answers. */
export function sayOnStderr() {
  progress = process.stderr;
}

/** One line of progress, with the seconds since the command began. */
export function say(text) {
  progress.write(`[${process.uptime().toFixed(1).padStart(6)} s] ${text}\n`);
}

/** Stops with a clear word on a Node.js that can't run this release. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  process.stderr.write(
    `Wangshan needs Node.js ${oldestNode.join('.')} or newer; this is ${process.versions.node}. Install a newer Node.js and run the command again.\n`,
  );
  process.exit(1);
}

/** Runs a command to its end; its output goes to ours, or is shown only when it fails. */
export function run(command, args, { quiet = false, env = {}, shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      env: { ...process.env, ...env },
      shell,
    });
    let output = '';
    child.stdout?.on('data', (data) => (output += data));
    child.stderr?.on('data', (data) => (output += data));
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      code === 0 ? resolve(output) : reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}\n${output}`)),
    );
  });
}

const bin = (name) => path.join(root, 'node_modules', '.bin', name);

/** Installs the locked dependencies when they are missing or of another lock file. */
export async function install() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = path.join(root, 'node_modules', '.wangshan-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing dependencies (npm ci, one or two minutes the first time) …');
  await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], { quiet: true });
  writeFileSync(stamp, lock);
  say('dependencies installed');
}

/** Size and time of every source file: cheap, and changes whenever a build would. */
function sourceStamp(folders) {
  const hash = createHash('sha256');
  const visit = (file) => {
    const stat = statSync(file);
    if (!stat.isDirectory()) return hash.update(`${file}:${stat.size}:${stat.mtimeMs}\n`);
    for (const name of readdirSync(file).sort()) if (name !== 'node_modules' && name !== 'recordings') visit(path.join(file, name));
  };
  for (const folder of folders) if (existsSync(path.join(root, folder))) visit(path.join(root, folder));
  return hash.digest('hex');
}

async function buildPart(name, folders, output, make) {
  const stamp = path.join(root, 'dist', `.${name}-stamp`);
  const now = sourceStamp(folders);
  if (existsSync(path.join(root, output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  say(`building the ${name} …`);
  await make();
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, now);
  say(`${name} built`);
}

/** Builds station, simulators and dashboard, side by side, where their sources are newer than what is there. */
export async function build({ dashboard = true } = {}) {
  const common = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'libs/contracts'];
  await Promise.all([
    buildPart(
      'station',
      [...common, 'libs', 'devices', 'simulators', 'bench', ...appsWithout('dashboard')],
      'dist/apps/station/src/main.js',
      () => run(bin('nest'), ['build', 'station'], { quiet: true }),
    ),
    dashboard &&
      buildPart('dashboard', [...common, 'apps/dashboard'], 'dist/dashboard/index.html', () =>
        run(bin('vite'), ['build', '--config', 'apps/dashboard/vite.config.ts', '--logLevel', 'warn'], { quiet: true }),
      ),
  ]);
}

function appsWithout(name) {
  const apps = path.join(root, 'apps');
  return readdirSync(apps)
    .filter((app) => app !== name)
    .map((app) => path.join('apps', app));
}

/** Everything a command needs before it may import more than `node:`. */
export async function prepare({ built = true, dashboard = true } = {}) {
  checkNode();
  await install();
  if (built) await build({ dashboard });
}

/** Prints `text` and ends when the command was asked for help. */
export function helpOn(text) {
  if (!process.argv.slice(2).some((word) => word === '--help' || word === '-h')) return;
  process.stdout.write(`${text.trim()}\n`);
  process.exit(0);
}

/** A failed command says one thing and ends with 1; a stack helps nobody who runs it. */
export async function main(action) {
  try {
    await action();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
