import { describe, expect, it } from 'vitest';
import { createLogger } from '#libs/platform';
import { createEmbeddedBroker } from './embedded-broker.js';
import { BrokerInTest, dataKey, quiet, registry, secretOf, until } from './fakes/broker-in-test.js';
import { packetType, raw } from './fakes/raw-client.js';

const test = new BrokerInTest();
const many = (count: number, from = 1) => Array.from({ length: count }, (_, n) => raw.publish('$dp', `${from + n}`, { id: from + n }));

describe('acknowledgement', () => {
  it('leaves after the message is accepted, not before', async () => {
    await test.start();
    const client = await test.device();
    client.send(raw.publish('$dp', 'one', { id: 7 }));
    await until(() => test.held.length === 1);
    await quiet();
    expect(client.ids(packetType.puback)).toEqual([]);
    expect(test.held[0]).toMatchObject({ deviceId: 'A', topic: '$dp', dup: false, receivedAt: 1_000 });
    expect(Buffer.from(test.held[0]?.payload ?? []).toString()).toBe('one');
    test.held[0]?.resolve();
    await client.until((each) => each.ids(packetType.puback).length === 1);
    expect(client.ids(packetType.puback)).toEqual([7]);
  });

  it('holds PUBREC of QoS 2 the same way, and completes the handshake', async () => {
    await test.start();
    const client = await test.device();
    client.send(raw.publish('$dp', 'two', { id: 9, qos: 2 }));
    await until(() => test.held.length === 1);
    await quiet();
    expect(client.ids(packetType.pubrec)).toEqual([]);
    test.held[0]?.resolve();
    await client.until((each) => each.ids(packetType.pubrec).length === 1);
    client.send(raw.pubrel(9));
    await client.until((each) => each.ids(packetType.pubcomp).length === 1);
    expect(client.ids(packetType.pubcomp)).toEqual([9]);
  });

  it('takes QoS 0, and tells of DUP', async () => {
    await test.start();
    const client = await test.device();
    client.send(raw.publish('$dp', 'zero', { qos: 0 }), raw.publish('$dp', 'again', { id: 3, dup: true }));
    await until(() => test.held.length === 2);
    expect(test.held.map(({ dup }) => dup)).toEqual([false, true]);
  });

  it('never leaves when the message is not accepted: the connection is closed, the device sends again', async () => {
    await test.start();
    const client = await test.device();
    client.send(raw.publish('$dp', 'x', { id: 1 }));
    await until(() => test.held.length === 1);
    test.held[0]?.reject();
    await client.until(({ closed }) => closed);
    expect(client.ids(packetType.puback)).toEqual([]);
    expect(test.notices).toContain('not-accepted');
  });

  it('survives an accept function that throws at once', async () => {
    await test.start({
      accept: () => {
        throw new Error('broken');
      },
    });
    const client = await test.device();
    client.send(raw.publish('$dp', 'x', { id: 1 }));
    await client.until(({ closed }) => closed);
    expect((await test.device()).closed).toBe(false);
  });

  it('keeps the order of the messages when they are settled in another', async () => {
    await test.start();
    const client = await test.device();
    client.send(...many(5));
    await until(() => test.held.length === 5);
    for (const index of [4, 2, 1, 3]) test.held[index]?.resolve();
    await quiet();
    expect(client.ids(packetType.puback)).toEqual([]);
    test.held[0]?.resolve();
    await client.until((each) => each.ids(packetType.puback).length === 5);
    expect(client.ids(packetType.puback)).toEqual([1, 2, 3, 4, 5]);
  });

  it('answers PINGREQ while many messages are held, and hands messages on in order', async () => {
    await test.start();
    const client = await test.device();
    client.send(...many(20));
    await until(() => test.held.length === 20);
    client.send(raw.ping());
    await client.until(({ heard }) => heard.some(({ type }) => type === packetType.pingresp));
    expect(client.ids(packetType.puback)).toEqual([]);
    expect(test.held.map(({ payload }) => Buffer.from(payload).toString())).toEqual(Array.from({ length: 20 }, (_, n) => `${n + 1}`));
  });

  it('stops reading a device that has too much under way, and loses nothing of it', async () => {
    await test.start();
    const client = await test.device();
    for (let n = 0; n < 40; n += 1) {
      client.send(...many(20, 1 + n * 20).map((each) => each));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await quiet();
    expect(test.held.length).toBeLessThan(400);
    for (let n = 0; n < 800; n += 1) {
      await until(() => test.held.length > n);
      test.held[n]?.resolve();
    }
    await client.until((each) => each.ids(packetType.puback).length === 800);
    expect(client.ids(packetType.puback)).toEqual(Array.from({ length: 800 }, (_, n) => n + 1));
  });
});

describe('who may connect', () => {
  it.each([
    ['a wrong secret', { clientId: 'A', username: 'A', password: 'guess' }, 5],
    ['an unknown device', { clientId: 'Z', username: 'Z', password: secretOf('A') }, 5],
    ['no credentials', { clientId: 'A' }, 4],
    ['another client id', { clientId: 'B', username: 'A', password: secretOf('A') }, 2],
  ])('refuses %s with its CONNACK code', async (_, connect, code) => {
    await test.start();
    const client = await test.open();
    client.send(raw.connect(connect));
    await client.until(({ closed }) => closed);
    expect(client.heard.map(({ type, body }) => [type, body[1]])).toEqual([[packetType.connack, code]]);
    expect(test.broker.connections()).toBe(0);
  });

  it('takes the secret as username, and no client id of it can push another device off', async () => {
    await test.start();
    const b = await test.device('B');
    const client = await test.open();
    client.send(raw.connect({ clientId: 'B', username: secretOf('A') }));
    await client.until(({ heard }) => heard.length > 0);
    expect(client.heard[0]?.body[1]).toBe(0);
    client.send(raw.publish('v1/devices/me/telemetry', '{}'));
    await until(() => test.held.length === 1);
    expect(test.held[0]?.deviceId).toBe('A');
    expect(b.closed).toBe(false);
    expect(test.broker.connections()).toBe(2);
  });

  it('lets a new connection take over, and presence survives the end of the old one, a hundred times', async () => {
    await test.start();
    let last = await test.device();
    for (let n = 0; n < 100; n += 1) {
      const next = await test.device();
      await last.until(({ closed }) => closed);
      last = next;
    }
    expect(test.broker.connected('A')).toBe(true);
    expect(test.broker.connections()).toBe(1);
    last.send(raw.publish('$dp', 'still here'));
    await until(() => test.held.length === 1);
    last.end();
    await until(() => !test.broker.connected('A'));
    expect(test.notices.filter((kind) => kind === 'takeover')).toHaveLength(100);
  });
});

describe('what a device may do', () => {
  it.each(['v1/devices/me/other', '$crsp/B/cmd', '$SYS/x', 'a'])('closes the connection that publishes to %s', async (topic) => {
    await test.start();
    const client = await test.device();
    client.send(raw.publish(topic, 'x', { id: 1 }));
    await client.until(({ closed }) => closed);
    expect([test.held.length, client.ids(packetType.puback).length]).toEqual([0, 0]);
    expect(test.notices).toContain('foreign-topic');
  });

  it('refuses subscriptions to anything but its own topics, and lives on', async () => {
    await test.start();
    const client = await test.device();
    client.send(raw.subscribe(4, '#', '$creq/B/cmd', '$creq/A/cmd', 'v1/devices/me/rpc/request/+', '+/devices/me/telemetry', '$accepted'));
    await client.until(({ heard }) => heard.some(({ type }) => type === packetType.suback));
    expect([...(client.heard[1]?.body.subarray(2) ?? [])]).toEqual([128, 128, 1, 1, 128, 128]);
    client.send(raw.publish('$dp', 'x'));
    await until(() => test.held.length === 1);
  });

  it('speaks to no other device: nothing forwarded, retained or left as a will', async () => {
    await test.start({ accept: () => Promise.resolve() });
    const topic = 'v1/devices/me/attributes';
    const listener = await test.device('B');
    listener.send(raw.subscribe(1, topic));
    const talker = await test.device('A', { will: { topic, payload: 'will' } });
    talker.send(raw.publish(topic, 'retained', { id: 1, retain: true }), raw.publish(topic, 'plain', { id: 2 }));
    await talker.until((each) => each.ids(packetType.puback).length === 2);
    talker.end();
    await quiet();
    const late = await test.device('B');
    late.send(raw.subscribe(1, topic));
    await quiet();
    expect(listener.heard.map(({ type }) => type)).toEqual([packetType.connack, packetType.suback]);
    expect(late.heard.map(({ type }) => type)).toEqual([packetType.connack, packetType.suback]);
  });

  it('closes the connection at a packet over the size limit, however it is cut', async () => {
    await test.start({ maxPacketBytes: 10_000, maxLargeBytes: 10_000 });
    const client = await test.device();
    client.send(raw.publish('$dp', Buffer.alloc(9_900), { id: 1 }));
    await until(() => test.held.length === 1);
    const large = raw.publish('$dp', Buffer.alloc(10_000), { id: 2 });
    client.send(large.subarray(0, 3));
    await quiet();
    client.send(large.subarray(3));
    await client.until(({ closed }) => closed);
    expect([test.held.length, test.notices.includes('too-large')]).toEqual([1, true]);
  });

  it('slows a device over its rate without losing a message or the connection', async () => {
    await test.start({ deviceRate: 20, accept: () => Promise.resolve() });
    const client = await test.device();
    const started = performance.now();
    client.send(...many(30));
    await client.until((each) => each.ids(packetType.puback).length === 30);
    expect(performance.now() - started).toBeGreaterThan(400);
    expect(client.ids(packetType.puback)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
    expect(client.closed).toBe(false);
  });
});

describe('the port', () => {
  it('is refused by its name when it is taken', async () => {
    await test.start();
    const second = createEmbeddedBroker({
      host: '127.0.0.1',
      port: test.broker.port,
      deviceRate: 0,
      registry,
      dataKey,
      clock: { now: () => 0 },
      logger: createLogger('silent'),
      accept: () => Promise.resolve(),
    });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('stops only when what is being accepted is acknowledged', async () => {
    await test.start();
    const client = await test.device();
    client.send(raw.publish('$dp', 'last', { id: 5 }));
    await until(() => test.held.length === 1);
    const stopped = test.broker.stop();
    await quiet();
    expect(client.closed).toBe(false);
    test.held[0]?.resolve();
    await stopped;
    await client.until(({ closed }) => closed);
    expect(client.ids(packetType.puback)).toEqual([5]);
    await test.start();
  });
});
