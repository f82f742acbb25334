import { beforeEach, expect, it } from 'vitest';
import { Problem } from '#libs/contracts';
import { fakeContext } from '../fakes/fake-context.js';
import { Idempotency } from './idempotency.js';

let effects: number;
let idempotency: Idempotency;
beforeEach(() => {
  effects = 0;
  const { store, dataKey } = fakeContext();
  idempotency = new Idempotency(store.idempotency, dataKey);
});
const act = (key: string, request: unknown, status = 200, actor = 'u1') =>
  idempotency.once({ key, actor, request }, async () => {
    effects++;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { status, body: { n: effects } };
  });

it('carries the same request out once, also when both arrive together', async () => {
  const answers = await Promise.all([act('k', { a: 1 }), act('k', { a: 1 }), act('k', { a: 1 })]);
  expect(await act('k', { a: 1 })).toEqual(answers[0]);
  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toHaveLength(1);
  expect(effects).toBe(1);
});

it('refuses another request under the same key, and keeps users apart', async () => {
  await act('k', { a: 1 });
  await expect(act('k', { a: 2 })).rejects.toMatchObject({ code: 'idempotency-mismatch' });
  await act('k', { a: 2 }, 200, 'u2');
  expect(effects).toBe(2);
});

it('repeats a refusal that is a fact, and lets a failed request be tried again', async () => {
  expect(await act('legal', {}, 409)).toEqual(await act('legal', {}, 409));
  expect(effects).toBe(1);
  await act('away', {}, 503);
  await act('away', {}, 200);
  expect(effects).toBe(3);
});

it('goes on after an error of the first request', async () => {
  const failing = idempotency.once({ key: 'k', actor: 'u1', request: {} }, () => Promise.reject(new Error('away')));
  const second = act('k', {});
  await expect(failing).rejects.toThrow('away');
  expect((await second).status).toBe(200);
});

it('refuses a key that is none', async () => {
  await expect(act('', {})).rejects.toBeInstanceOf(Problem);
  await expect(act('x'.repeat(129), {})).rejects.toMatchObject({ code: 'invalid-request' });
});
