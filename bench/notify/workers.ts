import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '#libs/platform';
import { cpuMicros } from '../process-usage.js';
import type { WorkerJob, WorkerOrder, WorkerWord } from './job.js';

/** Worker processes; each with its own owner name. They run from the build. */
export class Workers {
  readonly #children: ChildProcess[] = [];
  #started = 0;

  private constructor(readonly job: Omit<WorkerJob, 'owner'>) {}

  /** Starts `count` and resolves when all are at work. @throws Error when one does not start */
  static async start(job: Omit<WorkerJob, 'owner'>, count = 2): Promise<Workers> {
    const workers = new Workers(job);
    await Promise.all(Array.from({ length: count }, (_, n) => workers.#start(n)));
    return workers;
  }

  /** As the station does after a release. */
  wake(): void {
    for (const child of this.#children) if (child.connected) child.send('wake' satisfies WorkerOrder);
  }

  /** SIGKILLs the nth and starts another in its place. */
  async replace(n: number): Promise<void> {
    const child = this.#children[n];
    if (!child) throw new Error(`there is no worker ${n}`);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    await this.#start(n);
  }

  cpuMicros(): number {
    return this.#children.reduce((sum, { pid }) => sum + cpuMicros(pid ?? 0), 0);
  }

  async end(): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = new Promise((resolve) => child.once('exit', resolve));
        if (child.connected) child.send('end' satisfies WorkerOrder);
        else child.kill('SIGKILL');
        await gone;
      }),
    );
  }

  #start(n: number): Promise<void> {
    this.#started += 1;
    const job: WorkerJob = { ...this.job, owner: `worker-${this.#started}` };
    const child = fork(path.join(packageRoot(), 'dist/bench/notify/worker.js'), [JSON.stringify(job)], {
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#children[n] = child;
    return new Promise((resolve, reject) => {
      child.on('message', (word: WorkerWord) => (word.said === 'ready' ? resolve() : reject(new Error(`a worker failed: ${word.error}`))));
      child.once('exit', (code) => reject(new Error(`a worker ended with ${code}`)));
    });
  }
}
