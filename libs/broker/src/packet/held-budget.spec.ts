import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { Connection } from '../session/connection.js';
import { HeldBudget } from './held-budget.js';
import { PubackRound } from './puback-round.js';

const pipe = (): Duplex => new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });

it('slows every connection to one message at a time while all together hold too much, and lets them go on when it is over', () => {
  const budget = new HeldBudget(10_000);
  const needs = { rate: 0, held: budget, pubacks: new PubackRound(), drainTimeoutMs: 1_000, stuck: () => undefined };
  const connections = ['a', 'b', 'c'].map((id, epoch) => new Connection(epoch, { deviceId: id, clientId: id }, pipe(), needs));
  const [a, b, c] = connections as [Connection, Connection, Connection];
  const first = a.hold(4_000, () => undefined);
  expect([a, b, c].map((one) => one.isFull())).toEqual([false, false, false]);
  const second = b.hold(4_000, () => undefined);
  // Over the limit: who has something under way waits for it, who has nothing may send one.
  expect([a, b, c].map((one) => one.isFull())).toEqual([true, true, false]);
  first(null);
  expect([a, b, c].map((one) => one.isFull())).toEqual([false, false, false]);
  second(null);
  expect(budget.scarce).toBe(false);
});
