import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatewayMessage, simulatorTwilio } from '#libs/contracts';
import { startGatewaySimulator, type GatewaySimulator } from '#simulators/gateways';
import { channelConformance, type ProviderMood } from '../../channel.conformance.js';
import type { ProviderNews } from '../../ports.js';
import { TwilioSms } from './channel.js';

const sign = '望山县自然资源局';
const text = '地灾红色预警：石碑村。立即撤到村小学，勿返回取物。15:20发布。收到回1，求助回2';

let dataDir: string;
let simulator: GatewaySimulator;
let channel: TwilioSms;
let station: Server;
let hook: string;
let phone = 0;
/** What the vendor told, read as the station reads it. */
const told: ProviderNews[] = [];
const refused: string[] = [];
let heard: () => void = () => undefined;

const post = async (path: string, body: unknown) => {
  const answer = await fetch(`http://127.0.0.1:${simulator.port}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
};
const outbox = async () =>
  ((await (await fetch(`http://127.0.0.1:${simulator.port}/__outbox`)).json()) as unknown[]).map((one) => GatewayMessage.parse(one));
const makeChannel = (over: Partial<ConstructorParameters<typeof TwilioSms>[0]> = {}) =>
  new TwilioSms({
    ...simulatorTwilio,
    baseUrl: `http://127.0.0.1:${simulator.port}`,
    sign: () => sign,
    statusCallback: () => hook,
    clock: { now: Date.now },
    timeoutMs: 700,
    ...over,
  });
const message = (outId: string, to = `1370000${String((phone += 1)).padStart(4, '0')}`) => ({
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

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'wangshan-twilio-'));
  simulator = await startGatewaySimulator({ port: 0, dataDir, receiptDelayMs: 100 });
  station = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { port } = station.address() as AddressInfo;
      const headers = request.headers as Record<string, string | undefined>;
      const url = `http://127.0.0.1:${port}${request.url}`;
      const read = channel.inbound({ method: request.method ?? '', url, headers, body: Buffer.concat(chunks) });
      if (read) told.push(read.news);
      else refused.push(url);
      response.writeHead(read?.answer.status ?? 400, { 'content-type': read?.answer.type ?? 'text/plain' }).end(read?.answer.body);
      heard();
    });
  });
  await new Promise<void>((resolve) => station.listen(0, '127.0.0.1', resolve));
  hook = `http://127.0.0.1:${(station.address() as AddressInfo).port}/hooks/twilio/token`;
  await post('/__hooks', { twilio: hook });
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

channelConformance(
  'twilio',
  () => ({
    channel,
    mood: async (mood) => {
      await post('/__faults', { kind: 'none' });
      if (mood !== 'accepts') await post('/__faults', { kind: kindOf[mood], count: 1 });
    },
    taken: async (outId) => (await outbox()).filter((one) => one.outId === outId).length,
    message: (outId) => message(outId),
  }),
  // It limits senders, not recipients, and knows no templates.
  ['RECIPIENT_LIMIT', 'TEMPLATE'],
);

describe('twilio adapter over the wire', () => {
  it('arrives as it was written, with the sign in front, in E.164', async () => {
    expect(await channel.send(message('d-tw-1', '13911112222'), never)).toMatchObject({ ok: true });
    const arrived = (await outbox()).find(({ outId }) => outId === 'd-tw-1');
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
    const receipt = (id: string) => until(() => told.flatMap(({ receipts }) => receipts).find(({ outId }) => outId === id));
    await channel.send(message('d-tw-3'), never);
    await channel.send(message('d-tw-4', '13911119006'), never);
    expect(await receipt('d-tw-3')).toMatchObject({ provider: 'twilio', status: 'delivered', code: 'delivered' });
    expect(await receipt('d-tw-4')).toMatchObject({ status: 'failed', code: '30003' });
  });

  it('states that overtake each other leave one receipt, told twice', async () => {
    await channel.send(message('d-tw-5', '13911119008'), never);
    const own = () => told.flatMap(({ receipts }) => receipts).filter(({ outId }) => outId === 'd-tw-5');
    await until(() => (own().length >= 2 ? true : undefined));
    expect(own().map(({ status }) => status)).toEqual(['delivered', 'delivered']);
  });

  it('brings back a reply', async () => {
    await channel.send(message('d-tw-6', '13911114444'), never);
    await post('/__reply', { from: '13911114444', text: '收到' });
    const reply = await until(() => told.flatMap(({ replies }) => replies)[0]);
    expect(reply).toMatchObject({ provider: 'twilio', channel: 'sms', from: '+8613911114444', content: '收到' });
  });

  it('refuses what is not signed, signed for another address, or changed on the way', () => {
    const body = Buffer.from('MessageSid=SM1&MessageStatus=delivered');
    const sent = { method: 'POST', url: `${hook}?outId=d1`, body };
    expect(channel.inbound({ ...sent, headers: {} })).toBeUndefined();
    expect(channel.inbound({ ...sent, headers: { 'x-twilio-signature': 'AAAA' } })).toBeUndefined();
    expect(refused).toEqual([]);
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
