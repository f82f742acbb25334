import { MessageChannel, parentPort, Worker, type MessagePort } from 'node:worker_threads';
import type { PointImpact, StoredReading } from '#libs/contracts';
import { horizonOf, Replay, type ReplayStart } from './replay.js';

/** What a thread is told; it answers each with one message of the same id. */
type Order =
  | { id: number; kind: 'horizon'; start: Omit<ReplayStart, 'from' | 'to'> }
  | { id: number; kind: 'begin'; start: ReplayStart }
  | { id: number; kind: 'feed'; readings: readonly StoredReading[]; until: number }
  | { id: number; kind: 'end' };
type Told = Order extends infer O ? (O extends Order ? Omit<O, 'id'> : never) : never;
interface Answer {
  id: number;
  answer?: unknown;
  error?: string;
}

/**
 * Heap of the thread, MB. A year of windows of one point fits in a tenth of it; without a bound a rulebook that asks for a window of ten years would
 * take the station's memory, and with it the readings.
 */
const HEAP_MB = 512;

/** Judges histories in another thread: the one that holds PUBACKs only reads pages and passes them on. */
export class ReplayThread {
  readonly #waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  #last = 0;

  private constructor(
    private readonly port: Worker | MessagePort,
    private readonly stop: () => Promise<unknown>,
  ) {
    port.on('message', ({ id, answer, error }: Answer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(answer);
      else waiting?.reject(new Error(error));
    });
  }

  static start(): ReplayThread {
    // A thread can't load TypeScript: from the sources (tests) the same messages go to the same code in this thread.
    if (import.meta.url.endsWith('.ts')) {
      const { port1, port2 } = new MessageChannel();
      serveReplays(port2);
      return new ReplayThread(port1, () => Promise.resolve(port1.close()));
    }
    const worker = new Worker(new URL('./replay-worker.js', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
    const thread = new ReplayThread(worker, () => worker.terminate());
    worker.on('error', (error) => thread.#lost(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', (code) => thread.#lost(new Error(`the thread of the dry run ended with code ${code}`)));
    return thread;
  }

  horizon(start: Omit<ReplayStart, 'from' | 'to'>): Promise<number> {
    return this.#ask<number>({ kind: 'horizon', start });
  }
  /** The point the next pieces belong to. */
  begin(start: ReplayStart): Promise<void> {
    return this.#ask<void>({ kind: 'begin', start });
  }
  /** Resolves when the piece is judged: nothing piles up on the way. */
  feed(readings: readonly StoredReading[], until: number): Promise<void> {
    return this.#ask<void>({ kind: 'feed', readings, until });
  }
  end(): Promise<PointImpact> {
    return this.#ask<PointImpact>({ kind: 'end' });
  }

  /** What it was doing rejects. */
  async close(): Promise<void> {
    this.#lost(new Error('the dry run was broken off'));
    await this.stop();
  }

  #ask<T>(told: Told): Promise<T> {
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
      this.port.postMessage({ ...told, id });
    });
  }

  #lost(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** The other side of a ReplayThread. */
export function serveReplays(port: MessagePort): void {
  let replay: Replay | undefined;
  const carryOut = async (order: Order): Promise<unknown> => {
    if (order.kind === 'horizon') return horizonOf(order.start);
    if (order.kind === 'begin') {
      replay = new Replay(order.start);
      return undefined;
    }
    if (!replay) throw new Error('no point was begun');
    if (order.kind === 'feed') return replay.feed(order.readings, order.until);
    return replay.end();
  };
  port.on('message', (order: Order) => {
    carryOut(order).then(
      (answer) => port.postMessage({ id: order.id, answer } satisfies Answer),
      (error: unknown) =>
        port.postMessage({ id: order.id, error: error instanceof Error ? error.message : String(error) } satisfies Answer),
    );
  });
}

/** The port to who started this thread. @throws in the main thread */
export function portOfThread(): MessagePort {
  if (!parentPort) throw new Error('not a worker thread');
  return parentPort;
}
