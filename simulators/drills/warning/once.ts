import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { WarningAction, WarningView } from '#libs/contracts';
import { County, type ApiClient } from '#libs/testing';

/** What a person does to a warning. */
export type Step = readonly [action: WarningAction, body: object];

export interface Answer {
  status: number;
  body: WarningView & { code?: string; obstacle?: string };
}

/** A request and what was answered: under the same key it is answered so for ever. */
export interface Taken {
  id: string;
  action: WarningAction;
  body: object;
  key: string;
  answer: Answer;
}

/** The steps of people from the proposal to the public. */
export const toPublished: readonly Step[] = [
  ['propose', { level: 'red' }],
  ['consult', {}],
  ['decide', {}],
  ['sign', {}],
  ['publish', {}],
];

/** One action; the same key is the same request. */
export async function act(
  who: ApiClient,
  id: string,
  action: WarningAction,
  body: object = {},
  key: string = randomUUID(),
): Promise<Answer> {
  const response = await fetch(`${who.url}/api/v1/warnings/${id}/${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${who.token}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

/** Sent twice at the same moment it happens once and is answered the same; what is sent again (`again`) changes nothing. @param name of `who` */
export async function takeOnce(who: ApiClient, name: string, id: string, [action, body]: Step): Promise<Taken> {
  const key = randomUUID();
  const [answer, other] = await Promise.all([act(who, id, action, body, key), act(who, id, action, body, key)]);
  expect([action, answer.status, other]).toEqual([action, 200, answer]);
  const { timeline } = await new County(who).warning(id);
  const mine = timeline.filter((entry) => entry.action === action && entry.actor === name);
  expect(new Set(mine.map(({ at }) => at)).size, `${action} happened once`).toBe(1);
  const taken = { id, action, body, key, answer };
  await again(who, taken);
  return taken;
}

/** The same request is answered as the first time; the key with another body is a conflict. */
export async function again(who: ApiClient, { id, action, body, key, answer }: Taken): Promise<void> {
  expect([action, await act(who, id, action, body, key)]).toEqual([action, answer]);
  expect((await act(who, id, action, { ...body, text: 'x' }, key)).body.code).toBe('idempotency-mismatch');
}
