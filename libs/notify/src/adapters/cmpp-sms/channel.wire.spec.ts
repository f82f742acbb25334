import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { simulatorCmpp } from '#libs/contracts';
import { channelConformance } from '../../channel.conformance.js';
import { ANSWER_MS, GatewayBench, aMessage, atWorkForAnHour } from '../../fakes/gateway-bench.js';
import type { ProviderNews } from '../../ports.js';
import { CmppSms } from './channel.js';
import { decode, encode, encodeReport, type CmppVersion } from './codec.js';

const sign = '望山县自然资源局';
const never = new AbortController().signal;
const long =
  '地灾橙色预警：石碑村未来6小时滑坡风险高，老人小孩先转移到村小学，其他人做好撤离准备，避免后山活动。15:20发布。收到回1，求助回2，电话0838-1234567';
let bench: GatewayBench;
const stops: (() => Promise<void>)[] = [];
const make = (over: Partial<ConstructorParameters<typeof CmppSms>[0]> = {}) =>
  new CmppSms({
    host: '127.0.0.1',
    port: bench.simulator.cmppPort,
    ...simulatorCmpp,
    sign: () => sign,
    clock: { now: Date.now },
    timeoutMs: ANSWER_MS,
    flowPauseMs: 20,
    ...over,
  });
/** A channel whose news the bench hears. */
function listening(over: Parameters<typeof make>[0] = {}, tell = async (news: ProviderNews) => bench.hear(news)): CmppSms {
  const channel = make(over);
  stops.push(channel.listen(tell));
  return channel;
}

/** A gateway that takes 150 ms over its answer, and reports at once after it. */
function slowGateway(socket: Socket): void {
  const say = (packet: Parameters<typeof encode>[0], sequence: number) => socket.write(encode(packet, sequence, '3.0'));
  const msgId = '00000000000000aa';
  socket.on('data', (bytes) => {
    const read = decode(bytes, '3.0');
    if (!('packet' in read)) return;
    const { packet, sequence } = read;
    if (packet.command === 'connect')
      say({ command: 'connectResp', body: { status: 0, authenticator: Buffer.alloc(16), version: 0x30 } }, sequence);
    if (packet.command === 'terminate') socket.end();
    if (packet.command !== 'submit') return;
    const { to } = packet.body;
    const content = encodeReport({ msgId, state: 'DELIVRD', submittedAt: '', doneAt: '', to, smscSequence: 1 }, '3.0');
    const report = {
      msgId,
      to: '',
      serviceId: '',
      protocolId: 0,
      headed: 0,
      format: 0,
      from: to,
      fromType: 0,
      registered: 1,
      content,
      reserved: '',
    };
    setTimeout(() => {
      say({ command: 'submitResp', body: { msgId, result: 0 } }, sequence);
      say({ command: 'deliver', body: report }, 1);
    }, 150);
  });
}

beforeAll(async () => {
  bench = await GatewayBench.open(sign);
});
afterAll(() => bench.close());

for (const version of ['3.0', '2.0'] as const satisfies readonly CmppVersion[]) {
  const sentTo = new Map<string, string>();
  let channel: CmppSms | undefined;
  describe(`version ${version}`, () => {
    afterAll(async () => {
      for (const stop of stops.splice(0)) await stop();
    });
    channelConformance(
      `cmpp-${version}`,
      () => ({
        channel: (channel ??= listening({ version })),
        mood: (mood) => bench.mood(mood),
        // The protocol carries no id of ours: each case has a number of its own.
        taken: async (outId) => (await bench.outbox()).filter(({ to }) => to === `+86${sentTo.get(outId)}`).length,
        message: (outId) => {
          const message = aMessage(outId);
          sentTo.set(outId, message.to);
          return message;
        },
      }),
      ['RECIPIENT_LIMIT', 'TEMPLATE'],
    );
  });
}

describe('cmpp adapter over the wire', () => {
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    await bench.mood('accepts');
  });
  const receiptOf = async (outId: string) => {
    await bench.until(() => bench.news.receipts.some((one) => one.outId === outId));
    return bench.news.receipts.filter((one) => one.outId === outId);
  };

  it('a long text arrives whole, in parts, and is delivered once all of them are', async () => {
    const channel = listening();
    const message = aMessage('d-cmpp-long', { to: '13911120001', template: { code: '', params: {}, text: long } });
    expect(await channel.send(message, never)).toMatchObject({ ok: true });
    const [arrived] = (await bench.outbox()).filter(({ to }) => to === '+8613911120001');
    expect(arrived).toMatchObject({ text: `【${sign}】${long}`, parts: 2 });
    expect(await receiptOf('d-cmpp-long')).toMatchObject([{ provider: 'cmpp', status: 'delivered', code: 'DELIVRD' }]);
  });

  it('what did not reach the phone is told, and what was written back', async () => {
    const channel = listening();
    await channel.send(aMessage('d-cmpp-undeliv', { to: '13911129006' }), never);
    expect(await receiptOf('d-cmpp-undeliv')).toMatchObject([{ status: 'failed', code: 'UNDELIV' }]);
    await channel.send(aMessage('d-cmpp-reply', { to: '13911120002' }), never);
    await bench.order('__reply', { from: '13911120002', text: '2 求助' });
    await bench.until(() => bench.news.replies.some(({ provider }) => provider === 'cmpp'));
    expect(bench.news.replies.find(({ provider }) => provider === 'cmpp')).toMatchObject({ from: '13911120002', content: '2 求助' });
  });

  it('what could not be kept is not acknowledged, and comes again', async () => {
    let heard = 0;
    const channel = listening({}, async () => {
      heard += 1;
      throw new Error('the store is away');
    });
    await channel.send(aMessage('d-cmpp-again'), never);
    await bench.until(() => heard === 1);
    await stops.pop()?.();
    stops.push(channel.listen(async (news) => bench.hear(news)));
    expect(await receiptOf('d-cmpp-again')).toHaveLength(1);
  });

  it('an answer that is lost leaves the outcome open', async () => {
    const channel = listening();
    await bench.order('__faults', { kind: 'delay', count: 1 });
    expect(await channel.send(aMessage('d-cmpp-late'), never)).toMatchObject({ ok: false, cls: 'UNKNOWN', code: 'no-answer' });
  });

  it.each([
    ['3.0', 'd-cmpp-lost-3', '13911120031'],
    ['2.0', 'd-cmpp-lost-2', '13911120021'],
  ] as const)('version %s: a submission whose answer was lost is known by its report, also in parts', async (version, outId, to) => {
    const channel = listening({ version, clock: atWorkForAnHour() });
    await bench.order('__faults', { kind: 'accept-then-drop', count: 1 });
    const message = aMessage(outId, { to, template: { code: '', params: {}, text: long } });
    expect(await channel.send(message, never)).toMatchObject({ ok: false, cls: 'UNKNOWN', code: 'connection-lost' });
    expect(await receiptOf(outId)).toMatchObject([{ provider: 'cmpp', status: 'delivered', code: 'DELIVRD' }]);
  });

  it('a report that is there before the answer is known by the same', async () => {
    const channel = listening({ clock: atWorkForAnHour() });
    await bench.order('__faults', { kind: 'delay', count: 1 });
    const sending = channel.send(aMessage('d-cmpp-hasty', { to: '13911120041' }), never);
    expect(await receiptOf('d-cmpp-hasty')).toMatchObject([{ status: 'delivered' }]);
    expect(await sending).toMatchObject({ ok: false, cls: 'UNKNOWN', code: 'no-answer' });
  });

  it('an answer too late for whoever waited still names the message', async () => {
    const gateway = createServer((socket) => slowGateway(socket)).listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    // No hour of work behind it: number and minute alone say nothing yet.
    const channel = listening({ port: (gateway.address() as AddressInfo).port, timeoutMs: 50 });
    expect(await channel.send(aMessage('d-cmpp-slow'), never)).toMatchObject({ ok: false, cls: 'UNKNOWN', code: 'no-answer' });
    expect(await receiptOf('d-cmpp-slow')).toMatchObject([{ providerId: '00000000000000aa', status: 'delivered' }]);
    for (const stop of stops.splice(0)) await stop();
    gateway.close();
  });

  it('comes back by itself after the line broke, and everything under way on it is unknown', async () => {
    const channel = listening();
    await bench.order('__faults', { kind: 'accept-then-drop', count: 1 });
    const results = await Promise.all([1, 2, 3].map((n) => channel.send(aMessage(`d-cmpp-cut-${n}`), never)));
    expect(results.filter((one) => !one.ok && one.cls === 'UNKNOWN' && one.code === 'connection-lost').length).toBeGreaterThan(0);
    for (const one of results) expect(one.ok || one.cls === 'UNKNOWN' || one.cls === 'TRANSIENT').toBe(true);
    expect(await channel.send(aMessage('d-cmpp-back'), never)).toMatchObject({ ok: true });
  });

  it('keeps to the window: fifty at once are taken, none refused for being too many', async () => {
    const channel = listening();
    const results = await Promise.all(Array.from({ length: 50 }, (_, n) => channel.send(aMessage(`d-cmpp-w-${n}`), never)));
    expect(results.filter(({ ok }) => ok)).toHaveLength(50);
  });

  it.each([
    ['wrong secret', { secret: 'wrong' }, 'ACCOUNT', 'secret-refused'],
    ['unknown source', { source: '999999' }, 'ACCOUNT', 'source-unknown'],
    ['wrong access number', { from: '12345' }, 'ACCOUNT', 'result-10'],
    ['wrong service', { serviceId: 'OTHER' }, 'ACCOUNT', 'result-7'],
    ['nobody listening', { port: 1 }, 'TRANSIENT', 'ECONNREFUSED'],
  ] as const)('%s', async (_, over, cls, code) => {
    const channel = listening(over);
    expect(await channel.send(aMessage('d-cmpp-refused'), never)).toMatchObject({ ok: false, cls, code });
  });
});
