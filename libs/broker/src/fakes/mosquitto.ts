import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PATIENCE_MS, until } from '#libs/testing';

const candidates = [process.env['MOSQUITTO_PATH'], '/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto'];

/** A real Mosquitto as an operator would set it up, on a port and in a folder of its own. */
export class Mosquitto {
  readonly #dir = mkdtempSync(path.join(tmpdir(), 'wangshan-mosquitto-'));
  #child: ChildProcess | undefined;

  private constructor(
    private readonly program: string,
    readonly port: number,
  ) {}

  /** @throws Error saying how to install it */
  static async start(): Promise<Mosquitto> {
    const program = candidates.find((file) => file !== undefined && existsSync(file));
    if (program === undefined)
      throw new Error(
        'no Mosquitto found: install it (Debian: sudo apt-get install -y --no-install-recommends mosquitto) or set MOSQUITTO_PATH',
      );
    const broker = new Mosquitto(program, await freePort());
    await broker.again();
    return broker;
  }

  /** Starts it again with what it had stored. */
  async again(): Promise<void> {
    const file = path.join(this.#dir, 'mosquitto.conf');
    const settings = [
      `listener ${this.port} 127.0.0.1`,
      'allow_anonymous true',
      'persistence true',
      `persistence_location ${this.#dir}/`,
      'max_inflight_messages 0',
      'max_queued_messages 0',
      'user root',
    ];
    writeFileSync(file, `${settings.join('\n')}\n`);
    const child = spawn(this.program, ['-c', file], { stdio: 'ignore' });
    this.#child = child;
    await until('Mosquitto to listen', PATIENCE_MS, () => answers(this.port));
  }

  /** Ends it as its operator would: what is queued is on disk. */
  async end(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  async stop(): Promise<void> {
    await this.end();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => (socket.destroy(), resolve(true))).once('error', () => resolve(false));
  });
}
