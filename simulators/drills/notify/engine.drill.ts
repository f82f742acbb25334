import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, SECOND, type DeliveryIntent } from '#libs/contracts';
import { ReceiptPoller, type Outbox, type Receipt } from '#libs/notify';
import { createLogger, DataKey } from '#libs/platform';
import { openOutbox } from '#libs/store';
import { PATIENCE_MS, until } from '#libs/testing';
import { dataKey } from '../../../bench/notify/county.js';
import { FakeChannel } from '../../../libs/notify/src/fakes/fake-channel.js';
import { CutWire } from './cut-wire.js';
import { EngineBench, sentBy, uniqueAt } from './engine-bench.js';

/** The outbox of a real PostgreSQL, the real engine, providers in memory that count what they took (notify.md §6). */
describe('the engine of deliveries', () => {
  let bench: EngineBench;
  beforeAll(async () => {
    bench = await EngineBench.start();
  });
  afterEach(() => bench.settle());
  afterAll(() => bench.county.remove());

  it('T2 nobody is alive between the commit and the first send: whoever starts next sends everything once', async () => {
    await bench.release('t2', 100);
    expect(await bench.counts('t2')).toEqual({ pending: 100 });
    const channel = new FakeChannel('a');
    bench.workerOn([channel]);
    await bench.ended('t2', 'accepted', 100);
    expect([uniqueAt(channel), sentBy(channel)]).toEqual([100, 100]);
  });

  it('T4 a provider that answers 503 for a minute: red and orange go by the second, none is lost, none twice; then the first is taken again', async () => {
    const [sick, well] = [new FakeChannel('a'), new FakeChannel('b')];
    const began = bench.county.clock.now();
    const tries = new Map<string, number>();
    const refused = { ok: false, cls: 'TRANSIENT', code: 'ServiceUnavailable', message: '' } as const;
    sick.behave = ({ outId }) => {
      if (bench.county.clock.now() >= began + MINUTE) return { ok: true, providerId: '' };
      tries.set(outId, (tries.get(outId) ?? 0) + 1);
      return refused;
    };
    const worker = bench.workerOn([sick, well]);
    const circuits = new Set<string>();
    const levels = ['red', 'orange', 'yellow'] as const;
    let sent = 0;
    for (let wave = 0; bench.county.clock.now() < began + 50 * SECOND; wave += 1) {
      for (const level of levels) await bench.release(`t4-${wave}-${level}`, 30, level);
      for (const level of levels) await bench.ended(`t4-${wave}-${level}`, 'accepted', 30);
      sent += 90;
      circuits.add(worker.circuits()['a'] ?? '');
      bench.pass(9 * SECOND);
    }
    expect([uniqueAt(well), sentBy(well), sentBy(sick)]).toEqual([sent, sent, 0]);
    expect(Math.max(...tries.values()), 'tries on the sick one, of any message').toBeLessThanOrEqual(5);
    expect(circuits).toContain('open');
    expect(worker.circuits()).toMatchObject({ b: 'closed' });
    // Its minute is over and its circuit half open: the probes find it well.
    bench.pass(MINUTE + 31 * SECOND);
    for (const [id, count] of [
      ['t4-probes', 5],
      ['t4-after', 60],
    ] as const) {
      await bench.release(id, count);
      await bench.ended(id, 'accepted', count);
    }
    expect(worker.circuits()).toMatchObject({ a: 'closed', b: 'closed' });
    expect([sentBy(sick), uniqueAt(sick, well), sentBy(sick, well)]).toEqual([65, sent + 65, sent + 65]);
  });

  it('T6 receipts twice, out of order, before the answer of their send, and never: each delivery ends where the truth is', async () => {
    const intents = await bench.planned('t6', 40);
    const channel = new FakeChannel('a');
    const outbox = bench.county.store.outbox;
    const receipt = (outId: string, status: Receipt['status']): Receipt => ({
      outId,
      provider: 'a',
      status,
      code: 'x',
      at: bench.county.clock.now(),
    });
    await bench.county.release(intents);
    for (const { outId } of intents.slice(0, 10)) await outbox.receive(receipt(outId, 'delivered'));
    bench.workerOn([channel]);
    await bench.ended('t6', 'accepted', 30);
    for (const { outId } of intents.slice(10, 20).toReversed()) {
      await outbox.receive(receipt(outId, 'failed'));
      await outbox.receive(receipt(outId, 'delivered'));
      await outbox.receive(receipt(outId, 'delivered'));
      await outbox.receive(receipt(outId, 'failed'));
    }
    for (const { outId } of intents.slice(20, 30)) for (const _ of [1, 2, 3]) await outbox.receive(receipt(outId, 'failed'));
    expect(sentBy(channel)).toBe(30);
    // No receipt ever comes for the last ten: the provider is asked. Of one it knows nothing, which ends with its time.
    const silent = new Set(intents.slice(30).map(({ outId }) => outId));
    for (const record of channel.taken) if (silent.has(record.message.outId)) record.status = 'DELIVERED';
    channel.taken.splice(
      channel.taken.findIndex(({ message }) => silent.has(message.outId)),
      1,
    );
    const { clock } = bench.county;
    const poller = new ReceiptPoller({
      outbox,
      drivers: [{ channel, simulated: true }],
      clock,
      logger: createLogger('silent'),
      changed: () => undefined,
    });
    await poller.round();
    expect(await bench.counts('t6'), 'nobody is asked before its time').toEqual({ delivered: 20, manual_task: 10, accepted: 10 });
    bench.pass(20 * SECOND);
    await poller.round();
    expect(await bench.counts('t6')).toEqual({ delivered: 29, manual_task: 10, accepted: 1 });
    bench.pass(4 * MINUTE);
    await bench.ended('t6', 'expired', 1);
  });

  it('T7 the clock of a worker jumps ten minutes ahead and back: leases do not care, red released before does not wait', async () => {
    let off = 0;
    const clock = { now: () => bench.county.clock.now() + off };
    const channel = new FakeChannel('a');
    await bench.release('t7', 300, 'yellow');
    const red = await bench.planned('t7-red', 50);
    bench.workerOn([channel], { clock });
    await until('the first', PATIENCE_MS, async () => channel.taken.length > 20);
    off = 10 * MINUTE;
    await until('half', PATIENCE_MS, async () => channel.taken.length > 150);
    await bench.county.release(red);
    off = -10 * MINUTE;
    await bench.ended('t7', 'accepted', 300);
    await until('red', PATIENCE_MS, async () => ((await bench.counts('t7-red')).accepted ?? 0) === 50);
    expect([uniqueAt(channel), sentBy(channel)]).toEqual([350, 350]);
  });

  it('T8 red behind a backlog of blue is the next to go', async () => {
    const channel = new FakeChannel('a');
    await bench.release('t8', 900, 'blue');
    bench.workerOn([channel]);
    await until('the first', PATIENCE_MS, async () => channel.taken.length > 20);
    const red = await bench.planned('t8-red', 40);
    await bench.county.release(red);
    const before = channel.taken.length;
    await bench.ended('t8-red', 'accepted', 40);
    await bench.ended('t8', 'accepted', 900);
    const last = channel.taken.findLastIndex(({ message }) => red.some(({ outId }) => outId === message.outId));
    // What was claimed already goes first: at most what a worker holds at once.
    expect(last - before).toBeLessThan(700);
  });

  it('T9 the same release written twice is one', async () => {
    const channel = new FakeChannel('a');
    const intents = await bench.planned('t9', 50);
    bench.workerOn([channel]);
    await Promise.all([bench.county.release(intents), bench.county.release(intents)]);
    await bench.county.release(intents);
    await bench.ended('t9', 'accepted', 50);
    expect((await bench.county.store.outbox.summary('t9')).total).toBe(50);
    expect(sentBy(channel)).toBe(50);
  });

  it('T10 cancelled while it goes out: after the commit nothing that waited is sent', async () => {
    const channel = new FakeChannel('a');
    await bench.release('t10', 800, 'yellow');
    bench.workerOn([channel]);
    await until('the first', PATIENCE_MS, async () => channel.taken.length > 50);
    await bench.county.store.ledger.write({ supersede: [{ warningId: 't10', scope: 'public', beforeVersion: 2 }] });
    const { cancelled = 0 } = await bench.counts('t10');
    await until('what was under way', PATIENCE_MS, async () => ((await bench.counts('t10')).accepted ?? 0) + cancelled === 800);
    expect(sentBy(channel)).toBe(800 - cancelled);
  });

  it('T11 a worker cut off from the database: another goes on, and its late answer changes nothing', async () => {
    const channel = new FakeChannel('a');
    const wire = await CutWire.to(bench.county.postgres.url);
    const { outbox, close } = openOutbox(wire.url, new DataKey(dataKey), bench.county.clock);
    const late: boolean[] = [];
    const settle: Outbox['settle'] = async (...args) => {
      const kept = await outbox.settle(...args);
      late.push(kept);
      return kept;
    };
    await bench.release('t11', 20);
    // Cut as soon as the first one leaves: all are claimed by then, and no answer gets through.
    channel.behave = () => {
      wire.cut();
      return { ok: true, providerId: '' };
    };
    const first = bench.workerOn([channel], { outbox: { ...outbox, settle }, leaseMs: 1_500 });
    await until('all sent', PATIENCE_MS, async () => channel.taken.length === 20);
    bench.workerOn([channel]);
    await bench.ended('t11', 'accepted', 20);
    wire.mend();
    await first.stop();
    await until('the late answers', PATIENCE_MS, async () => late.length === 20);
    expect(late.every((kept) => !kept)).toBe(true);
    expect(await bench.counts('t11')).toEqual({ accepted: 20 });
    expect([uniqueAt(channel), sentBy(channel)]).toEqual([20, 20]);
    await close();
    await wire.close();
  });

  it('T13 one number, many calls, two workers: one call a minute, the others wait their turn or become a person’s task', async () => {
    const voice = Object.assign(new FakeChannel('v'), { channel: 'voice' }) as unknown as FakeChannel;
    const intents = (await bench.planned('t13', 30)).map((intent, n): DeliveryIntent => ({
      ...intent,
      channel: 'voice',
      address: `1380000000${n % 3}`,
      // A second attempt is a step of its own.
      step: 1,
      insteadOf: intent.id,
    }));
    await bench.county.release(intents);
    bench.workerOn([voice]);
    bench.workerOn([voice]);
    await until('three calls', PATIENCE_MS, async () => voice.taken.length >= 3);
    await until('the others told to wait', PATIENCE_MS, async () => (await bench.counts('t13')).sending === undefined);
    const called = voice.taken.map(({ message }) => message.to);
    expect(called.toSorted()).toEqual(['13800000000', '13800000001', '13800000002']);
    expect(await bench.counts('t13')).toEqual({ accepted: 3, pending: 27 });
  });

  it('a day later nothing is open, and the audit of deliveries finds no fault', async () => {
    expect(await bench.left()).toEqual({ open: [], faults: [] });
  });
});
