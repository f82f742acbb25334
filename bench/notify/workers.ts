import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cpuMicros } from '../process-usage.js';
import type { WorkerJob, WorkerOrder, WorkerWord } from './job.js';

/** Worker processes; each with its own owner name. */
export class Workers {
  readonly #children: ChildProcess[] = [];

  /** Starts `count` and resolves when all are at work. @throws Error when one does not start */
  static async start(job: Omit<WorkerJob, 'owner'>, count = 2): Promise<Workers> {
    const workers = new Workers();
    await Promise.all(Array.from({ length: count }, (_, n) => workers.#start({ ...job, owner: `bench-${n}` })));
    return workers;
  }

  /** As the station does after a release. */
  wake(): void {
    for (const child of this.#children) child.send('wake' satisfies WorkerOrder);
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

  #start(job: WorkerJob): Promise<void> {
    const child = fork(fileURLToPath(new URL('./worker.js', import.meta.url)), [JSON.stringify(job)], {
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#children.push(child);
    return new Promise((resolve, reject) => {
      child.on('message', (word: WorkerWord) => (word.said === 'ready' ? resolve() : reject(new Error(`a worker failed: ${word.error}`))));
      child.once('exit', (code) => reject(new Error(`a worker ended with ${code}`)));
    });
  }
}
