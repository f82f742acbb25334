import { simulatorAccount, simulatorMas, type Clock } from '#libs/contracts';
import { AlicloudSms, Dispatcher, MasSms, type Channel } from '#libs/notify';
import { createLogger, DataKey, wallClock } from '#libs/platform';
import { openOutbox } from '#libs/store';
import { instantChannel } from './instant-channel.js';
import type { WorkerJob, WorkerOrder, WorkerWord } from './job.js';

/** One worker of the outbox in a process of its own: the engine the station runs, and nothing else. Its job is its argument. */
const job = JSON.parse(process.argv[2] ?? '{}') as WorkerJob;
const say = (word: WorkerWord): void => void process.send?.(word);
const clock: Clock = { now: () => Date.now() + job.clockAheadMs };

const account = (port: number) => ({ endpoint: `127.0.0.1:${port}`, protocol: 'HTTP' as const, ...simulatorAccount });
function channels({ provider, sign }: WorkerJob): Channel[] {
  if (!('gateway' in provider)) return [instantChannel(provider.latencyMs)];
  // The vendor's days and the times of its receipts are the real ones; only the outbox lives ahead.
  const first = new AlicloudSms({ ...account(provider.gateway), sign: () => sign, clock: wallClock });
  if (!provider.second) return [first];
  return [first, new MasSms({ ...simulatorMas, url: `http://127.0.0.1:${provider.gateway}`, clock: wallClock })];
}

const { outbox, close } = openOutbox(job.url, new DataKey(job.dataKey), clock);
const dispatcher = new Dispatcher({
  outbox,
  drivers: channels(job).map((channel) => ({ channel, simulated: true })),
  owner: job.owner,
  clock,
  random: Math.random,
  logger: createLogger('silent'),
  changed: () => undefined,
  leaseMs: job.leaseMs,
  requestMs: job.requestMs,
});

async function end(): Promise<void> {
  await dispatcher.stop();
  await close();
  process.disconnect?.();
}

process.on('message', (order: WorkerOrder) => {
  if (order === 'wake') dispatcher.wake();
  else void end();
});
process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', (error) => {
  say({ said: 'failed', error: error.message });
  process.exit(1);
});
dispatcher.start();
say({ said: 'ready' });
