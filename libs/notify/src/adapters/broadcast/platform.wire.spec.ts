import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatorBroadcast } from '#libs/contracts';
import { channelConformance } from '../../channel.conformance.js';
import { ANSWER_MS, GatewayBench, aMessage } from '../../fakes/gateway-bench.js';
import { BroadcastPlatform } from './platform.js';

const never = new AbortController().signal;
let bench: GatewayBench;
let channel: BroadcastPlatform;
const make = (over: Partial<ConstructorParameters<typeof BroadcastPlatform>[0]> = {}) =>
  new BroadcastPlatform({
    url: `${bench.url}/ebm/messages`,
    ...simulatorBroadcast,
    areaCodes: ['513221100'],
    volume: 80,
    repeat: 3,
    privateAddress: true,
    clock: { now: Date.now },
    timeoutMs: ANSWER_MS,
    ...over,
  });
const message = (outId: string) => aMessage(outId, { to: 'broadcast:platform', about: { level: 'red', kind: 'warning', exercise: false } });

beforeAll(async () => {
  bench = await GatewayBench.open('望山县自然资源局');
  channel = make();
  await bench.pushTo(channel);
});
afterAll(() => bench.close());

channelConformance('broadcast', () => ({
  channel,
  mood: (mood) => bench.mood(mood),
  taken: (outId) => bench.taken(outId),
  message,
}));

describe('emergency broadcast over the wire', () => {
  const signed = (report: object) =>
    Buffer.from(
      JSON.stringify({
        ...report,
        signature: createHmac('sha256', simulatorBroadcast.secret).update(JSON.stringify(report)).digest('hex'),
      }),
    );
  const push = (body: Buffer) => channel.inbound({ method: 'POST', url: '/', headers: {}, body });

  it('is read out in its area, and the horns report it', async () => {
    await bench.mood('accepts');
    expect(await channel.send(message('d-horns-1'), never)).toMatchObject({ ok: true, providerId: 'd-horns-1' });
    const [taken] = (await bench.outbox()).filter(({ outId }) => outId === 'd-horns-1');
    expect(taken).toMatchObject({ to: 'area:513221100', channel: 'broadcast', text: '地灾红色预警：石碑村3组' });
    await bench.until(() => bench.news.receipts.some(({ outId }) => outId === 'd-horns-1'));
    expect(bench.news.receipts.find(({ outId }) => outId === 'd-horns-1')).toMatchObject({ status: 'delivered', code: 'played-3-of-3' });
  });

  it('what was said of the warning before falls silent before the next is said; what is over or unknown there is no hindrance', async () => {
    await bench.mood('accepts');
    await channel.send(message('d-horns-go'), never);
    const over = {
      ...message('d-horns-over'),
      about: { level: 'red', kind: 'all-clear', exercise: false, earlier: ['d-never-sent', 'd-horns-go'] },
    } as const;
    expect(await channel.send(over, never)).toMatchObject({ ok: true, providerId: 'd-horns-over' });
    expect(await channel.send(over, never)).toMatchObject({ ok: true });
    const said = (await bench.outbox()).map(({ outId }) => outId).filter((outId) => /horns-(go|over)$/.test(outId));
    expect(said).toEqual(['d-horns-go', 'stop:d-horns-go', 'd-horns-over']);
  });

  it('says nothing while it can’t be silent: the whole is tried again', async () => {
    const unanswered = make({ url: `${bench.url}/ebm/nowhere` });
    const over = { ...message('d-horns-late'), about: { level: 'red', kind: 'cancel', exercise: false, earlier: ['d-horns-1'] } } as const;
    expect(await unanswered.send(over, never)).toMatchObject({ ok: false, cls: 'ACCOUNT' });
    const silent = make({ url: 'http://127.0.0.1:1/ebm' });
    expect(await silent.send(over, never)).toMatchObject({ ok: false, cls: 'TRANSIENT' });
    expect((await bench.outbox()).some(({ outId }) => outId === 'd-horns-late')).toBe(false);
  });

  it('one horn that spoke was heard, none was not', () => {
    const terminal = (status: string) => ({ terminalId: 'h', status, playedAt: '2026-07-01T15:20:00+08:00' });
    expect(push(signed({ ebmId: 'e1', terminals: [terminal('failed'), terminal('played')] }))?.news.receipts).toMatchObject([
      { outId: 'e1', status: 'delivered', code: 'played-1-of-2' },
    ]);
    expect(push(signed({ ebmId: 'e1', terminals: [terminal('failed')] }))?.news.receipts).toMatchObject([{ status: 'failed' }]);
  });

  it('believes no report that is not signed, and none it can’t read', () => {
    const report = { ebmId: 'e1', terminals: [{ terminalId: 'h', status: 'played', playedAt: '' }] };
    for (const body of [Buffer.from(JSON.stringify({ ...report, signature: 'ab' })), Buffer.from(JSON.stringify(report)), Buffer.from('x')])
      expect(push(body)).toBeUndefined();
  });

  it('a wrong secret is the account’s fault', async () => {
    expect(await make({ secret: 'wrong' }).send(message('d-horns-2'), never)).toMatchObject({
      ok: false,
      cls: 'ACCOUNT',
      code: 'http-401',
    });
  });
});
