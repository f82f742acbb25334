import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { Connection } from '../session/connection.js';
import { HeldBudget } from './held-budget.js';
import { PubackRound } from './puback-round.js';

it('PUBACKs leave in the order of the messages (MQTT-4.6.0-2), whoever read them', async () => {
  const stream = new PassThrough();
  const connection = new Connection(1, { deviceId: 'D', clientId: 'D' }, stream, {
    rate: 0,
    held: new HeldBudget(),
    pubacks: new PubackRound(),
    drainTimeoutMs: 1000,
    stuck: () => undefined,
  });
  // The first is whole in its chunk and taken in place; the second is cut over two, so that Aedes reads it.
  const one = connection.holdPlain(10, 1);
  const two = connection.hold(10, () => connection.acknowledge(1, 2));
  one(null);
  two(null);
  await new Promise((resolve) => setImmediate(resolve));
  const sent = stream.read() as Buffer;
  expect([sent[3], sent[7]]).toEqual([1, 2]);
});
