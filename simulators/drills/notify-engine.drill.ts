import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, type Clock, type DeliveryIntent, type DeliveryStatus } from '#libs/contracts';
import { Dispatcher, type Driver, type Outbox, type Receipt } from '#libs/notify';
import { createLogger } from '#libs/platform';
import { StoreAway } from '#libs/store';
import { until } from '#libs/testing';
import { OutboxCounty } from '../../bench/notify/county.js';
import { FakeChannel } from '../../libs/notify/src/fakes/fake-channel.js';

const PATIENCE_MS = 60_000;

/** The outbox of a real PostgreSQL, the real engine, providers in memory that count what they took (notify.md §6). */
describe('the engine of deliveries', () => {
  let county: OutboxCounty;
  const running: Dispatcher[] = [];
  beforeAll(async () => {
    county = await OutboxCounty.start();
  }, 120_000);
  afterEach(async () => {
    await Promise.all(running.splice(0).map((dispatcher) => dispatcher.stop()));
  });
  afterAll(() => county.remove());

  let numbers = 0;
  /** A release to households with numbers of their own, not yet written. */
  const planned = async (id: string, count: number, level: 'red' | 'orange' | 'yellow' | 'blue' = 'red'): Promise<DeliveryIntent[]> =>
    county.plan(id, level, count, (numbers += 1_000));
  const workerOn = (
    channels: readonly FakeChannel[],
    over: Partial<{ outbox: Outbox; clock: Clock; leaseMs: number }> = {},
  ): Dispatcher => {
    const dispatcher = new Dispatcher({
      outbox: county.store.outbox,
      drivers: channels.map((channel): Driver => ({ channel, simulated: true })),
      owner: `worker-${running.length}-${numbers}`,
      clock: county.clock,
      random: () => 0.5,
      logger: createLogger('silent'),
      changed: () => undefined,
      requestMs: 200,
      leaseMs: 2_000,
      ...over,
    });
    running.push(dispatcher);
    dispatcher.start();
    return dispatcher;
  };
  const counts = async (id: string): Promise<Partial<Record<DeliveryStatus, number>>> => (await county.store.outbox.summary(id)).byStatus;
  const ended = (id: string, status: DeliveryStatus, count: number) =>
    until(`${count} ${status}`, PATIENCE_MS, async () => (await counts(id))[status] === count);
  const uniqueAt = (...channels: readonly FakeChannel[]): number =>
    new Set(channels.flatMap(({ taken }) => taken.map(({ message }) => message.outId))).size;
  const sentBy = (...channels: readonly FakeChannel[]): number => channels.reduce((sum, { taken }) => sum + taken.length, 0);

  it('T2 nobody is alive between the commit and the first send: whoever starts next sends everything once', async () => {
    await county.release(await planned('t2', 100));
    expect(await counts('t2')).toEqual({ pending: 100 });
    const channel = new FakeChannel('a');
    workerOn([channel]);
    await ended('t2', 'accepted', 100);
    expect([uniqueAt(channel), sentBy(channel)]).toEqual([100, 100]);
  });

  it('T4 a provider that only answers 503: all go by the second, none is lost, none goes twice', async () => {
    const [sick, well] = [new FakeChannel('a'), new FakeChannel('b')];
    sick.behave = () => ({ ok: false, cls: 'TRANSIENT', code: 'ServiceUnavailable', message: '' });
    await county.release(await planned('t4', 300));
    const worker = workerOn([sick, well]);
    await ended('t4', 'accepted', 300);
    expect([uniqueAt(well), sentBy(well)]).toEqual([300, 300]);
    expect(worker.circuits()).toMatchObject({ b: 'closed' });
  });

  it('T6 receipts twice, out of order, before the answer of their send, and never: each delivery ends where the truth is', async () => {
    const intents = await planned('t6', 40);
    const channel = new FakeChannel('a');
    const outbox = county.store.outbox;
    const receipt = (outId: string, status: Receipt['status']): Receipt => ({
      outId,
      provider: 'a',
      status,
      code: 'x',
      at: county.clock.now(),
    });
    await county.release(intents);
    for (const { outId } of intents.slice(0, 10)) await outbox.receive(receipt(outId, 'delivered'));
    workerOn([channel]);
    await ended('t6', 'accepted', 30);
    for (const { outId } of intents.slice(10, 20).toReversed()) {
      await outbox.receive(receipt(outId, 'failed'));
      await outbox.receive(receipt(outId, 'delivered'));
      await outbox.receive(receipt(outId, 'delivered'));
      await outbox.receive(receipt(outId, 'failed'));
    }
    for (const { outId } of intents.slice(20, 30)) for (const _ of [1, 2, 3]) await outbox.receive(receipt(outId, 'failed'));
    expect(await counts('t6')).toEqual({ delivered: 20, manual_task: 10, accepted: 10 });
    expect(sentBy(channel)).toBe(30);
  });

  it('T7 the clock of a worker jumps ten minutes ahead and back: leases do not care, red released before does not wait', async () => {
    let off = 0;
    const clock = { now: () => county.clock.now() + off };
    const channel = new FakeChannel('a');
    await county.release(await planned('t7', 300, 'yellow'));
    const red = await planned('t7-red', 50);
    workerOn([channel], { clock });
    await until('the first', PATIENCE_MS, async () => channel.taken.length > 20);
    off = 10 * MINUTE;
    await until('half', PATIENCE_MS, async () => channel.taken.length > 150);
    await county.release(red);
    off = -10 * MINUTE;
    await ended('t7', 'accepted', 300);
    await until('red', PATIENCE_MS, async () => ((await counts('t7-red')).accepted ?? 0) === 50);
    expect([uniqueAt(channel), sentBy(channel)]).toEqual([350, 350]);
  });

  it('T8 red behind a backlog of blue is the next to go', async () => {
    const channel = new FakeChannel('a');
    await county.release(await planned('t8', 900, 'blue'));
    workerOn([channel]);
    await until('the first', PATIENCE_MS, async () => channel.taken.length > 20);
    const red = await planned('t8-red', 40);
    await county.release(red);
    const before = channel.taken.length;
    await ended('t8-red', 'accepted', 40);
    await ended('t8', 'accepted', 900);
    const last = channel.taken.findLastIndex(({ message }) => red.some(({ outId }) => outId === message.outId));
    // What was claimed already goes first: at most what a worker holds at once.
    expect(last - before).toBeLessThan(700);
  });

  it('T9 the same release written twice is one', async () => {
    const channel = new FakeChannel('a');
    const intents = await planned('t9', 50);
    workerOn([channel]);
    await Promise.all([county.release(intents), county.release(intents)]);
    await county.release(intents);
    await ended('t9', 'accepted', 50);
    expect((await county.store.outbox.summary('t9')).total).toBe(50);
    expect(sentBy(channel)).toBe(50);
  });

  it('T10 cancelled while it goes out: after the commit nothing that waited is sent', async () => {
    const channel = new FakeChannel('a');
    await county.release(await planned('t10', 800, 'yellow'));
    workerOn([channel]);
    await until('the first', PATIENCE_MS, async () => channel.taken.length > 50);
    await county.store.ledger.write({ supersede: [{ warningId: 't10', scope: 'public', beforeVersion: 2 }] });
    const { cancelled = 0 } = await counts('t10');
    await until('what was under way', PATIENCE_MS, async () => ((await counts('t10')).accepted ?? 0) + cancelled === 800);
    expect(sentBy(channel)).toBe(800 - cancelled);
  });

  it('T11 a worker cut off from the database: another goes on, and its late answer changes nothing', async () => {
    const [channel, cut] = [new FakeChannel('a'), county.store.outbox];
    let away = true;
    const late: boolean[] = [];
    const outbox: Outbox = {
      ...cut,
      settle: async (...args) => {
        if (away) throw new StoreAway('cut off', true);
        const kept = await cut.settle(...args);
        late.push(kept);
        return kept;
      },
    };
    await county.release(await planned('t11', 20));
    const first = workerOn([channel], { outbox, leaseMs: 1_500 });
    await until('all sent', PATIENCE_MS, async () => channel.taken.length === 20);
    const stopped = first.stop();
    workerOn([channel]);
    await ended('t11', 'accepted', 20);
    away = false;
    await stopped;
    expect(late.every((kept) => !kept)).toBe(true);
    expect([uniqueAt(channel), sentBy(channel)]).toEqual([20, 20]);
  });

  it('T13 one number, many calls, two workers: one call a minute, the others wait their turn or become a person’s task', async () => {
    const voice = Object.assign(new FakeChannel('v'), { channel: 'voice' }) as unknown as FakeChannel;
    const intents = (await planned('t13', 30)).map((intent, n): DeliveryIntent => ({
      ...intent,
      channel: 'voice',
      address: `1380000000${n % 3}`,
      // A second attempt is a step of its own.
      step: 1,
      insteadOf: intent.id,
    }));
    await county.release(intents);
    workerOn([voice]);
    workerOn([voice]);
    await until('three calls', PATIENCE_MS, async () => voice.taken.length >= 3);
    await until('the others told to wait', PATIENCE_MS, async () => (await counts('t13')).sending === undefined);
    const called = voice.taken.map(({ message }) => message.to);
    expect(called.toSorted()).toEqual(['13800000000', '13800000001', '13800000002']);
    expect(await counts('t13')).toEqual({ accepted: 3, pending: 27 });
  });
});
