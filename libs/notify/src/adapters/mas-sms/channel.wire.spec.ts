import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatorMas } from '#libs/contracts';
import { channelConformance } from '../../channel.conformance.js';
import { ANSWER_MS, GatewayBench, aMessage, atWorkForAnHour } from '../../fakes/gateway-bench.js';
import { MasSms } from './channel.js';

const sign = '望山县自然资源局';
const never = new AbortController().signal;
let bench: GatewayBench;
let channel: MasSms;
const make = (over: Partial<ConstructorParameters<typeof MasSms>[0]> = {}) =>
  new MasSms({ url: bench.url, ...simulatorMas, clock: { now: Date.now }, timeoutMs: ANSWER_MS, ...over });

beforeAll(async () => {
  bench = await GatewayBench.open(sign);
  channel = make();
  await bench.pushTo(channel);
});
afterAll(() => bench.close());

const sentTo = new Map<string, string>();
channelConformance(
  'mas',
  () => ({
    channel,
    mood: (mood) => bench.mood(mood),
    // The vendor keeps no id of ours: each case has a number of its own.
    taken: async (outId) => (await bench.outbox()).filter(({ to }) => to === `+86${sentTo.get(outId)}`).length,
    message: (outId) => {
      const message = aMessage(outId);
      sentTo.set(outId, message.to);
      return message;
    },
  }),
  ['RECIPIENT_LIMIT', 'RECIPIENT_PERM'],
);

describe('mas adapter over the wire', () => {
  it('arrives as it was written, with the sign in front, and its report and reply come back', async () => {
    await bench.mood('accepts');
    const message = aMessage('d-mas-1', { to: '13911110001' });
    const result = await channel.send(message, never);
    const [arrived] = (await bench.outbox()).filter(({ to }) => to === '+8613911110001');
    expect(arrived).toMatchObject({ text: `【${sign}】${message.template.text}`, provider: 'mas', parts: 1 });
    const providerId = result.ok ? result.providerId : '';
    await bench.until(() => bench.news.receipts.some((one) => one.providerId === providerId));
    expect(bench.news.receipts.find((one) => one.providerId === providerId)).toMatchObject({ provider: 'mas', status: 'delivered' });
    await bench.order('__reply', { from: '13911110001', text: '1收到' });
    await bench.until(() => bench.news.replies.length === 1);
    expect(bench.news.replies[0]).toMatchObject({ provider: 'mas', channel: 'sms', from: '13911110001', content: '1收到' });
    expect(Math.abs((bench.news.replies[0]?.at ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('a failure comes as a report', async () => {
    const result = await channel.send(aMessage('d-mas-2', { to: '13911119006' }), never);
    const providerId = result.ok ? result.providerId : '';
    await bench.until(() => bench.news.receipts.some((one) => one.providerId === providerId));
    expect(bench.news.receipts.find((one) => one.providerId === providerId)).toMatchObject({ status: 'failed', code: 'CM:2007' });
  });

  it('a submission whose answer was lost is known by its report', async () => {
    channel = make({ clock: atWorkForAnHour() });
    await bench.pushTo(channel);
    await bench.mood('takes-it-and-hangs-up');
    expect(await channel.send(aMessage('d-mas-lost', { to: '13911110007' }), never)).toMatchObject({ ok: false, cls: 'UNKNOWN' });
    await bench.until(() => bench.news.receipts.some(({ outId }) => outId === 'd-mas-lost'));
    expect(bench.news.receipts.find(({ outId }) => outId === 'd-mas-lost')).toMatchObject({ status: 'delivered', code: 'CM:0000' });
  });

  it('sends a template the vendor has approved, where there is one', async () => {
    const withTemplates = make({ templateIds: () => ({ SMS_900001: 'SMS_900001' }) });
    expect(await withTemplates.send(aMessage('d-mas-3', { to: '13911110003' }), never)).toMatchObject({ ok: true });
    const [arrived] = (await bench.outbox()).filter(({ to }) => to === '+8613911110003');
    expect(arrived?.text).toBe(`【${sign}】地灾红色预警：石碑村3组`);
  });

  it.each([
    ['wrong secret', { secretKey: 'wrong' }, 'ACCOUNT', 'IllegalMac'],
    ['unknown unit', { ecName: '别的单位' }, 'ACCOUNT', 'InvalidUsrOrPwd'],
    ['no sign', { signCode: '' }, 'TEMPLATE', 'NoSignId'],
    ['nobody listening', { url: 'http://127.0.0.1:1' }, 'TRANSIENT', 'ECONNREFUSED'],
  ] as const)('%s', async (_, over, cls, code) => {
    expect(await make(over).send(aMessage('d-mas-4'), never)).toMatchObject({ ok: false, cls, code });
  });

  it('takes no push that is none', () => {
    for (const body of ['', '{}', '[1]', '<xml/>'])
      expect(channel.inbound({ method: 'POST', url: '/', headers: {}, body: Buffer.from(body) })).toBeUndefined();
  });
});
