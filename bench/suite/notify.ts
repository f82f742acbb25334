import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { WarningLevel } from '#libs/contracts';
import { Histogram, type Latency } from '../histogram.js';
import { dataKey, OutboxCounty, sign } from '../notify/county.js';
import { Gateway } from '../notify/gateway.js';
import type { WorkerJob } from '../notify/job.js';
import { Workers } from '../notify/workers.js';
import { familyCpuMicros } from '../process-usage.js';
import type { Outcome } from '../report.js';
import { type Bench, pause, type Say } from './bench.js';

/** Messages of the throughput, and of the backlog red has to pass; both a county's and a province's, shortened by --rows. */
const usual = { throughput: 30_000, backlog: 100_000, red: 10_000, first: 500 };
/** After this long without progress something is wrong, s. */
const patience = 120;
const workerCount = 2;

/** From a release to the provider: messages a second, and how long red waits behind everything else. */
export const notify: Bench = {
  name: 'notify',
  about: 'release → accepted by the provider: messages a second with two workers, red behind a backlog of blue (--rows N, 100,000)',
  async run(options, say): Promise<Outcome> {
    const backlog = options.rows === 50_000_000 ? usual.backlog : options.rows;
    const scale = Math.min(1, backlog / usual.backlog);
    const sizes = { throughput: Math.round(usual.throughput * scale), backlog, red: Math.round(usual.red * scale), first: usual.first };
    const sdk = await throughTheSdk(sizes, say);
    const engine = await engineAlone(sizes.throughput, say);
    return {
      method:
        `${sizes.throughput} messages to as many numbers, planned and written as a release writes them, worked off by ${workerCount} worker processes from ` +
        'PostgreSQL with fsync, through the real Alibaba Cloud SDK (one request a message, signed) to the gateway simulator, which verifies each signature ' +
        `and fsyncs what it takes, everything on this machine; red: ${sizes.first} and ${sizes.red} messages released behind ${backlog} blue ones under way, ` +
        'from the beginning of the release to the acceptance as the database has it; engine: the same without provider (an in-process one that takes 20 ms)',
      figures: { ...sdk, engine },
      bounds: [
        { figure: 'perSecond', is: 'min', floor: 1_000, goal: 4_000 },
        { figure: 'engine.perSecond', is: 'min', floor: 4_000 },
        { figure: 'firstRedMs', is: 'max', floor: 1_000 },
        { figure: 'allRedSeconds', is: 'max', floor: 10 },
        { figure: 'twice', is: 'max', floor: 0 },
      ],
    };
  },
};

interface Sizes {
  throughput: number;
  backlog: number;
  red: number;
  first: number;
}

async function throughTheSdk(sizes: Sizes, say: Say) {
  const county = await OutboxCounty.start();
  const home = mkdtempSync(path.join(tmpdir(), 'wangshan-bench-gateway-'));
  const gateway = await Gateway.start(home, sign);
  const job = { url: county.postgres.url, dataKey, sign, clockAheadMs: county.clockAheadMs, provider: { gateway: gateway.port } };
  try {
    say(`${sizes.throughput} messages through the SDK …`);
    const run = await workedOff(county, job, sizes.throughput, say, gateway);
    const red = await behind(county, job, sizes, say);
    const { outIds, twice } = await gateway.sends();
    return { ...run, ...red, outIds, twice };
  } finally {
    await gateway.end();
    rmSync(home, { recursive: true, force: true });
    await county.remove();
  }
}

async function engineAlone(count: number, say: Say) {
  const county = await OutboxCounty.start();
  const job = { url: county.postgres.url, dataKey, sign, clockAheadMs: county.clockAheadMs, provider: { latencyMs: 20 } };
  try {
    say(`${count} messages, the engine alone …`);
    return await workedOff(county, job, count, say);
  } finally {
    await county.remove();
  }
}

/** Yellow messages, from the first claim to the last acceptance. */
async function workedOff(county: OutboxCounty, job: Omit<WorkerJob, 'owner'>, count: number, say: Say, gateway?: Gateway) {
  const planned = await timed(() => county.plan('throughput', 'yellow', count, 0));
  const written = await timed(() => county.release(planned.result));
  const workers = await Workers.start(job, workerCount);
  try {
    await until(() => county.count('throughput', 'accepted').then((done) => done > 0));
    const cpu = () => ({
      workers: workers.cpuMicros(),
      postgres: familyCpuMicros(county.postgres.pid),
      gateway: gateway?.cpuMicros() ?? 0,
    });
    const [began, from, before] = [performance.now(), await county.count('throughput', 'accepted'), cpu()];
    let done = from;
    while (done < count) {
      await pause(0.5);
      done = await progress(county, 'throughput', done, say, count);
    }
    const seconds = (performance.now() - began) / 1000;
    const after = cpu();
    const each = (key: keyof typeof before): number => Math.round((after[key] - before[key]) / (count - from));
    return {
      perSecond: Math.round((count - from) / seconds),
      cpuMicrosPerMessage: { workers: each('workers'), postgres: each('postgres'), gateway: each('gateway') },
      planPerSecond: Math.round(count / planned.seconds),
      writePerSecond: Math.round(count / written.seconds),
    };
  } finally {
    await workers.end();
  }
}

/** Red released while blue is under way. */
async function behind(county: OutboxCounty, job: Omit<WorkerJob, 'owner'>, sizes: Sizes, say: Say) {
  say(`${sizes.backlog} blue messages …`);
  await county.release(await county.plan('backlog', 'blue', sizes.backlog, 20_000_000));
  const workers = await Workers.start(job, workerCount);
  try {
    await until(() => county.count('backlog', 'accepted').then((done) => done > 500));
    const first = await released(county, workers, 'first', sizes.first, 40_000_000);
    const all = await released(county, workers, 'all', sizes.red, 50_000_000);
    const waiting = sizes.backlog - (await county.count('backlog', 'accepted'));
    return {
      firstRedMs: Math.round(first.first),
      red500: first.latency,
      allRedSeconds: Math.round(all.last) / 1000,
      red: all.latency,
      longestStallMs: Math.round(Math.max(first.stall, all.stall)),
      blueWaiting: waiting,
    };
  } finally {
    await workers.end();
  }
}

/** A red release and what became of it, ms from its beginning. */
async function released(county: OutboxCounty, workers: Workers, id: string, count: number, numbersFrom: number) {
  const stall = new LoopStall();
  const began = Date.now();
  await county.release(await county.plan(id, 'red' satisfies WarningLevel, count, numbersFrom));
  workers.wake();
  const stalled = stall.end();
  await until(() => county.count(id, 'accepted').then((done) => done === count));
  const times = (await county.store.history.deliveries(id)).map(({ times: { accepted } }) => Date.parse(accepted ?? '') - began);
  const latency = new Histogram();
  for (const time of times) latency.add(time * 1000);
  return { first: Math.min(...times), last: Math.max(...times), latency: latency.summary() satisfies Latency, stall: stalled };
}

/** Longest time nothing else of this process had a turn, ms. */
class LoopStall {
  #last = performance.now();
  #longest = 0;
  readonly #timer = setInterval(() => this.#look(), 1);

  #look(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }

  end(): number {
    this.#look();
    clearInterval(this.#timer);
    return this.#longest;
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const began = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - began) / 1000 };
}

async function progress(county: OutboxCounty, id: string, before: number, say: Say, of: number): Promise<number> {
  const done = await county.count(id, 'accepted');
  if (Math.floor(done / 10_000) > Math.floor(before / 10_000)) say(`${done} of ${of} accepted`);
  return done;
}

async function until(what: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patience * 1000;
  while (!(await what())) {
    if (performance.now() > end) throw new Error(`no progress within ${patience} s`);
    await pause(0.05);
  }
}
