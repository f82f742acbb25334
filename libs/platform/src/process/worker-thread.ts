import { Worker } from 'node:worker_threads';

/**
 * A function that burns CPU. It travels to the worker thread as its own source text, so it may use only its argument and
 * `process.getBuiltinModule`; nothing around it exists over there. In return it runs the same from TypeScript sources and
 * from the built files.
 */
export type WorkerTask<I, O> = (input: I) => O | Promise<O>;

/** Runs in the worker. Plain text because a worker cannot load TypeScript on Node 20. */
const workerSource = `
const { parentPort } = require('node:worker_threads');
const known = new Map();
parentPort.on('message', async ({ id, source, input }) => {
  try {
    if (!known.has(source)) known.set(source, (0, eval)('(' + source + ')'));
    parentPort.postMessage({ id, output: await known.get(source)(input) });
  } catch (error) {
    parentPort.postMessage({ id, error: String(error && error.message || error) });
  }
});`;

/**
 * Jobs that may wait. Fewer and a morning's log-ins of one county are refused; many more and a flood of log-ins keeps
 * memory and answers that nobody waits for any more.
 */
const maxWaiting = 100;

interface Job {
  resolve: (output: never) => void;
  reject: (error: Error) => void;
}

/**
 * One worker thread, started by the first job, kept from holding the process open. Jobs run one after another: work that takes long has a
 * thread of its own, or a log-in waits behind somebody's report.
 */
export class WorkerThread {
  #worker: Worker | undefined;
  #nextId = 0;
  readonly #jobs = new Map<number, Job>();

  /** @throws WorkerBusy when too many wait; whatever the task threw, by message */
  run<I, O>(task: WorkerTask<I, O>, input: I): Promise<O> {
    if (this.#jobs.size >= maxWaiting)
      return Promise.reject(new WorkerBusy(`${maxWaiting} jobs wait for the worker thread already; try again in a moment`));
    const worker = (this.#worker ??= this.#start());
    const id = this.#nextId++;
    return new Promise<O>((resolve, reject) => {
      this.#jobs.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, source: task.toString(), input });
    });
  }

  #start(): Worker {
    const worker = new Worker(workerSource, { eval: true, execArgv: [] });
    worker.on('message', ({ id, output, error }: { id: number; output?: unknown; error?: string }) => {
      const job = this.#jobs.get(id);
      this.#jobs.delete(id);
      if (this.#jobs.size === 0) worker.unref();
      if (error === undefined) job?.resolve(output as never);
      else job?.reject(new Error(error));
    });
    worker.on('error', (error) => this.#lost(worker, error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', (code) => this.#lost(worker, new Error(`the worker thread ended with code ${code}`)));
    return worker;
  }

  /** What the dead worker held fails; the next job starts a new one. */
  #lost(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const job of this.#jobs.values()) job.reject(error);
    this.#jobs.clear();
  }
}

/** Too many jobs wait; nothing was started. */
export class WorkerBusy extends Error {
  override readonly name = 'WorkerBusy';
}

const shared = new WorkerThread();

/**
 * Runs a CPU-burning function in the worker thread, so that the event loop that holds PUBACKs is never blocked.
 * @throws WorkerBusy when too many wait; whatever the task threw, by message
 */
export const runInWorker = <I, O>(task: WorkerTask<I, O>, input: I): Promise<O> => shared.run(task, input);
