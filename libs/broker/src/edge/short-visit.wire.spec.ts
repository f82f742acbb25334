import { describe, expect, it } from 'vitest';
import { BrokerInTest, quiet, secretOf, until } from '../fakes/broker-in-test.js';
import { packetType, raw } from '../fakes/raw-client.js';

const test = new BrokerInTest();
const connect = raw.connect({ clientId: 'A', username: 'A', password: secretOf('A') });
const disconnect = Buffer.from([0xe0, 0]);
const many = (count: number, qos: 0 | 1 = 1) => Array.from({ length: count }, (_, n) => raw.publish('$dp', `${n + 1}`, { id: n + 1, qos }));
const numbers = (count: number) => Array.from({ length: count }, (_, n) => `${n + 1}`);
const taken = () => test.held.map(({ payload }) => Buffer.from(payload).toString());

describe('a device that wakes up, sends and leaves', () => {
  it('may send everything in one segment with CONNECT', async () => {
    await test.start();
    const client = await test.open();
    client.send(connect, ...many(60));
    await until(() => test.held.length === 60);
    for (const each of test.held) each.resolve();
    await client.until((each) => each.ids(packetType.puback).length === 60);
    expect(taken()).toEqual(numbers(60));
  });

  it.each([0, 1] as const)('is heard when it says DISCONNECT at once, QoS %i', async (qos) => {
    await test.start();
    const client = await test.open();
    client.send(connect, ...many(30, qos), disconnect);
    await client.until(({ closed }) => closed);
    await until(() => test.held.length === 30);
    expect(taken()).toEqual(numbers(30));
  });

  it.each([0, 1] as const)('is heard when it says DISCONNECT behind more than may be under way, QoS %i', async (qos) => {
    await test.start();
    const client = await test.device();
    client.send(...many(300, qos), disconnect);
    await quiet();
    for (let n = 0; n < 300; n += 1) {
      await until(() => test.held.length > n);
      test.held[n]?.resolve();
    }
    expect(taken()).toEqual(numbers(300));
  });

  it.each([0, 1] as const)('is heard when it sends faster than its rate and leaves, QoS %i', async (qos) => {
    await test.start({ deviceRate: 20 });
    const client = await test.device();
    client.send(...many(60, qos), disconnect);
    await client.until(({ closed }) => closed);
    await until(() => test.held.length === 60);
    expect(taken()).toEqual(numbers(60));
  });

  it('may complete QoS 2 on its next connection, and is answered', async () => {
    await test.start();
    const first = await test.device();
    first.send(raw.publish('$dp', 'two', { id: 9, qos: 2 }));
    await until(() => test.held.length === 1);
    test.held[0]?.resolve();
    await first.until((each) => each.ids(packetType.pubrec).length === 1);
    first.end();
    const next = await test.device();
    next.send(raw.pubrel(9), raw.publish('$dp', 'three', { id: 10 }));
    await until(() => test.held.length === 2);
    test.held[1]?.resolve();
    await next.until((each) => each.ids(packetType.puback).length === 1);
    expect(next.ids(packetType.pubcomp)).toEqual([9]);
  });

  it('may come byte by byte', async () => {
    await test.start();
    const client = await test.open();
    for (const byte of Buffer.concat([connect, ...many(3)])) {
      client.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => test.held.length === 3);
    expect(taken()).toEqual(numbers(3));
  });
});
