import { describe, expect, it } from 'vitest';
import type { HookSettings } from '#libs/contracts';
import type { Channel, Driver, InboundRequest, Receipt, Reply } from '#libs/notify';
import { createLogger } from '#libs/platform';
import { Inbound, isAllowed, type PushOutcome } from './inbound.js';

const receipt = (outId: string): Receipt => ({ outId, provider: 'fake', status: 'delivered', code: 'OK', at: 1 });
const reply = (content: string): Reply => ({ provider: 'fake', sequenceId: content, channel: 'sms', from: '1', content, at: 1 });

function inboundOf(over: { settings?: Partial<HookSettings>; broken?: boolean } = {}) {
  const seen: { urls: string[]; receipts: string[]; replies: string[]; changed: string[]; counted: [string, PushOutcome][] } = {
    urls: [],
    receipts: [],
    replies: [],
    changed: [],
    counted: [],
  };
  const channel = {
    name: 'fake',
    inbound: ({ url, body }: InboundRequest) => {
      seen.urls.push(url);
      if (body.toString() !== 'known') return undefined;
      const news = { receipts: [receipt('d1'), receipt('d2')], replies: [reply('1'), reply('2')] };
      return { news, answer: { status: 200, type: 'text/plain', body: 'thanks' } };
    },
  } as unknown as Channel;
  const mute = { name: 'mute' } as unknown as Channel;
  const drivers: Driver[] = [channel, mute].map((one) => ({ channel: one, simulated: false }));
  const inbound = new Inbound({
    drivers: () => drivers,
    outbox: {
      receive: async ({ outId }) => {
        if (over.broken) throw new Error('the store is away');
        seen.receipts.push(outId ?? '');
        return outId === 'd1' ? { deliveryId: 'd1', warningId: 'w1', exercise: false } : undefined;
      },
    },
    settings: () => ({ allow: [], round: 0, ...over.settings }),
    tokenOf: (driver, round) => `secret-of-${driver}-${round}`,
    baseUrl: () => 'https://county.example',
    publicUrl: 'https://county.example',
    tell: async (replies) => void seen.replies.push(...replies.map(({ content }) => content)),
    changed: (warningId) => void seen.changed.push(warningId),
    counted: (driver, outcome) => void seen.counted.push([driver, outcome]),
    logger: createLogger('silent'),
  });
  const push = (driver: string, token: string, text = 'known', address = '203.0.113.7') =>
    inbound.push({
      driver,
      token,
      address,
      request: { method: 'POST', url: `/hooks/${driver}/${token}?a=1`, headers: {}, body: Buffer.from(text) },
    });
  return { inbound, push, seen };
}

describe('the way in', () => {
  it('names an address for each driver that pushes, with its secret', () => {
    expect(inboundOf().inbound.hooks()).toEqual([
      { driver: 'fake', path: '/hooks/fake/secret-of-fake-0', url: 'https://county.example/hooks/fake/secret-of-fake-0' },
    ]);
  });

  it('hands receipts to the outbox, replies on in order, and answers as the vendor wants', async () => {
    const { push, seen } = inboundOf();
    expect(await push('fake', 'secret-of-fake-0')).toEqual({ status: 200, type: 'text/plain', body: 'thanks' });
    expect(seen).toMatchObject({ receipts: ['d1', 'd2'], replies: ['1', '2'], changed: ['w1'], counted: [['fake', 'taken']] });
    // What the vendor signed: its public address, with the query.
    expect(seen.urls).toEqual(['https://county.example/hooks/fake/secret-of-fake-0?a=1']);
  });

  it.each([
    ['a wrong secret', 'fake', 'secret-of-fake-1', 'fake'],
    ['the secret of another driver', 'fake', 'secret-of-mute-0', 'fake'],
    ['a driver there is not', 'pigeon', 'secret-of-pigeon-0', 'unknown'],
    ['a driver that pushes nothing', 'mute', 'secret-of-mute-0', 'unknown'],
  ])('shows nothing to %s', async (_, driver, token, counted) => {
    const { push, seen } = inboundOf();
    expect(await push(driver, token)).toBeUndefined();
    expect(seen).toMatchObject({ receipts: [], urls: [], counted: [[counted, 'not-let-in']] });
  });

  it('a new round makes the old secret worthless; addresses outside the list stay out', async () => {
    expect(await inboundOf({ settings: { round: 1 } }).push('fake', 'secret-of-fake-0')).toBeUndefined();
    const fenced = inboundOf({ settings: { allow: ['203.0.113.0/24'] } });
    expect(await fenced.push('fake', 'secret-of-fake-0')).toMatchObject({ status: 200 });
    expect(await fenced.push('fake', 'secret-of-fake-0', 'known', '198.51.100.1')).toBeUndefined();
  });

  it('does not thank for what it could not read or not keep, so that it comes again', async () => {
    const { push, seen } = inboundOf();
    expect((await push('fake', 'secret-of-fake-0', 'gibberish'))?.status).toBe(400);
    expect(seen.counted).toEqual([['fake', 'not-understood']]);
    expect((await inboundOf({ broken: true }).push('fake', 'secret-of-fake-0'))?.status).toBe(503);
  });
});

describe('addresses that may push', () => {
  it.each([
    ['203.0.113.7', [], true],
    ['203.0.113.7', ['203.0.113.7'], true],
    ['::ffff:203.0.113.7', ['203.0.113.0/24'], true],
    ['203.0.114.1', ['203.0.113.0/24'], false],
    ['2001:db8::5', ['2001:db8::/32'], true],
    ['2001:db9::5', ['2001:db8::/32', '203.0.113.7'], false],
  ] as const)('%s in %j: %s', (address, allow, yes) => expect(isAllowed(address, allow)).toBe(yes));
});
