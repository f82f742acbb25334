import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Histogram, type Latency } from '../histogram.js';
import type { LoadJob, LoadReport, Order, Word } from './job.js';

/** What all loader processes measured together. */
export interface Measured {
  acked: number;
  perSecond: number;
  seconds: number;
  ack: Latency;
  /** How late the loaders themselves wrote. */
  late: Latency;
  loaderCpuMicros: number;
  inFlight: number;
  lost: number;
}

export interface Progress {
  connected: number;
  acked: number;
  behind: number;
}

/** One after which a loader is taken for hung, ms: connecting 18,000 devices to a busy station takes a minute. */
const patience = 300_000;

/** Loader processes of their own, so that neither the station nor the bench shares an event loop with the load. */
export class Loaders {
  readonly #children: { child: ChildProcess; progress: Progress }[] = [];
  #failed: ((error: Error) => void)[] = [];

  /** Starts `count` processes and shares the devices of `job` (and its rate) among them. Resolves when all are connected. */
  static async connect(job: LoadJob, count = 2): Promise<Loaders> {
    const loaders = new Loaders();
    const parts = Array.from({ length: count }, (_, part) => ({
      ...job,
      devices: job.devices.filter((_device, at) => at % count === part),
      load: job.load.kind === 'open' ? { kind: 'open' as const, rate: job.load.rate / count } : job.load,
    })).filter(({ devices }) => devices.length > 0);
    try {
      await Promise.all(parts.map((part) => loaders.#start(part)));
    } catch (error) {
      await loaders.end();
      throw error;
    }
    return loaders;
  }

  get progress(): Progress {
    const total = (key: keyof Progress): number => this.#children.reduce((all, { progress }) => all + progress[key], 0);
    return { connected: total('connected'), acked: total('acked'), behind: total('behind') };
  }

  begin(): void {
    this.#tell({ do: 'begin' });
  }

  measure(): void {
    this.#tell({ do: 'measure' });
  }

  /** Cuts all connections and resolves when all are open again. */
  async reconnect(): Promise<void> {
    const open = this.#children.map(({ child }) => this.#hear(child, 'connected'));
    this.#tell({ do: 'reconnect' });
    await Promise.all(open);
  }

  async report(): Promise<Measured> {
    const words = this.#children.map(({ child }) => this.#hear(child, 'report'));
    this.#tell({ do: 'report' });
    return together((await Promise.all(words)).flatMap((word) => (word.said === 'report' ? [word.report] : [])));
  }

  async end(): Promise<void> {
    this.#failed = [];
    await Promise.all(
      this.#children.map(async ({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = new Promise((resolve) => child.once('exit', resolve));
        if (child.connected) child.send({ do: 'end' } satisfies Order);
        else child.kill('SIGKILL');
        await gone;
      }),
    );
  }

  async #start(job: LoadJob): Promise<void> {
    const child = fork(fileURLToPath(new URL('./main.js', import.meta.url)), {
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const entry = { child, progress: { connected: 0, acked: 0, behind: 0 } };
    this.#children.push(entry);
    child.on('message', (word: Word) => {
      if (word.said === 'progress') entry.progress = word;
      else if (word.said === 'failed') for (const fail of this.#failed) fail(new Error(`a loader failed: ${word.error}`));
    });
    await this.#hear(child, 'ready');
    child.send({ do: 'connect', job } satisfies Order);
    await this.#hear(child, 'connected');
  }

  #tell(order: Order): void {
    for (const { child } of this.#children) child.send(order);
  }

  /** The next word of this kind. @throws Error when the loader fails or says nothing for minutes */
  #hear(child: ChildProcess, said: Word['said']): Promise<Word> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(late);
        child.off('message', hear);
        child.off('exit', gone);
        this.#failed = this.#failed.filter((each) => each !== fail);
      };
      const fail = (error: Error): void => {
        end();
        reject(error);
      };
      const gone = (): void => fail(new Error('a loader process ended by itself'));
      const hear = (word: Word): void => {
        if (word.said !== said) return;
        end();
        resolve(word);
      };
      const late = setTimeout(() => fail(new Error(`a loader did not say "${said}" within ${patience / 1000} s`)), patience);
      this.#failed.push(fail);
      child.on('message', hear);
      child.once('exit', gone);
    });
  }
}

function together(reports: readonly LoadReport[]): Measured {
  const ack = new Histogram();
  const late = new Histogram();
  for (const report of reports) {
    ack.merge(report.ack);
    late.merge(report.late);
  }
  const total = (key: 'acked' | 'cpuMicros' | 'inFlight' | 'lost'): number => reports.reduce((all, report) => all + report[key], 0);
  return {
    acked: total('acked'),
    perSecond: Math.round(reports.reduce((all, { acked, seconds }) => all + acked / seconds, 0)),
    seconds: Math.max(...reports.map(({ seconds }) => seconds)),
    ack: ack.summary(),
    late: late.summary(),
    loaderCpuMicros: total('cpuMicros'),
    inFlight: total('inFlight'),
    lost: total('lost'),
  };
}
