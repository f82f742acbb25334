import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatorWebhook } from '#libs/contracts';
import { channelConformance } from '../../channel.conformance.js';
import { ANSWER_MS, GatewayBench, aMessage } from '../../fakes/gateway-bench.js';
import { Webhook } from './channel.js';
import { signedHeaders } from './signature.js';

const never = new AbortController().signal;
let bench: GatewayBench;
const make = (over: Partial<ConstructorParameters<typeof Webhook>[0]> = {}) =>
  new Webhook({
    id: 'office',
    url: `${bench.url}/hook/office`,
    ...simulatorWebhook,
    privateAddress: true,
    clock: { now: Date.now },
    timeoutMs: ANSWER_MS,
    ...over,
  });
const message = (outId: string) => aMessage(outId, { to: 'webhook:office', about: { level: 'red', kind: 'warning', exercise: false } });

beforeAll(async () => {
  bench = await GatewayBench.open('望山县自然资源局');
});
afterAll(() => bench.close());

channelConformance(
  'webhook',
  () => ({
    channel: make(),
    mood: (mood) => bench.mood(mood),
    taken: (outId) => bench.taken(outId),
    message,
  }),
  // HTTP has one word for "not you" and one for "too much"; neither is about a person.
  ['RECIPIENT_LIMIT', 'RECIPIENT_PERM', 'TEMPLATE'],
);

describe('webhook over the wire', () => {
  it('says everything about the message, signed; a repeated try is taken once', async () => {
    await bench.mood('accepts');
    expect(await make().send(message('d-hook-1'), never)).toMatchObject({ ok: true, delivered: true });
    expect(await make().send(message('d-hook-1'), never)).toMatchObject({ ok: true });
    const taken = (await bench.outbox()).filter(({ outId }) => outId === 'd-hook-1');
    expect(taken).toHaveLength(1);
    expect(JSON.parse(taken[0]?.text ?? '')).toMatchObject({
      id: 'd-hook-1',
      type: 'warning.warning',
      level: 'red',
      exercise: false,
      text: '地灾红色预警：石碑村3组',
    });
  });

  it.each([
    ['a wrong secret', { secret: 'wrong' }, 'http-401'],
    ['an address inside, without leave', { privateAddress: false }, 'private-address'],
  ] as const)('%s is the account’s fault', async (_, over, code) => {
    expect(await make(over).send(message('d-hook-2'), never)).toMatchObject({ ok: false, cls: 'ACCOUNT', code });
  });
});

it('signs id, time and body (value of openssl dgst -hmac)', () => {
  const headers = signedHeaders('secret', 'msg_1', 1_700_000_000, '{"a":1}');
  expect(headers).toEqual({
    'webhook-id': 'msg_1',
    'webhook-timestamp': '1700000000',
    'webhook-signature': 'v1,Q5nZ7DiOGwijBBqvBVAK6c0zDr2JLkXI7TaV4f+Q2vY=',
  });
});
