import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageRoot } from '#libs/platform';
import { startEmbeddedPostgres } from '#libs/store';
import { testPassword } from './station.js';

export interface Ports {
  http: number;
  mqtt: number;
  gateway: number;
}

/** What the program tells its parent. */
type Message = { ready?: boolean; waiting?: boolean; ports: Ports };

/** PostgreSQL's first start of a data directory (initdb and migrations) takes ten seconds, on a machine that is busy otherwise many times that. */
const START_LIMIT_MS = 240_000;
/** A stop ends by its own clock after 25 s (apps/station/src/undo.ts). */
const STOP_LIMIT_MS = 120_000;

/** The real program with its embedded database, as `npm run station` starts it, in a process group of its own: to be killed. */
export class StationProcess {
  /** When every stage is ready, where it listens. */
  ready: Promise<Ports> = Promise.reject<Ports>(new Error('never started'));
  #child: ChildProcess | undefined;
  #ended: Promise<string> = Promise.resolve('never started');
  readonly #atExit = () => this.#signal('SIGKILL');

  private constructor(
    readonly dataDir: string,
    private readonly environment: Record<string, string>,
  ) {
    this.ready.catch(() => undefined);
  }

  /** A data directory, and no process yet. */
  static create(environment: Record<string, string> = {}): StationProcess {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'wangshan-killed-'));
    chmodSync(dataDir, 0o755);
    return new StationProcess(dataDir, environment);
  }

  /**
   * Starts it on the same data directory as before and resolves when every stage is ready; `waiting`: when it accepts, waiting for its
   * database (then `gateway` is 0 and `ready` resolves later).
   */
  async start(awaited: 'ready' | 'waiting' = 'ready'): Promise<Ports> {
    const main = path.join(packageRoot(), 'dist/apps/station/src/main.js');
    if (!existsSync(main)) throw new Error(`${main} is not there: run "npm run build" first`);
    const child = spawn(process.execPath, [main], {
      cwd: packageRoot(),
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        ...process.env,
        WANGSHAN_HTTP_PORT: '0',
        WANGSHAN_MQTT_PORT: '0',
        WANGSHAN_GATEWAY_PORT: '0',
        WANGSHAN_DATA_DIR: this.dataDir,
        WANGSHAN_ADMIN_PASSWORD: testPassword,
        WANGSHAN_SMS_DRIVERS: 'simulator',
        WANGSHAN_LOG_FILE: path.join(this.dataDir, 'station.log'),
        ...this.environment,
      },
    });
    this.#child = child;
    process.once('exit', this.#atExit);
    let said = '';
    child.stderr?.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-4000)));
    this.#ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(String(signal ?? code))));
    this.ready = new Promise((resolve) => child.on('message', (message: Message) => message.ready && resolve(message.ports)));
    return new Promise<Ports>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the station was not ready within ${START_LIMIT_MS} ms:\n${said}`)), START_LIMIT_MS);
      child.on('message', (message: Message) => {
        if (!message[awaited]) return;
        clearTimeout(late);
        resolve({ ...message.ports, gateway: message.ports.gateway ?? 0 });
      });
      void this.#ended.then((how) => {
        clearTimeout(late);
        reject(new Error(`the station ended (${how}) instead of starting:\n${said}`));
      });
    });
  }

  /** SIGKILL of the whole process group: as a power cut, but for the database, which lives in a session of its own. */
  async kill(): Promise<void> {
    this.#signal('SIGKILL');
    await this.#gone();
  }

  /** SIGKILL of the embedded PostgreSQL's postmaster, as the kernel does it when memory runs out. */
  killPostgres(): void {
    const [pid] = readFileSync(path.join(this.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGKILL');
  }

  /** Ctrl-C. Answers how it ended: `0` when it stopped cleanly. */
  async interrupt(): Promise<string> {
    this.#child?.kill('SIGINT');
    return this.#gone();
  }

  /** The end of its log, for a test that failed. */
  log(): string {
    const file = path.join(this.dataDir, 'station.log');
    return existsSync(file) ? readFileSync(file, 'utf8').slice(-4000) : '';
  }

  /** Ends whatever still runs, the database a kill left included, and removes the data. */
  async remove(): Promise<void> {
    await this.kill();
    if (existsSync(path.join(this.dataDir, 'postgres', 'postmaster.pid'))) {
      const left = await startEmbeddedPostgres({ dataDir: this.dataDir, port: 0, say: () => undefined });
      await left.stop();
    }
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  #signal(signal: 'SIGKILL'): void {
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, signal);
  }

  async #gone(): Promise<string> {
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`the station did not end within ${STOP_LIMIT_MS} ms`)), STOP_LIMIT_MS).unref();
    });
    const how = await Promise.race([this.#ended, late]);
    process.off('exit', this.#atExit);
    return how;
  }
}
