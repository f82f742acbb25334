import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatorAccount } from '#libs/contracts';
import { messageTemplates } from '../../message/catalogue.js';
import { channelConformance } from '../../channel.conformance.js';
import { ANSWER_MS, GatewayBench, aMessage } from '../../fakes/gateway-bench.js';
import { AlicloudSms } from './channel.js';

const sign = '望山县自然资源局';
const params = { where: "石碑村*3组 (a+b)'!~&=%", level: '红色', time: '15:20' };
const template = messageTemplates.find(({ id }) => id === 'staff:inspect')!;
const text = template.text.replace(/\$\{(\w+)\}/g, (_, name: keyof typeof params) => params[name]);

let bench: GatewayBench;
let channel: AlicloudSms;
const makeChannel = (over: Partial<ConstructorParameters<typeof AlicloudSms>[0]> = {}) =>
  new AlicloudSms({
    endpoint: `127.0.0.1:${bench.simulator.port}`,
    protocol: 'HTTP',
    ...simulatorAccount,
    sign: () => sign,
    clock: { now: Date.now },
    timeoutMs: ANSWER_MS,
    ...over,
  });
const message = (outId: string, to?: string) =>
  aMessage(outId, { ...(to === undefined ? {} : { to }), template: { code: template.code, params, text } });
const never = new AbortController().signal;

beforeAll(async () => {
  bench = await GatewayBench.open(sign, { receiptDelayMs: 1_500 });
  await bench.order('__templates', { signs: [sign], templates: messageTemplates.map(({ code, text }) => ({ code, text })) });
  channel = makeChannel();
});
afterAll(() => bench.close());

channelConformance('alicloud', () => ({
  channel,
  mood: (mood) => bench.mood(mood),
  taken: (outId) => bench.taken(outId),
  message: (outId) => message(outId),
}));

describe('alicloud adapter over the wire', () => {
  it('arrives as it was written, signed, with sign and outId', async () => {
    expect(await channel.send(message('d-wire-1', '13911112222'), never)).toMatchObject({ ok: true });
    const [arrived] = (await bench.outbox()).filter(({ outId }) => outId === 'd-wire-1');
    expect(arrived).toMatchObject({ to: '+8613911112222', text: `【${sign}】${text}`, parts: 1, provider: 'alicloud', channel: 'sms' });
  });

  it.each([
    ['wrong secret', { accessKeySecret: 'wrong' }, 'ACCOUNT', 'SignatureDoesNotMatch'],
    ['unknown key', { accessKeyId: 'nobody' }, 'ACCOUNT', 'InvalidAccessKeyId.NotFound'],
    ['unregistered sign', { sign: () => '某县自然资源局' }, 'TEMPLATE', 'isv.SMS_SIGNATURE_ILLEGAL'],
    ['nobody listening', { endpoint: '127.0.0.1:1' }, 'TRANSIENT', 'ECONNREFUSED'],
  ] as const)('%s', async (_, over, cls, code) => {
    expect(await makeChannel(over).send(message('d-wire-2'), never)).toMatchObject({ ok: false, cls, code });
  });

  it('a refused parameter is our content, not their fault', async () => {
    const broken = { ...message('d-wire-3'), template: { code: template.code, params: { where: '石碑村' }, text } };
    expect(await channel.send(broken, never)).toMatchObject({ ok: false, cls: 'CONTENT', code: 'isv.TEMPLATE_MISSING_PARAMETERS' });
  });

  it('an answer of a gateway in between leaves the outcome open', async () => {
    const proxy = createServer((_, response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const result = await makeChannel({ endpoint: `127.0.0.1:${port}` }).send(message('d-wire-4'), never);
    proxy.closeAllConnections();
    proxy.close();
    expect(result).toMatchObject({ ok: false, cls: 'UNKNOWN' });
  });

  it('tells what became of a message, by its number and outId', async () => {
    const sentAt = Date.now();
    const good = message('d-wire-5');
    const lost = message('d-wire-6', '13911119006');
    await channel.send(good, never);
    expect(await channel.query({ ...good, sentAt })).toMatchObject({ status: 'ACCEPTED' });
    await channel.send(lost, never);
    await expect.poll(() => channel.query({ ...good, sentAt })).toMatchObject({ status: 'DELIVERED', code: 'DELIVERED' });
    await expect.poll(() => channel.query({ ...lost, sentAt })).toMatchObject({ status: 'FAILED', code: 'UNDELIV' });
  });

  it('cannot ask when nobody answers, and says so without the number', async () => {
    const asking = makeChannel({ endpoint: '127.0.0.1:1' }).query({ outId: 'd-wire-7', to: '13911113333', sentAt: Date.now() });
    await expect(asking).rejects.toThrow('alicloud QuerySendDetails: ECONNREFUSED');
  });

  it('the vendor’s limit of 50 a day to one number is a limit of the recipient', async () => {
    const to = '13911115555';
    for (let i = 0; i < 50; i += 1) expect(await channel.send(message(`d-lim-${i}`, to), never)).toMatchObject({ ok: true });
    expect(await channel.send(message('d-lim-50', to), never)).toMatchObject({ ok: false, cls: 'RECIPIENT_LIMIT' });
  });
});
