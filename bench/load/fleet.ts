import { Histogram } from '../histogram.js';
import { LoadClient } from './client.js';
import type { LoadJob, LoadReport } from './job.js';

/** Beat of an open loop. Longer makes bursts no field has; shorter than a timer can keep. */
const beat = 1;
/** Longest a connection is waited for, ms, before it is tried again. */
const retry = 250;
const now = (): number => performance.now();

/** All clients of one loader process: connects them, drives their load, counts what comes back. */
export class Fleet {
  readonly #clients: LoadClient[];
  #ack = new Histogram();
  #late = new Histogram();
  #measuring = 0;
  #cpu = process.cpuUsage();
  #waiting: LoadClient[] = [];
  #opening = 0;
  #connected = 0;
  #acked = 0;
  #lost = 0;
  #measuredFrom = 0;
  #ended = false;
  #onConnected: (() => void) | undefined;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(private readonly job: LoadJob) {
    this.#clients = job.devices.map((credential) => {
      const client = new LoadClient(credential, job.port, job.keepAlive, {
        connected: () => this.#opened(),
        acked: (due, written) => this.#answered(due, written),
        lost: () => this.#closed(client),
      });
      return client;
    });
    if (job.keepAlive > 0) this.#pingAll(job.keepAlive);
  }

  get progress(): { connected: number; acked: number; behind: number } {
    return { connected: this.#connected, acked: this.#acked, behind: this.#inFlight() };
  }

  /** Resolves when every client has its CONNACK. */
  connect(): Promise<void> {
    this.#waiting = [...this.#clients];
    return new Promise((resolve) => {
      this.#onConnected = resolve;
      this.#openMore();
    });
  }

  /** Cuts every connection, then opens all of them again: a station or a network that comes back. */
  reconnect(): Promise<void> {
    for (const client of this.#clients) client.close();
    this.#connected = 0;
    this.#opening = 0;
    return this.connect();
  }

  begin(): void {
    const { load } = this.job;
    if (load.kind === 'closed')
      for (const client of this.#clients) {
        client.refill = true;
        client.send(load.inFlight, now());
      }
    else if (load.kind === 'open') this.#beat(load.rate);
  }

  measure(): void {
    this.#ack = new Histogram();
    this.#late = new Histogram();
    this.#lost = 0;
    this.#measuring = 1;
    this.#cpu = process.cpuUsage();
    this.#measuredFrom = now();
  }

  report(): LoadReport {
    this.#measuring = 0;
    const { user, system } = process.cpuUsage(this.#cpu);
    return {
      acked: this.#ack.count,
      inFlight: this.#inFlight(),
      seconds: (now() - this.#measuredFrom) / 1000,
      ack: this.#ack.data(),
      late: this.#late.data(),
      cpuMicros: user + system,
      lost: this.#lost,
    };
  }

  end(): void {
    this.#ended = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const client of this.#clients) client.close();
  }

  #inFlight(): number {
    return this.#clients.reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  #openMore(): void {
    while (this.#opening < this.job.connecting) {
      const next = this.#waiting.pop();
      if (!next) return;
      this.#opening += 1;
      next.open();
    }
  }

  #opened(): void {
    this.#opening -= 1;
    this.#connected += 1;
    this.#openMore();
    if (this.#connected === this.#clients.length) this.#onConnected?.();
  }

  #closed(client: LoadClient): void {
    if (this.#ended) return;
    this.#lost += 1;
    this.#opening = Math.max(0, this.#opening - 1);
    this.#timers.push(
      setTimeout(() => {
        this.#waiting.push(client);
        this.#openMore();
      }, retry),
    );
  }

  #answered(due: number, written: number): void {
    this.#acked += 1;
    if (this.#measuring === 0) return;
    const at = now();
    this.#ack.add((at - due) * 1000);
    this.#late.add((written - due) * 1000);
  }

  /** A message is due at its place in the plan, whatever became of those before it: a slow answer can't slow the load. */
  #beat(rate: number): void {
    const started = now();
    let sent = 0;
    let next = 0;
    const tick = (): void => {
      const due = ((now() - started) * rate) / 1000;
      while (sent < due) {
        this.#clients[next]?.send(1, started + (sent * 1000) / rate);
        next = (next + 1) % this.#clients.length;
        sent += 1;
      }
      if (!this.#ended) setTimeout(tick, beat);
    };
    tick();
  }

  #pingAll(keepAlive: number): void {
    // Spread over half the interval, one slice a second.
    const slices = Math.max(1, Math.floor(keepAlive / 2));
    let slice = 0;
    this.#timers.push(
      setInterval(() => {
        slice = (slice + 1) % slices;
        for (let at = slice; at < this.#clients.length; at += slices) this.#clients[at]?.ping();
      }, 1000),
    );
  }
}
