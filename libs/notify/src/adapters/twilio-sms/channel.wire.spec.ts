import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatorTwilio } from '#libs/contracts';
import { channelConformance } from '../../channel.conformance.js';
import { ANSWER_MS, GatewayBench, aMessage } from '../../fakes/gateway-bench.js';
import { TwilioSms } from './channel.js';

const sign = '望山县自然资源局';
const text = '地灾红色预警：石碑村。立即撤到村小学，勿返回取物。15:20发布。收到回1，求助回2';

let bench: GatewayBench;
let channel: TwilioSms;
const makeChannel = (over: Partial<ConstructorParameters<typeof TwilioSms>[0]> = {}) =>
  new TwilioSms({
    ...simulatorTwilio,
    baseUrl: bench.url,
    sign: () => sign,
    statusCallback: () => bench.hook,
    clock: { now: Date.now },
    timeoutMs: ANSWER_MS,
    ...over,
  });
const message = (outId: string, to?: string) =>
  aMessage(outId, { ...(to === undefined ? {} : { to }), template: { code: 'SMS_900001', params: {}, text } });
const never = new AbortController().signal;

beforeAll(async () => {
  bench = await GatewayBench.open(sign, { receiptDelayMs: 100 });
  channel = makeChannel();
  await bench.pushTo(channel);
});
afterAll(() => bench.close());

channelConformance(
  'twilio',
  () => ({
    channel,
    mood: (mood) => bench.mood(mood),
    taken: (outId) => bench.taken(outId),
    message: (outId) => message(outId),
  }),
  // It limits senders, not recipients, and knows no templates.
  ['RECIPIENT_LIMIT', 'TEMPLATE'],
);

describe('twilio adapter over the wire', () => {
  it('arrives as it was written, with the sign in front, in E.164', async () => {
    expect(await channel.send(message('d-tw-1', '13911112222'), never)).toMatchObject({ ok: true });
    const arrived = (await bench.outbox()).find(({ outId }) => outId === 'd-tw-1');
    expect(arrived).toMatchObject({ to: '+8613911112222', text: `【${sign}】${text}`, provider: 'twilio', channel: 'sms' });
  });

  it('wrong token, nobody listening', async () => {
    expect(await makeChannel({ authToken: 'wrong' }).send(message('d-tw-2'), never)).toMatchObject({
      ok: false,
      cls: 'ACCOUNT',
      code: '20003',
    });
    const nobody = makeChannel({ baseUrl: 'http://127.0.0.1:1' });
    expect(await nobody.send(message('d-tw-2'), never)).toMatchObject({ ok: false, cls: 'TRANSIENT', code: 'ECONNREFUSED' });
    await expect(nobody.query({ outId: 'd-tw-2', to: '13911113333', sentAt: Date.now() })).rejects.toThrow('twilio Messages: ECONNREFUSED');
  });

  it('pushes signed receipts that name our id, delivered or not', async () => {
    await channel.send(message('d-tw-3'), never);
    await channel.send(message('d-tw-4', '13911119006'), never);
    expect(await bench.receiptOf('d-tw-3')).toMatchObject({ provider: 'twilio', status: 'delivered', code: 'delivered' });
    expect(await bench.receiptOf('d-tw-4')).toMatchObject({ status: 'failed', code: '30003' });
  });

  it('states that overtake each other leave one receipt, told twice', async () => {
    await channel.send(message('d-tw-5', '13911119008'), never);
    const own = () => bench.news.receipts.filter(({ outId }) => outId === 'd-tw-5');
    await bench.until(() => own().length >= 2);
    expect(own().map(({ status }) => status)).toEqual(['delivered', 'delivered']);
  });

  it('brings back a reply', async () => {
    await channel.send(message('d-tw-6', '13911114444'), never);
    await bench.order('__reply', { from: '13911114444', text: '收到' });
    const reply = await bench.until(() => bench.news.replies[0]);
    expect(reply).toMatchObject({ provider: 'twilio', channel: 'sms', from: '+8613911114444', content: '收到' });
  });

  it('refuses what is not signed, signed for another address, or changed on the way', () => {
    const body = Buffer.from('MessageSid=SM1&MessageStatus=delivered');
    const sent = { method: 'POST', url: `${bench.hook}?outId=d1`, body };
    expect(channel.inbound({ ...sent, headers: {} })).toBeUndefined();
    expect(channel.inbound({ ...sent, headers: { 'x-twilio-signature': 'AAAA' } })).toBeUndefined();
    expect(bench.refused).toEqual([]);
  });

  it('finds a message whose answer was lost, also after a restart, by number, time and text', async () => {
    const lost = message('d-tw-7', '13911119004');
    const sentAt = Date.now();
    expect(await channel.send(lost, never)).toMatchObject({ ok: false, cls: 'UNKNOWN' });
    const question = { outId: lost.outId, to: lost.to, sentAt };
    expect(await channel.query(question)).toMatchObject({ providerId: expect.stringMatching(/^SM/) as string });
    const restarted = makeChannel();
    expect(await restarted.query({ ...question, text })).toMatchObject({ providerId: expect.stringMatching(/^SM/) as string });
    expect(await restarted.query({ ...question, text: '别的内容' })).toBe('ABSENT');
    expect(await restarted.query({ ...question, sentAt: sentAt + 3_600_000, text })).toBe('ABSENT');
  });
});
