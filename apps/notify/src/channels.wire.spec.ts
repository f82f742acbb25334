import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  ChannelSettings,
  Settings,
  simulatorBroadcast,
  simulatorDingtalk,
  simulatorSmtp,
  simulatorWebhook,
  simulatorWecom,
} from '#libs/contracts';
import { GatewayBench } from '../../../libs/notify/src/fakes/gateway-bench.js';
import { testChannel } from './channel-test.js';
import { SettingsChannels } from './channels.js';

let bench: GatewayBench;
let settings: ChannelSettings;
const driversOf = (channels: ChannelSettings) => new SettingsChannels(clock, () => horns).of(Settings.parse({ channels }));
const clock = { now: Date.now };
const horns = { say: async () => ({ msgid: 'm1', state: 'sent' as const }), find: async () => undefined, callOff: async () => undefined };

beforeAll(async () => {
  bench = await GatewayBench.open('望山县自然资源局');
  const inside = { privateAddress: true };
  settings = ChannelSettings.parse({
    robots: [
      {
        id: 'ding',
        vendor: 'dingtalk',
        url: `${bench.url}/robot/send?access_token=${simulatorDingtalk.accessToken}`,
        secret: simulatorDingtalk.secret,
      },
      { id: 'wecom', vendor: 'wecom', url: `${bench.url}/cgi-bin/webhook/send?key=${simulatorWecom.key}` },
      { id: 'off', vendor: 'wecom', url: `${bench.url}/cgi-bin/webhook/send?key=${simulatorWecom.key}`, on: false },
      { id: 'broken', vendor: 'wecom', url: `${bench.url}/cgi-bin/webhook/send?key=nobody` },
    ],
    smtp: {
      host: '127.0.0.1',
      port: bench.simulator.smtpPort,
      security: 'none',
      ...simulatorSmtp,
      sender: 'warning@county.example',
      to: ['duty@county.example'],
    },
    webhooks: [{ id: 'office', url: `${bench.url}/hook/office`, ...simulatorWebhook, ...inside }],
    broadcast: {
      platform: { url: `${bench.url}/ebm/messages`, ...simulatorBroadcast, areaCodes: ['513221'], ...inside },
      horns: { devices: ['513221-01'] },
    },
  });
});
afterAll(() => bench.close());

it.each([
  ['robot:ding', 'dingtalk', true],
  ['robot:wecom', 'wecom', true],
  ['email', 'smtp', true],
  ['webhook:office', 'webhook', true],
  ['broadcast:platform', 'broadcast', false],
] as const)('a test by %s arrives, and says that it is one', async (name, provider, delivered) => {
  const drivers = driversOf(settings);
  expect(await testChannel(name, drivers, settings, `t-${provider}`)).toEqual({ ok: true, delivered });
  const [message] = (await bench.outbox()).filter((one) => one.provider === provider);
  expect(message?.text).toContain('不是预警');
});

it('says what is wrong with one that is not set up as it should be, and knows none that is off', async () => {
  const drivers = driversOf(settings);
  expect(await testChannel('robot:broken', drivers, settings, 't1')).toEqual({
    ok: false,
    delivered: false,
    class: 'ACCOUNT',
    code: '93000',
  });
  for (const name of ['robot:off', 'robot:none', 'wall:centre', 'webhook:none', 'sms', ''])
    expect(await testChannel(name, drivers, settings, 't2')).toBeUndefined();
});

it('speaks through a horn only where there is a way down', async () => {
  expect(await testChannel('broadcast:513221-01', driversOf(settings), settings, 't3')).toEqual({
    ok: true,
    delivered: false,
  });
  expect(
    await testChannel(
      'broadcast:513221-01',
      new SettingsChannels(clock, () => undefined).of(Settings.parse({ channels: settings })),
      settings,
      't4',
    ),
  ).toBeUndefined();
});

it('a drill stays inside: no channel of the settings is a simulated one', () => {
  expect(driversOf(settings).every(({ simulated }) => !simulated)).toBe(true);
  expect(driversOf(ChannelSettings.parse({}))).toEqual([]);
});

it('a channel stays the one it was while its account does; off or removed it is there for those it told', () => {
  const shelf = new SettingsChannels(clock, () => horns);
  const of = (channels: object, former: object[] = []) =>
    Object.fromEntries(shelf.of(Settings.parse({ channels, formerChannels: former })).map((one) => [one.channel.name, one]));
  const robot = (id: string, over: object = {}) => ({ id, vendor: 'wecom', url: `https://a.example/?key=${id}`, ...over });
  const first = of({ robots: [robot('one'), robot('two')] });
  const second = of({ robots: [robot('one', { fromLevel: 'red' }), robot('two', { url: 'https://a.example/?key=new' })] });
  expect(second['wecom:one']?.channel).toBe(first['wecom:one']?.channel);
  expect(second['wecom:two']?.channel).not.toBe(first['wecom:two']?.channel);
  const third = of({ robots: [robot('one', { on: false })] }, [{ removedAt: 1, robots: [robot('two')], horns: ['513221-01'] }]);
  expect(third['wecom:one']).toEqual({ channel: first['wecom:one']?.channel, simulated: false, farewell: true });
  expect(third['wecom:two']?.farewell).toBe(true);
  expect(third['horn']?.farewell).toBe(true);
});
