import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BrokerInTest, secretOf, until } from '../fakes/broker-in-test.js';
import { packetType, raw } from '../fakes/raw-client.js';

const test = new BrokerInTest();
const taken = () => test.held.map(({ payload }) => Buffer.from(payload).toString());

describe('messages that need no parser', () => {
  it('come in the order of all, whatever stands between them', async () => {
    await test.start();
    const client = await test.device();
    client.send(
      raw.publish('$dp', '1', { id: 1 }),
      raw.publish('$dp', '2', { id: 2, qos: 2 }),
      raw.ping(),
      raw.publish('$dp', '3', { id: 3 }),
      raw.subscribe(9, '$creq/A/cmd'),
      raw.publish('$dp', '4', { qos: 0 }),
      raw.publish('$dp', '5', { id: 5, qos: 2 }),
      raw.publish('$dp', '6', { id: 6 }),
    );
    await until(() => test.held.length === 6);
    expect(taken()).toEqual(['1', '2', '3', '4', '5', '6']);
    for (const each of test.held) each.resolve();
    await client.until((each) => each.ids(packetType.puback).length === 3 && each.ids(packetType.pubrec).length === 2);
    expect([client.ids(packetType.puback), client.ids(packetType.pubrec)]).toEqual([
      [1, 3, 6],
      [2, 5],
    ]);
  });

  it('are signs of life: a device that only publishes is not taken for asleep', async () => {
    await test.start({ accept: () => Promise.resolve() });
    // Asleep after 4.5 s without a sign; a pause of the machine is shorter than what is left of them.
    const client = await test.device('A', { keepalive: 3 });
    for (let n = 0; n < 8; n += 1) {
      client.send(raw.publish('$dp', `${n}`, { id: n + 1 }));
      await new Promise((resolve) => setTimeout(resolve, 800));
    }
    expect(client.closed).toBe(false);
    await client.until(({ closed }) => closed);
  });

  it('are answered in one write when one commit settles them', async () => {
    await test.start();
    const client = await test.device();
    const before = client.segments.length;
    client.send(...Array.from({ length: 9 }, (_, n) => raw.publish('$dp', `${n}`, { id: n + 1 })));
    await until(() => test.held.length === 9);
    for (const each of test.held) each.resolve();
    await client.until((each) => each.ids(packetType.puback).length === 9);
    expect(client.segments.slice(before)).toEqual([9 * 4]);
  });

  it('are taken no more from a connection that one of them ended', async () => {
    await test.start();
    const client = await test.device();
    client.send(
      raw.publish('$dp', 'own', { id: 1 }),
      raw.publish('$crsp/B/cmd', 'foreign', { id: 2 }),
      raw.publish('$dp', 'after', { id: 3 }),
    );
    await client.until(({ closed }) => closed);
    expect(taken()).toEqual(['own']);
  });

  it('end the connection when they are malformed', async () => {
    await test.start();
    const client = await test.device();
    client.send(Buffer.from([0x32, 6, 0, 9, 0x24, 0x64, 0x70, 1]));
    await client.until(({ closed }) => closed);
    expect([test.held.length, test.notices.includes('protocol-error')]).toEqual([0, true]);
  });

  it('cut the device off when it leaves their answers unread for too long', async () => {
    await test.start({ drainTimeoutMs: 100, accept: () => Promise.resolve() });
    /** A pipe whose other end reads CONNACK and nothing after it. */
    let reads = true;
    const pipe = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => (reads ? done() : undefined) });
    test.broker.attach(pipe);
    pipe.push(raw.connect({ clientId: 'A', username: 'A', password: secretOf('A') }));
    await until(() => test.broker.connected('A'));
    reads = false;
    for (let round = 0; round < 50 && !pipe.destroyed; round += 1) {
      pipe.push(Buffer.concat(Array.from({ length: 200 }, (_, n) => raw.publish('$dp', 'x', { id: round * 200 + n + 1 }))));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => pipe.destroyed);
    expect(test.notices).toContain('slow-reader');
  });
});
