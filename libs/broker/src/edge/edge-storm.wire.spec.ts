import { describe, expect, it } from 'vitest';
import { BrokerInTest, secretOf, until } from '../fakes/broker-in-test.js';
import { packetType, raw, RawClient } from '../fakes/raw-client.js';

const test = new BrokerInTest();

/** Pseudo-random numbers in [0, 1), the same on every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('takeover', () => {
  it('leaves presence right 200 times, while messages take 0 to 10 ms to be accepted', async () => {
    const next = random(1);
    await test.start({ accept: () => wait(next() * 10) });
    const credentials = { clientId: 'A', username: 'A', password: secretOf('A') };
    let wrong = 0;
    for (let n = 0; n < 200; n += 1) {
      const old = await test.device();
      old.send(raw.publish('$dp', `old ${n}`, { id: 1 }), raw.publish('$dp', `old ${n}`, { id: 2 }));
      await wait(next() * 3);
      const young = await test.open();
      young.send(raw.connect(credentials), raw.publish('$dp', `young ${n}`, { id: 3 }));
      // The old one ends by itself just then, or is pushed off.
      if (next() < 0.3) old.end();
      await young.until((each) => each.ids(packetType.puback).includes(3));
      await old.until(({ closed }) => closed);
      if (!test.broker.connected('A') || test.broker.connections() !== 1) wrong += 1;
      if (next() < 0.3) {
        young.end();
        await until(() => !test.broker.connected('A'));
        if (test.broker.connections() !== 0) wrong += 1;
      }
    }
    expect(wrong).toBe(0);
  });
});

describe('garbage', () => {
  it('never crashes or hangs the broker: 300 connections of random and mutated bytes', async () => {
    await test.start({ accept: () => Promise.resolve(), connectTimeoutMs: 2_000 });
    const next = random(2);
    const valid = [
      raw.connect({ clientId: 'A', username: 'A', password: secretOf('A') }),
      raw.publish('$dp', 'x', { id: 1 }),
      raw.publish('$dp', 'y', { id: 2, qos: 2 }),
      raw.subscribe(3, '$creq/A/cmd'),
      raw.pubrel(2),
      raw.ping(),
    ];
    const witness = await test.device('B');
    for (let n = 0; n < 300; n += 1) {
      const client = await RawClient.open(test.broker.port);
      const bytes = n % 3 === 0 ? Buffer.from(Array.from({ length: 1 + next() * 400 }, () => next() * 256)) : Buffer.concat(valid);
      if (n % 3 > 0) for (let m = 0; m < 1 + next() * 4; m += 1) bytes[Math.floor(next() * bytes.length)] = next() * 256;
      client.send(n % 3 === 2 ? Buffer.concat([valid[0] ?? bytes, bytes]) : bytes);
      if (n % 10 === 0) {
        witness.send(raw.publish('$dp', 'still heard', { id: 1 + n }));
        await witness.until((each) => each.ids(packetType.puback).includes(1 + n));
      }
      client.end();
    }
    await until(() => test.broker.connections() === 1);
    expect(witness.closed).toBe(false);
    expect(await test.device('A')).toMatchObject({ closed: false });
  });
});
