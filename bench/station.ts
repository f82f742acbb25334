import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '#libs/platform';
import { startEmbeddedPostgres } from '#libs/store';
import { benchRules } from './rules.js';
import { Api } from './api.js';
import { cpuMicros, familyCpuMicros, residentBytes } from './process-usage.js';

/** Those `npm start` gives it; they lie where nothing is built yet. */
const engineFlags = async (): Promise<readonly string[]> => {
  const file = pathToFileURL(path.join(packageRoot(), 'scripts/lib/station-flags.mjs'));
  return ((await import(file.href)) as { stationFlags: readonly string[] }).stationFlags;
};
const password = 'Bench-Secret-2026';
/** First start of a data directory (initdb, migrations) on a slow disk. */
const startLimit = 120_000;
/** A station that drains a full queue takes seconds; after this it hangs. */
const stopLimit = 60_000;

export interface StationOptions {
  /** A data directory that is kept when the station is removed; absent: one of its own, removed with it. */
  dataDir?: string | undefined;
  /** Further WANGSHAN_ variables. */
  environment?: Record<string, string>;
  /** Minutes; windows of the rules are cut to it. */
  longestWindow?: number;
  /** Where a CPU profile of the station goes when it stops (node --cpu-prof). */
  profileDir?: string | undefined;
}

/** CPU used so far, µs. */
export interface Usage {
  station: number;
  postgres: number;
}

/** The real station as `npm run station` starts it: its own process, embedded PostgreSQL that fsyncs, an empty data directory. */
export class BenchStation {
  /** Not removed yet: what a bench that is broken off has to clean up. */
  static readonly live = new Set<BenchStation>();
  #child: ChildProcess | undefined;
  #gone: Promise<void> = Promise.resolve();
  ports = { http: 0, mqtt: 0 };

  private constructor(
    readonly dataDir: string,
    private readonly options: StationOptions,
  ) {}

  /** A data directory with the bench's rulebook, and no process yet. */
  static create(options: StationOptions = {}): BenchStation {
    const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'wangshan-bench-'));
    mkdirSync(dataDir, { recursive: true });
    // The user the database runs as must be able to pass.
    chmodSync(dataDir, 0o755);
    benchRules(path.join(dataDir, 'rules'), options.longestWindow);
    const station = new BenchStation(dataDir, options);
    BenchStation.live.add(station);
    return station;
  }

  static async started(options: StationOptions = {}): Promise<BenchStation> {
    const station = BenchStation.create(options);
    try {
      await station.start();
    } catch (error) {
      await station.remove();
      throw error;
    }
    return station;
  }

  async start(): Promise<void> {
    const { environment, profileDir } = this.options;
    const profile = profileDir ? ['--cpu-prof', `--cpu-prof-dir=${path.resolve(profileDir)}`] : [];
    const main = path.join(packageRoot(), 'dist/apps/station/src/main.js');
    const child = spawn(process.execPath, [...(await engineFlags()), ...profile, main], {
      cwd: packageRoot(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        ...process.env,
        WANGSHAN_HTTP_PORT: '0',
        WANGSHAN_MQTT_PORT: '0',
        WANGSHAN_DATA_DIR: this.dataDir,
        WANGSHAN_ADMIN_PASSWORD: password,
        WANGSHAN_RULES_DIR: path.join(this.dataDir, 'rules'),
        WANGSHAN_ACTIVATE_RULES: '1',
        WANGSHAN_DEVICE_RATE: '0',
        WANGSHAN_LOG_FILE: path.join(this.dataDir, 'station.log'),
        ...environment,
      },
    });
    this.#child = child;
    let said = '';
    child.stderr?.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-4000)));
    this.#gone = new Promise((resolve) => child.once('exit', () => resolve()));
    this.ports = await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the station was not ready within ${startLimit / 1000} s:\n${said}`)), startLimit);
      child.on('message', (message: { ready?: boolean; ports: { http: number; mqtt: number } }) => {
        clearTimeout(late);
        if (message.ready) resolve(message.ports);
      });
      child.once('exit', (code, signal) => {
        clearTimeout(late);
        reject(new Error(`the station ended (${signal ?? code}) instead of starting:\n${said}`));
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.ports.http}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  api(): Promise<Api> {
    return Api.login(this.url, 'admin', password);
  }

  usage(): Usage {
    return { station: cpuMicros(this.pid), postgres: familyCpuMicros(this.#postmaster()) };
  }

  residentBytes(): number {
    return residentBytes(this.pid);
  }

  /** The end of its log, for a bench that failed. */
  log(): string {
    const file = path.join(this.dataDir, 'station.log');
    return existsSync(file) ? readFileSync(file, 'utf8').slice(-2000) : '';
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), stopLimit);
    await this.#gone;
    clearTimeout(late);
  }

  /** Stops it, and removes its data. */
  async remove(): Promise<void> {
    await this.stop();
    if (existsSync(path.join(this.dataDir, 'postgres', 'postmaster.pid'))) {
      const left = await startEmbeddedPostgres({ dataDir: this.dataDir, port: 0, say: () => undefined });
      await left.stop();
    }
    if (this.options.dataDir === undefined) rmSync(this.dataDir, { recursive: true, force: true });
    BenchStation.live.delete(this);
  }

  #postmaster(): number {
    const file = path.join(this.dataDir, 'postgres', 'postmaster.pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
  }
}
