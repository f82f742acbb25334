import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatorDingtalk, simulatorWecom } from '#libs/contracts';
import { channelConformance } from '../../channel.conformance.js';
import { ANSWER_MS, GatewayBench, aMessage } from '../../fakes/gateway-bench.js';
import { GroupRobot } from './channel.js';
import type { RobotDialect } from './dialect.js';
import { dingtalk } from './dingtalk.js';
import { wecom } from './wecom.js';

const never = new AbortController().signal;
let bench: GatewayBench;
/** A minute each message: the vendors' limits are what one spec below is about. */
let now = Date.now();
const dialects: Record<'dingtalk' | 'wecom', () => RobotDialect> = {
  dingtalk: () =>
    dingtalk({ url: `${bench.url}/robot/send?access_token=${simulatorDingtalk.accessToken}`, secret: simulatorDingtalk.secret }),
  wecom: () => wecom({ url: `${bench.url}/cgi-bin/webhook/send?key=${simulatorWecom.key}` }),
};
const make = (vendor: 'dingtalk' | 'wecom', dialect = dialects[vendor](), clock = { now: () => (now += 60_000) }) =>
  new GroupRobot({ id: 'county', vendor, dialect, clock, timeoutMs: ANSWER_MS });

beforeAll(async () => {
  bench = await GatewayBench.open('望山县自然资源局', { now: () => now });
});
afterAll(() => bench.close());

for (const vendor of ['dingtalk', 'wecom'] as const)
  channelConformance(
    vendor,
    () => ({
      channel: make(vendor),
      mood: (mood) => bench.mood(mood),
      // A robot carries no id of ours; the text does.
      taken: async (outId) => (await bench.outbox()).filter(({ text }) => text.includes(outId)).length,
      message: (outId) => aMessage(outId, { to: 'robot:county', template: { code: '', params: {}, text: `地灾红色预警 ${outId}` } }),
    }),
    ['RECIPIENT_PERM', 'TEMPLATE'],
  );

describe('robots over the wire', () => {
  const message = (text: string) =>
    aMessage('d-robot', {
      to: 'robot:county',
      template: { code: '', params: {}, text },
      about: { level: 'red', kind: 'warning', exercise: true },
    });

  it('says title and text, a drill as a drill, and tells that the group has it', async () => {
    await bench.mood('accepts');
    for (const vendor of ['dingtalk', 'wecom'] as const) {
      expect(await make(vendor).send(message(`石碑村 ${vendor}`), never)).toMatchObject({ ok: true, delivered: true });
      const [said] = (await bench.outbox()).filter(({ text }) => text.includes(`石碑村 ${vendor}`));
      expect(said).toMatchObject({ channel: 'robot', provider: vendor });
      expect(said?.text).toContain('演练');
      expect(said?.text).toContain('红色预警');
    }
  });

  it('speaks for its own group only', () => {
    expect(make('wecom').serves('robot:county')).toBe(true);
    expect(make('wecom').serves('robot:other')).toBe(false);
  });

  it('a text longer than the vendor takes is cut, not refused', async () => {
    expect(await make('wecom').send(message('石'.repeat(3_000)), never)).toMatchObject({ ok: true });
    expect(await make('dingtalk').send(message('石'.repeat(9_000)), never)).toMatchObject({ ok: true });
  });

  it('stops by itself before the vendor silences it', async () => {
    const robot = make('dingtalk', undefined, { now: () => now });
    const results = [];
    for (let n = 0; n < 22; n += 1) results.push(await robot.send(message(`n${n}`), never));
    expect(results.filter(({ ok }) => ok)).toHaveLength(18);
    expect(results.at(-1)).toMatchObject({ cls: 'TRANSIENT', code: 'own-rate' });
  });

  it.each([
    [
      'wrong secret',
      () => dingtalk({ url: `${bench.url}/robot/send?access_token=${simulatorDingtalk.accessToken}`, secret: 'x' }),
      '310000',
    ],
    ['unknown robot', () => dingtalk({ url: `${bench.url}/robot/send?access_token=nobody`, secret: simulatorDingtalk.secret }), '300001'],
    ['unknown key', () => wecom({ url: `${bench.url}/cgi-bin/webhook/send?key=nobody` }), '93000'],
  ] as const)('%s is the account', async (_, dialect, code) => {
    expect(await make('dingtalk', dialect()).send(message('x'), never)).toMatchObject({ ok: false, cls: 'ACCOUNT', code });
  });
});
