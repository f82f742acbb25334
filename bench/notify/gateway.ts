import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { messageTemplates } from '#libs/notify';
import { packageRoot } from '#libs/platform';
import { cpuMicros } from '../process-usage.js';

/** The gateway simulator in a process of its own, with sign and templates registered. */
export class Gateway {
  private constructor(
    readonly port: number,
    readonly child: ChildProcess,
  ) {}

  static async start(dataDir: string, sign: string): Promise<Gateway> {
    const main = path.join(packageRoot(), 'dist/simulators/gateways/src/main.js');
    const child = spawn(process.execPath, [main, '--port', '0', '--data-dir', dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
    const port = await new Promise<number>((resolve, reject) => {
      let said = '';
      child.stdout?.on('data', (data: Buffer) => {
        said += data.toString();
        if (said.includes('\n')) resolve((JSON.parse(said) as { listening: number }).listening);
      });
      child.once('exit', (code) => reject(new Error(`the gateway simulator ended with ${code}`)));
    });
    const gateway = new Gateway(port, child);
    await gateway.#register(sign);
    return gateway;
  }

  cpuMicros(): number {
    return cpuMicros(this.child.pid ?? 0);
  }

  /** Messages accepted, and how many of them more than once: none, if the engine keeps its promise. */
  async sends(): Promise<{ outIds: number; twice: number }> {
    const stats = (await (await fetch(`http://127.0.0.1:${this.port}/__stats`)).json()) as { unique: number; duplicated: number };
    return { outIds: stats.unique, twice: stats.duplicated };
  }

  async end(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await gone;
  }

  async #register(sign: string): Promise<void> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/__templates`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ signs: [sign], templates: messageTemplates.map(({ code, text }) => ({ code, text })) }),
    });
    if (!answer.ok) throw new Error(`the gateway simulator refused the templates: ${answer.status}`);
  }
}
