import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatorAccount } from '#libs/contracts';
import { channelConformance } from '../../channel.conformance.js';
import { ANSWER_MS, GatewayBench, aMessage } from '../../fakes/gateway-bench.js';
import { AlicloudVoice } from './channel.js';
import { voiceTemplates } from './spoken.js';

const text = '地灾红色预警：石碑村。立即撤到村小学，勿返回取物。15:20发布。收到回1，求助回2';
const read = '地质灾害防治电话，请听完。地灾红色预警：石碑村。立即撤到村小学，勿返回取物。15:20发布。确认收到请按1，需要帮助请按2';

type Options = ConstructorParameters<typeof AlicloudVoice>[0];
let bench: GatewayBench;
let channel: AlicloudVoice;
const optionsOf = (over: Partial<Options> = {}): Options => ({
  endpoint: `127.0.0.1:${bench.simulator.port}`,
  protocol: 'HTTP',
  ...simulatorAccount,
  ttsCode: voiceTemplates.start.code,
  showNumber: '08380000000',
  ackCode: voiceTemplates.ack.code,
  helpCode: voiceTemplates.help.code,
  byeCode: voiceTemplates.bye.code,
  clock: { now: Date.now },
  timeoutMs: ANSWER_MS,
  ...over,
});
const call = (outId: string, to?: string) =>
  aMessage(outId, { ...(to === undefined ? {} : { to }), template: { code: 'SMS_900001', params: {}, text } });
const never = new AbortController().signal;

beforeAll(async () => {
  bench = await GatewayBench.open('望山县自然资源局', { callMs: 300 });
  await bench.order('__templates', { signs: ['望山县自然资源局'], templates: Object.values(voiceTemplates) });
  channel = new AlicloudVoice(optionsOf());
  await bench.pushTo(channel);
});
afterAll(() => bench.close());

/** Questions of the table come without the vendor's name of the call, which is the only thing a call can be asked about by. */
class AnsweringChannel extends AlicloudVoice {
  readonly #callIds = new Map<string, string>();
  override async send(...[message, signal]: Parameters<AlicloudVoice['send']>) {
    const result = await super.send(message, signal);
    if (result.ok) this.#callIds.set(message.outId, result.providerId);
    return result;
  }
  override async query(question: Parameters<AlicloudVoice['query']>[0]) {
    const providerId = this.#callIds.get(question.outId);
    return providerId === undefined ? ('ABSENT' as const) : super.query({ ...question, providerId });
  }
}
let answering: AnsweringChannel | undefined;
channelConformance('voice', () => ({
  channel: (answering ??= new AnsweringChannel(optionsOf({ byeCode: undefined }))),
  mood: (mood) => bench.mood(mood),
  taken: (outId) => bench.taken(outId),
  message: (outId) => call(outId),
}));

describe('calls over the wire', () => {
  it('reads the message out, without what an SMS asks for', async () => {
    await bench.mood('accepts');
    expect(await channel.send(call('d-v-1', '13911112222'), never)).toMatchObject({ ok: true });
    expect((await bench.outbox()).find(({ outId }) => outId === 'd-v-1')).toMatchObject({
      to: '+8613911112222',
      text: read,
      channel: 'voice',
    });
  });

  it('key 1 is a reply to this very message, and the call was heard', async () => {
    await channel.send(call('d-v-2', '13911112223'), never);
    await bench.order('__call', { to: '13911112223', key: '1' });
    expect(await bench.replyTo('d-v-2')).toMatchObject({ provider: 'alicloud-voice', channel: 'voice', from: '13911112223', content: '1' });
    expect(await bench.receiptOf('d-v-2')).toMatchObject({ status: 'delivered' });
  });

  it('key 2 calls for help', async () => {
    await channel.send(call('d-v-3', '13911112224'), never);
    await bench.order('__call', { to: '13911112224', key: '2' });
    expect((await bench.replyTo('d-v-3')).content).toBe('2');
  });

  it('heard to the end is delivered, nobody has replied', async () => {
    await channel.send(call('d-v-4', '13911112225'), never);
    expect(await bench.receiptOf('d-v-4')).toMatchObject({ status: 'delivered', code: '200000' });
    expect(bench.news.replies.some(({ outId }) => outId === 'd-v-4')).toBe(false);
  });

  it('hung up at once, or not answered, is not told', async () => {
    await channel.send(call('d-v-5', '13911112226'), never);
    await bench.order('__call', { to: '13911112226' });
    expect(await bench.receiptOf('d-v-5')).toMatchObject({ status: 'failed', code: '200001' });
    await channel.send(call('d-v-6', '13911119006'), never);
    expect(await bench.receiptOf('d-v-6')).toMatchObject({ status: 'failed', code: '200003' });
  });

  it('a second call within the minute is a limit of the recipient', async () => {
    expect(await channel.send(call('d-v-7', '13911112222'), never)).toMatchObject({ ok: false, cls: 'RECIPIENT_LIMIT' });
  });

  it('can be asked about by the vendor’s name of the call, and only by it', async () => {
    const sentAt = Date.now();
    const sent = await channel.send(call('d-v-8', '13911112228'), never);
    const providerId = sent.ok ? sent.providerId : '';
    const question = { outId: 'd-v-8', to: '13911112228', sentAt };
    expect(await channel.query({ ...question, providerId })).toEqual({ status: 'ACCEPTED', providerId });
    await bench.receiptOf('d-v-8');
    expect(await channel.query({ ...question, providerId })).toEqual({ status: 'DELIVERED', providerId, code: '200000' });
    await expect(channel.query(question)).rejects.toThrow('CallId');
  });

  it('without a number to show it is a call that only reads', async () => {
    const plain = new AlicloudVoice(optionsOf({ showNumber: undefined }));
    expect(plain.capabilities.replies).toBe(false);
    expect(await plain.send(call('d-v-9', '13911112229'), never)).toMatchObject({ ok: true });
    await expect(bench.order('__call', { to: '13911112229', key: '1' })).resolves.toBeUndefined();
    expect((await bench.receiptOf('d-v-9')).outId).toBe('d-v-9');
    expect(bench.news.replies.some(({ outId }) => outId === 'd-v-9')).toBe(false);
  });

  it('a text of its own is called by its own code', async () => {
    const own = { ...call('d-v-10'), template: { code: voiceTemplates.ack.code, params: {}, text: 'x' } };
    expect(await channel.send(own, never)).toMatchObject({ ok: true });
    expect((await bench.outbox()).find(({ outId }) => outId === 'd-v-10')?.text).toBe(voiceTemplates.ack.text);
  });
});
