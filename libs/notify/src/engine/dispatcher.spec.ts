import { createLogger } from '#libs/platform';
import { afterEach, describe, expect, it } from 'vitest';
import { Dispatcher, type DispatcherOptions } from './dispatcher.js';
import { FakeChannel } from '../fakes/fake-channel.js';
import { anIntent } from '../fakes/intents.js';
import { MemoryOutbox } from '../fakes/memory-outbox.js';
import type { SendResult } from '../ports.js';

/** Time runs a hundred times faster for the outbox and the policy, and at its own pace for sockets and loops. */
const SPEED = 100;
/** Longer than anybody here leaves the clock alone, ms; what is more is a pause of the machine, and no lease or deadline runs meanwhile. */
const LOOKED_AT_MS = 20;
let looked = performance.now();
let passed = Date.now();
const clock = {
  now: () => {
    const before = looked;
    looked = performance.now();
    passed += Math.min(looked - before, LOOKED_AT_MS) * SPEED;
    return Math.round(passed);
  },
};

const running: Dispatcher[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((dispatcher) => dispatcher.stop()));
});

function run(outbox: MemoryOutbox, channels: readonly FakeChannel[], over: Partial<DispatcherOptions> = {}): Dispatcher {
  const dispatcher = new Dispatcher({
    outbox,
    drivers: channels.map((channel) => ({ channel, simulated: false })),
    owner: `worker-${running.length}`,
    clock,
    random: () => 0.5,
    logger: createLogger('silent'),
    changed: () => {},
    requestMs: 50,
    ...over,
  });
  running.push(dispatcher);
  dispatcher.start();
  return dispatcher;
}

const statusOf = (outbox: MemoryOutbox, id: string) => outbox.deliveries.get(id)?.status;
async function until(what: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!what()) {
    if (Date.now() > end) throw new Error('it did not happen in 60 s');
    clock.now();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const refused = (cls: 'TRANSIENT' | 'ACCOUNT' | 'RECIPIENT_PERM'): SendResult => ({ ok: false, cls, code: cls, message: 'refused' });

describe('dispatcher', () => {
  it('sends everything once and red first', async () => {
    const outbox = new MemoryOutbox(clock.now);
    const now = clock.now();
    outbox.add(
      Array.from({ length: 300 }, (_, i) =>
        anIntent(`b${i}`, now, { priority: 1, level: 'orange', deadline: now + 43_200_000, address: `1391${i}` }),
      ),
    );
    outbox.add(Array.from({ length: 50 }, (_, i) => anIntent(`r${i}`, now, { deadline: now + 43_200_000, address: `1390${i}` })));
    const channel = new FakeChannel('a');
    run(outbox, [channel]);
    await until(() => channel.taken.length === 350);
    expect(new Set(channel.taken.map(({ message }) => message.outId)).size).toBe(350);
    expect(channel.taken.slice(0, 50).every(({ message }) => message.outId.startsWith('r'))).toBe(true);
  });

  it('fails over to the next driver after five tries, and comes back', async () => {
    const outbox = new MemoryOutbox(clock.now);
    const [a, b] = [new FakeChannel('a'), new FakeChannel('b')];
    let tries = 0;
    a.behave = () => ((tries += 1), refused('TRANSIENT'));
    outbox.add([anIntent('d1', clock.now())]);
    run(outbox, [a, b]);
    await until(() => statusOf(outbox, 'd1') === 'accepted');
    expect([tries, b.times('d1')]).toEqual([5, 1]);
  });

  it('asks before it sends again, and does not send what had arrived', async () => {
    const outbox = new MemoryOutbox(clock.now);
    const channel = new FakeChannel('a');
    let lost = true;
    channel.behave = () => (lost ? ((lost = false), 'lost-answer') : { ok: true, providerId: '' });
    outbox.add([anIntent('d1', clock.now())]);
    run(outbox, [channel]);
    await until(() => statusOf(outbox, 'd1') === 'accepted');
    expect([channel.times('d1'), channel.queries]).toEqual([1, 1]);
  });

  it('sends again what never arrived, after asking three times', async () => {
    const outbox = new MemoryOutbox(clock.now);
    const channel = new FakeChannel('a');
    let silent = true;
    channel.behave = () => (silent ? ((silent = false), 'no-answer') : { ok: true, providerId: '' });
    outbox.add([anIntent('d1', clock.now())]);
    run(outbox, [channel]);
    await until(() => statusOf(outbox, 'd1') === 'accepted');
    expect([channel.times('d1'), channel.queries]).toEqual([1, 3]);
  });

  it('a worker killed with the request out: another asks, and nobody gets it twice', async () => {
    const outbox = new MemoryOutbox(clock.now);
    const channel = new FakeChannel('a');
    outbox.add([anIntent('d1', clock.now())]);
    // What a SIGKILL leaves: claimed, handed over, never settled.
    const [claimed] = await outbox.claim('dead', 1, 15_000);
    await channel.send(
      { outId: claimed!.outId, to: '13800001234', template: { code: '', params: {}, text: '' }, validitySeconds: 60 },
      AbortSignal.timeout(500),
    );
    run(outbox, [channel]);
    await until(() => statusOf(outbox, 'd1') === 'accepted');
    expect(channel.times('d1')).toBe(1);
    expect(await outbox.settle('d1', 'dead', { status: 'pending' })).toBe(false);
  });

  it('a worker killed handing it to the second provider, after the first refused: both are asked', async () => {
    const outbox = new MemoryOutbox(clock.now);
    const [a, b] = [new FakeChannel('a'), new FakeChannel('b')];
    outbox.add([anIntent('d1', clock.now())]);
    await outbox.claim('w1', 1, 15_000);
    await outbox.settle('d1', 'w1', { status: 'pending', provider: 'a', delayMs: 0 });
    const [claimed] = await outbox.claim('dead', 1, 15_000);
    await b.send(
      { outId: claimed!.outId, to: '13800001234', template: { code: '', params: {}, text: '' }, validitySeconds: 60 },
      AbortSignal.timeout(500),
    );
    run(outbox, [a, b]);
    await until(() => statusOf(outbox, 'd1') === 'accepted');
    expect([a.times('d1'), b.times('d1')]).toEqual([0, 1]);
  });

  it('never lets a drill out by a real driver, and says why', async () => {
    const outbox = new MemoryOutbox(clock.now);
    const channel = new FakeChannel('a');
    outbox.add([anIntent('d1', clock.now(), { exercise: true, deliver: 'simulator' })]);
    run(outbox, [channel]);
    await until(() => statusOf(outbox, 'd1') === 'suppressed');
    expect(outbox.deliveries.get('d1')?.error).toMatchObject({ class: 'POLICY', code: 'drill-not-delivered' });
    expect(channel.taken).toEqual([]);
  });

  it('lets a drill out by the simulator', async () => {
    const outbox = new MemoryOutbox(clock.now);
    const channel = new FakeChannel('a');
    outbox.add([anIntent('d1', clock.now(), { exercise: true, deliver: 'simulator' })]);
    run(outbox, [], { drivers: [{ channel, simulated: true }] });
    await until(() => statusOf(outbox, 'd1') === 'accepted');
  });

  it('a broken account opens the circuit and everything takes the other provider', async () => {
    const outbox = new MemoryOutbox(clock.now);
    const [a, b] = [new FakeChannel('a'), new FakeChannel('b')];
    a.behave = () => refused('ACCOUNT');
    const changes: string[] = [];
    const now = clock.now();
    outbox.add(Array.from({ length: 200 }, (_, i) => anIntent(`d${i}`, now, { deadline: now + 3_600_000, address: `1390${i}` })));
    run(outbox, [a, b], { circuit: (driver, state, reason) => changes.push(`${driver} ${state} ${reason}`) });
    await until(() => b.taken.length === 200);
    expect(changes[0]).toBe('a opened ACCOUNT ACCOUNT');
  });

  it('without any driver nothing is claimed; at its deadline it is a person’s task', async () => {
    const outbox = new MemoryOutbox(clock.now);
    outbox.add([anIntent('d1', clock.now(), { deadline: clock.now() + 20_000 })]);
    run(outbox, []);
    await until(() => statusOf(outbox, 'd1') === 'manual_task');
    expect(outbox.deliveries.get('d1')?.attempts).toBe(0);
  });

  it('keeps the answer of a provider while the store is away for a moment', async () => {
    const outbox = new MemoryOutbox(clock.now);
    const channel = new FakeChannel('a');
    const settle = outbox.settle.bind(outbox);
    let failures = 1;
    outbox.settle = (...args) => (failures-- > 0 ? Promise.reject(new Error('connection refused')) : settle(...args));
    const states: string[] = [];
    outbox.add([anIntent('d1', clock.now())]);
    run(outbox, [channel], { leaseMs: 600_000, store: (state) => states.push(state) });
    await until(() => statusOf(outbox, 'd1') === 'accepted');
    expect(channel.times('d1')).toBe(1);
    expect(states[0]).toBe('away');
  });

  it('stops without leaving a message under way', async () => {
    const outbox = new MemoryOutbox(clock.now);
    const channel = new FakeChannel('a');
    const now = clock.now();
    outbox.add(
      Array.from({ length: 500 }, (_, i) => anIntent(`d${i}`, now, { priority: 1, deadline: now + 3_600_000, address: `1390${i}` })),
    );
    const dispatcher = run(outbox, [channel]);
    await until(() => channel.taken.length > 50);
    await dispatcher.stop();
    const left = [...outbox.deliveries.values()].filter(({ status }) => status === 'sending');
    expect(left).toEqual([]);
  });
});
