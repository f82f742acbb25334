import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatewayMessage, simulatorAccount } from '#libs/contracts';
import { startGatewaySimulator, type GatewaySimulator } from '#simulators/gateways';
import { channelConformance, type ProviderMood } from '../../channel.conformance.js';
import type { ProviderNews } from '../../ports.js';
import { AlicloudVoice } from './channel.js';
import { voiceTemplates } from './spoken.js';

const text = '地灾红色预警：石碑村。立即撤到村小学，勿返回取物。15:20发布。收到回1，求助回2';
const read = '地质灾害防治电话，请听完。地灾红色预警：石碑村。立即撤到村小学，勿返回取物。15:20发布。确认收到请按1，需要帮助请按2';

let dataDir: string;
let simulator: GatewaySimulator;
let station: Server;
let channel: AlicloudVoice;
let phone = 0;
const told: ProviderNews[] = [];
let heard: () => void = () => undefined;

const post = async (path: string, body: unknown) => {
  const answer = await fetch(`http://127.0.0.1:${simulator.port}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
};
const outbox = async () =>
  ((await (await fetch(`http://127.0.0.1:${simulator.port}/__outbox`)).json()) as unknown[]).map((one) => GatewayMessage.parse(one));
const makeChannel = (over: Partial<ConstructorParameters<typeof AlicloudVoice>[0]> = {}) =>
  new AlicloudVoice({
    endpoint: `127.0.0.1:${simulator.port}`,
    protocol: 'HTTP',
    ...simulatorAccount,
    ttsCode: voiceTemplates.start.code,
    showNumber: '08380000000',
    ackCode: voiceTemplates.ack.code,
    helpCode: voiceTemplates.help.code,
    byeCode: voiceTemplates.bye.code,
    clock: { now: Date.now },
    timeoutMs: 700,
    ...over,
  });
const call = (outId: string, to = `1360000${String((phone += 1)).padStart(4, '0')}`) => ({
  outId,
  to,
  template: { code: 'SMS_900001', params: {}, text },
  validitySeconds: 180,
});
const never = new AbortController().signal;
async function until<T>(what: () => T | undefined): Promise<T> {
  for (;;) {
    const found = what();
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => (heard = resolve));
  }
}
const receipt = (id: string) => until(() => told.flatMap(({ receipts }) => receipts).find(({ outId }) => outId === id));
const reply = (id: string) => until(() => told.flatMap(({ replies }) => replies).find(({ outId }) => outId === id));

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'wangshan-voice-'));
  simulator = await startGatewaySimulator({ port: 0, dataDir, callMs: 300 });
  station = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const push = channel.inbound({ method: request.method ?? '', url: '', headers: {}, body: Buffer.concat(chunks) });
      if (push) told.push(push.news);
      response.writeHead(push?.answer.status ?? 400).end(push?.answer.body);
      heard();
    });
  });
  await new Promise<void>((resolve) => station.listen(0, '127.0.0.1', resolve));
  await post('/__hooks', { 'alicloud-voice': `http://127.0.0.1:${(station.address() as AddressInfo).port}/` });
  await post('/__templates', { signs: ['望山县自然资源局'], templates: Object.values(voiceTemplates) });
  channel = makeChannel();
});
afterAll(async () => {
  await simulator.close();
  station.closeAllConnections();
  station.close();
  await rm(dataDir, { recursive: true });
});

const kindOf: Readonly<Record<ProviderMood, string>> = {
  accepts: 'none',
  TRANSIENT: 'unavailable',
  RECIPIENT_LIMIT: 'business-limit',
  RECIPIENT_PERM: 'number-illegal',
  ACCOUNT: 'amount-not-enough',
  TEMPLATE: 'template-illegal',
  CONTENT: 'content-illegal',
  'takes-it-and-hangs-up': 'accept-then-drop',
  'answers-too-late': 'delay',
};
const mood = async (kind: ProviderMood) => {
  await post('/__faults', { kind: 'none' });
  if (kind !== 'accepts') await post('/__faults', { kind: kindOf[kind], count: 1 });
};

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
  channel: (answering ??= new AnsweringChannel({
    endpoint: `127.0.0.1:${simulator.port}`,
    protocol: 'HTTP',
    ...simulatorAccount,
    ttsCode: voiceTemplates.start.code,
    showNumber: '08380000000',
    ackCode: voiceTemplates.ack.code,
    helpCode: voiceTemplates.help.code,
    clock: { now: Date.now },
    timeoutMs: 700,
  })),
  mood,
  taken: async (outId) => (await outbox()).filter((one) => one.outId === outId).length,
  message: (outId) => call(outId),
}));

describe('calls over the wire', () => {
  it('reads the message out, without what an SMS asks for', async () => {
    await mood('accepts');
    expect(await channel.send(call('d-v-1', '13911112222'), never)).toMatchObject({ ok: true });
    expect((await outbox()).find(({ outId }) => outId === 'd-v-1')).toMatchObject({ to: '+8613911112222', text: read, channel: 'voice' });
  });

  it('key 1 is a reply to this very message, and the call was heard', async () => {
    await channel.send(call('d-v-2', '13911112223'), never);
    await post('/__call', { to: '13911112223', key: '1' });
    expect(await reply('d-v-2')).toMatchObject({ provider: 'alicloud-voice', channel: 'voice', from: '13911112223', content: '1' });
    expect(await receipt('d-v-2')).toMatchObject({ status: 'delivered' });
  });

  it('key 2 calls for help', async () => {
    await channel.send(call('d-v-3', '13911112224'), never);
    await post('/__call', { to: '13911112224', key: '2' });
    expect((await reply('d-v-3')).content).toBe('2');
  });

  it('heard to the end is delivered, nobody has replied', async () => {
    await channel.send(call('d-v-4', '13911112225'), never);
    expect(await receipt('d-v-4')).toMatchObject({ status: 'delivered', code: '200000' });
    expect(told.flatMap(({ replies }) => replies).some(({ outId }) => outId === 'd-v-4')).toBe(false);
  });

  it('hung up at once, or not answered, is not told', async () => {
    await channel.send(call('d-v-5', '13911112226'), never);
    await post('/__call', { to: '13911112226' });
    expect(await receipt('d-v-5')).toMatchObject({ status: 'failed', code: '200001' });
    await channel.send(call('d-v-6', '13911119006'), never);
    expect(await receipt('d-v-6')).toMatchObject({ status: 'failed', code: '200003' });
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
    await receipt('d-v-8');
    expect(await channel.query({ ...question, providerId })).toEqual({ status: 'DELIVERED', providerId, code: '200000' });
    await expect(channel.query(question)).rejects.toThrow('CallId');
  });

  it('without a number to show it is a call that only reads', async () => {
    const plain = makeChannel({ showNumber: undefined });
    expect(plain.capabilities.replies).toBe(false);
    expect(await plain.send(call('d-v-9', '13911112229'), never)).toMatchObject({ ok: true });
    await expect(post('/__call', { to: '13911112229', key: '1' })).resolves.toBeUndefined();
    expect((await receipt('d-v-9')).outId).toBe('d-v-9');
    expect(told.flatMap(({ replies }) => replies).some(({ outId }) => outId === 'd-v-9')).toBe(false);
  });

  it('a text of its own is called by its own code', async () => {
    const own = { ...call('d-v-10'), template: { code: voiceTemplates.ack.code, params: {}, text: 'x' } };
    expect(await channel.send(own, never)).toMatchObject({ ok: true });
    expect((await outbox()).find(({ outId }) => outId === 'd-v-10')?.text).toBe(voiceTemplates.ack.text);
  });
});
