import { describe, expect, it } from 'vitest';
import { BrokerInTest, quiet, secretOf, until } from './fakes/broker-in-test.js';
import { packetType, raw } from './fakes/raw-client.js';

const test = new BrokerInTest();
const topic = '$creq/A/cmd';
const bytes = (text: string) => new TextEncoder().encode(text);

describe('sending to a device', () => {
  it('resolves at its PUBACK and not before, and reaches no other device', async () => {
    await test.start();
    const [a, b] = [await test.device('A'), await test.device('B')];
    a.send(raw.subscribe(1, topic));
    await until(() => test.broker.listens('A', topic));
    let sent = false;
    const sending = test.broker.send('A', topic, bytes('$cmd=sample&msgid=1')).then(() => (sent = true));
    await a.until((each) => each.messages().length === 1);
    expect(a.messages()[0]).toMatchObject({ topic, payload: '$cmd=sample&msgid=1', qos: 1 });
    await quiet();
    expect(sent).toBe(false);
    a.send(raw.puback(a.messages()[0]?.id ?? 0));
    await sending;
    expect(b.messages()).toEqual([]);
  });

  it('tells several messages apart, whatever the order of their acknowledgements', async () => {
    await test.start();
    const a = await test.device();
    const done: string[] = [];
    const sending = ['one', 'two', 'three'].map((each) => test.broker.send('A', topic, bytes(each)).then(() => done.push(each)));
    await a.until((each) => each.messages().length === 3);
    const idOf = new Map(a.messages().map(({ payload, id }) => [payload, id]));
    for (const each of ['three', 'one', 'two']) {
      a.send(raw.puback(idOf.get(each) ?? 0));
      await until(() => done.includes(each));
    }
    await Promise.all(sending);
    expect(done).toEqual(['three', 'one', 'two']);
  });

  it('fails when the device is not connected, does not answer, goes away, or leaves too much unanswered', async () => {
    await test.start();
    await expect(test.broker.send('A', topic, bytes('x'))).rejects.toMatchObject({ reason: 'not-connected' });
    const a = await test.device();
    await expect(test.broker.send('A', topic, bytes('x'), { timeoutMs: 20 })).rejects.toMatchObject({ reason: 'timeout' });
    const waiting = Array.from({ length: 16 }, () => test.broker.send('A', topic, bytes('x')));
    const ends = Promise.allSettled(waiting);
    await expect(test.broker.send('A', topic, bytes('x'))).rejects.toMatchObject({ reason: 'busy' });
    a.end();
    for (const end of await ends) expect(end).toMatchObject({ status: 'rejected', reason: { reason: 'not-connected' } });
  });

  it('is over at once for a device that is cut off, and for no other', async () => {
    await test.start();
    const [a, b] = [await test.device('A'), await test.device('B')];
    const sending = expect(test.broker.send('A', topic, bytes('x'))).rejects.toMatchObject({ reason: 'not-connected' });
    test.broker.disconnect('A');
    await sending;
    await until(() => a.closed && !test.broker.connected('A'));
    await quiet();
    expect([b.closed, test.broker.connected('B')]).toEqual([false, true]);
  });

  it('goes on to the connection that took over', async () => {
    await test.start();
    await test.device();
    const second = await test.device();
    const sending = test.broker.send('A', topic, bytes('x'));
    await second.until((each) => each.messages().length === 1);
    second.send(raw.puback(second.messages()[0]?.id ?? 0));
    await sending;
  });

  it('of several connections of one device takes the one that listens', async () => {
    await test.start();
    const rpc = 'v1/devices/me/rpc/request/7';
    const open = async (clientId: string) => {
      const client = await test.open();
      client.send(raw.connect({ clientId, username: secretOf('A') }));
      await client.until(({ heard }) => heard.length > 0);
      return client;
    };
    const first = await open('one');
    const second = await open('two');
    first.send(raw.subscribe(1, 'v1/devices/me/rpc/request/+'));
    await until(() => test.broker.listens('A', rpc));
    await test.broker.send('A', rpc, bytes('{}'), { qos: 0 });
    await first.until((each) => each.messages().length === 1);
    expect(first.messages()[0]).toMatchObject({ topic: rpc, qos: 0 });
    expect(second.messages()).toEqual([]);
  });

  it('knows who listens: from SUBACK to UNSUBSCRIBE, granted filters only, and not after a reconnect', async () => {
    await test.start();
    const a = await test.device('A', { clean: false });
    a.send(raw.subscribe(1, '$creq/B/cmd'));
    await a.until(({ heard }) => heard.some(({ type }) => type === packetType.suback));
    expect([test.broker.listens('A', '$creq/B/cmd'), test.listening]).toEqual([false, []]);
    a.send(raw.subscribe(2, topic));
    await until(() => test.broker.listens('A', topic));
    expect(test.listening).toEqual(['A']);
    a.send(raw.unsubscribe(3, topic));
    await until(() => !test.broker.listens('A', topic));
    a.send(raw.subscribe(4, topic));
    await until(() => test.broker.listens('A', topic));
    const again = await test.device('A', { clean: false });
    // Session present = 0: the device subscribes again.
    expect(again.heard[0]?.body[0]).toBe(0);
    expect(test.broker.listens('A', topic)).toBe(false);
  });
});
