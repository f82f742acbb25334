import { describe, expect, it } from 'vitest';
import { BrokerInTest, quiet, secretOf, until } from '../fakes/broker-in-test.js';
import { packetType, raw } from '../fakes/raw-client.js';

const test = new BrokerInTest();
const small = { maxPacketBytes: 10_000, maxLargeBytes: 200_000 };

describe('messages over the size limit', () => {
  it.each([
    ['QoS 1', 1, packetType.puback],
    ['QoS 2', 2, packetType.pubrec],
  ] as const)('are acknowledged with %s when their beginning is put aside, in order', async (_, qos, acknowledgement) => {
    await test.start(small);
    const client = await test.device();
    client.send(
      raw.publish('$dp', 'before', { id: 1, qos }),
      raw.publish('$dp', Buffer.alloc(100_000, 7), { id: 2, qos }),
      raw.publish('$dp', 'after', { id: 3, qos }),
    );
    await until(() => test.held.length === 3);
    const large = test.held.find(({ cutFrom }) => cutFrom !== undefined);
    expect(large).toMatchObject({ deviceId: 'A', topic: '$dp', cutFrom: 100_000 });
    expect(large?.payload).toEqual(Buffer.alloc(64 * 1024 - 7, 7));
    large?.resolve();
    await quiet();
    expect(client.ids(acknowledgement)).not.toContain(2);
    for (const each of test.held) each.resolve();
    await client.until((each) => each.ids(acknowledgement).length === 3);
    expect(client.ids(acknowledgement).toSorted()).toEqual([1, 2, 3]);
    if (qos === 2) {
      client.send(raw.pubrel(2));
      await client.until((each) => each.ids(packetType.pubcomp).includes(2));
    }
    expect([client.closed, test.notices.includes('large-message')]).toEqual([false, true]);
  });

  it('are not acknowledged when they could not be put aside', async () => {
    await test.start(small);
    const client = await test.device();
    client.send(raw.publish('$dp', Buffer.alloc(100_000), { id: 2 }));
    await until(() => test.held.length === 1);
    test.held[0]?.reject();
    await client.until(({ closed }) => closed);
    expect(client.ids(packetType.puback)).toEqual([]);
  });

  it('may come in one segment with CONNECT', async () => {
    await test.start({ ...small, accept: () => Promise.resolve() });
    const client = await test.open();
    const credentials = { clientId: 'A', username: 'A', password: secretOf('A') };
    client.send(raw.connect(credentials), raw.publish('$dp', Buffer.alloc(20_000), { id: 9 }));
    await client.until((each) => each.ids(packetType.puback).length === 1);
    expect(client.ids(packetType.puback)).toEqual([9]);
  });

  it('close the connection on a foreign topic, and at an absurd size before it has come', async () => {
    await test.start(small);
    const foreign = await test.device();
    foreign.send(raw.publish('v1/other', Buffer.alloc(20_000), { id: 1 }));
    await foreign.until(({ closed }) => closed);
    const absurd = await test.device();
    absurd.send(raw.publish('$dp', Buffer.alloc(200_000), { id: 1 }).subarray(0, 5));
    await absurd.until(({ closed }) => closed);
    expect([test.notices.includes('foreign-topic'), test.notices.includes('too-large'), test.held.length]).toEqual([true, true, 0]);
  });
});

describe('devices that misbehave', () => {
  it('is cut off when it does not read what it is sent; the others live on', async () => {
    await test.start();
    const [hung, other] = [await test.device('A'), await test.device('B')];
    hung.freeze();
    const payload = new Uint8Array(100_000);
    const flood = async () => {
      for (let n = 0; n < 500; n += 1) await test.broker.send('A', '$creq/A/cmd', payload, { qos: 0 });
    };
    await expect(flood()).rejects.toMatchObject({ reason: 'not-connected' });
    expect(test.notices).toContain('slow-reader');
    await until(() => !test.broker.connected('A'));
    other.send(raw.publish('$dp', 'x'));
    await until(() => test.held.length === 1);
  });

  it('is not read on when it never reads the answers, and cut off after a while', async () => {
    await test.start({ drainTimeoutMs: 100 });
    const hung = await test.device();
    hung.freeze();
    const pings = Buffer.concat(Array.from({ length: 50_000 }, () => raw.ping()));
    for (let n = 0; n < 100 && test.broker.connected('A'); n += 1) {
      hung.send(pings);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await until(() => !test.broker.connected('A'));
  });

  it('is refused for a while with CONNACK 3 when it connects all the time, and gets in afterwards', async () => {
    let now = 1_000;
    await test.start({ connectsAMinute: 3, clock: { now: () => now } });
    for (let n = 0; n < 3; n += 1) (await test.device()).end();
    const attempt = async () => {
      const client = await test.open();
      client.send(raw.connect({ clientId: 'A', username: 'A', password: secretOf('A') }));
      await client.until(({ heard }) => heard.length > 0);
      return client.heard[0]?.body[1];
    };
    expect(await attempt()).toBe(3);
    now += 4_999;
    expect(await attempt()).toBe(3);
    expect(test.notices.filter((kind) => kind === 'flapping')).toHaveLength(2);
    now += 1;
    expect(await attempt()).toBe(0);
  });

  it('is not banned by somebody who guesses its secret', async () => {
    await test.start({ connectsAMinute: 3 });
    for (let n = 0; n < 10; n += 1) {
      const guesser = await test.open();
      guesser.send(raw.connect({ clientId: 'A', username: 'A', password: `guess ${n}` }));
      await guesser.until(({ closed }) => closed);
    }
    await test.device();
  });

  it('is closed when it never says CONNECT, or nothing for one and a half keep-alives', async () => {
    await test.start({ connectTimeoutMs: 1_000 });
    const silent = await test.open();
    await silent.until(({ closed }) => closed);
    const asleep = await test.device('A', { keepalive: 1 });
    await asleep.until(({ closed }) => closed);
    await until(() => !test.broker.connected('A'));
  });
});

describe('a full station', () => {
  it('refuses at once, says so, and takes devices again when there is room', async () => {
    await test.start({ maxConnections: 2 });
    const first = await test.device('A');
    await test.device('B');
    const third = await test.open();
    await third.until(({ closed }) => closed);
    expect(test.notices).toContain('full');
    first.end();
    await until(() => !test.broker.connected('A'));
    await test.device('A');
  });
});
