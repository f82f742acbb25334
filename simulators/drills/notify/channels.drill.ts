import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  simulatorBroadcast,
  simulatorSmtp,
  simulatorWebhook,
  simulatorWecom,
  topics,
  WallMessage,
  type DeviceCommand,
  type DeliveryView,
  type GatewayMessage,
  type HookView,
} from '#libs/contracts';
import { PATIENCE_MS, type RecordingDevice, type TestStation, testStation, until } from '#libs/testing';
import { startGatewaySimulator, type GatewaySimulator } from '#simulators/gateways';
import { calm, frameOf, opening } from '../outside/readings.js';

const POINT = '513221010091';
/** The instrument whose readings go red, and the horn on the same slope. */
const [INSTRUMENT, HORN] = ['91900091', '91900092'] as const;
/** Another horn there, which sleeps until all is over. */
const SLEEPER = '91900093';
/** Whoever is told beside people, and the role of its text. */
const WAYS = ['robot', 'email', 'webhook', 'broadcast platform', 'broadcast horn', 'wall'] as const;

describe('every channel, from a reading to its receipt', () => {
  let station: TestStation;
  let others: GatewaySimulator;
  let dataDir: string;
  let horn: RecordingDevice;
  let sleeperSecret: string;
  let warning: string;
  let answering: NodeJS.Timeout | undefined;

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'wangshan-channels-'));
    // The vendors of the settings stand for themselves: their mail server has a port of its own.
    others = await startGatewaySimulator({ port: 0, dataDir, receiptDelayMs: 30 });
    station = await testStation('drill channels');
    await station.county.createPoint(POINT);
    await station.county.createHousehold(POINT, '13900000091');
    const secret = await station.county.createDevice(INSTRUMENT, 'crack-meter', POINT);
    horn = await station.device(HORN, await station.county.createDevice(HORN, 'crack-meter', POINT));
    await horn.subscribe(topics.commandDown(HORN));
    sleeperSecret = await station.county.createDevice(SLEEPER, 'crack-meter', POINT);
    answering = answerAll();
    await enter(others);
    await toRed(secret);
    warning = await until('the red warning', PATIENCE_MS, async () => {
      const [found] = await station.county.warnings(POINT);
      return found?.release.public === 'published' && found.id;
    });
  });
  afterAll(async () => {
    clearInterval(answering);
    await horn?.disconnect();
    await station?.stop();
    await others?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** The far ends: a display that says what it has painted, and a horn that answers what it has said, each once. */
  function answerAll(): NodeJS.Timeout {
    const done = new Set<string>();
    const once = (what: string, answer: () => Promise<unknown>): void => {
      if (done.has(what)) return;
      done.add(what);
      answer().catch(() => done.delete(what));
    };
    return setInterval(() => {
      for (const { delivery } of painted()) once(delivery, () => station.wall.ask('shown', { delivery }));
      for (const { payload } of horn.received) {
        const [, msgid] = /^\$cmd=broadcast&.*msgid=(\d+)/.exec(payload.toString()) ?? [];
        if (msgid !== undefined) once(msgid, () => horn.publish(topics.commandReply(HORN), `$cmd=broadcast&result=succ&msgid=${msgid}`));
      }
    }, 50);
  }

  async function enter({ port, smtpPort }: GatewaySimulator): Promise<void> {
    const url = `http://127.0.0.1:${port}`;
    await station.api.call('PATCH', '/settings', {
      channels: {
        robots: [{ id: 'duty', vendor: 'wecom', url: `${url}/cgi-bin/webhook/send?key=${simulatorWecom.key}` }],
        smtp: {
          host: '127.0.0.1',
          port: smtpPort,
          security: 'none',
          ...simulatorSmtp,
          sender: 'warn@county.example',
          to: ['duty@county.example'],
        },
        webhooks: [{ id: 'office', url: `${url}/hook/office`, ...simulatorWebhook, privateAddress: true, scope: 'public' }],
        broadcast: {
          platform: { url: `${url}/ebm/messages`, ...simulatorBroadcast, areaCodes: ['513221'] },
          horns: { devices: [HORN, SLEEPER], times: 1 },
        },
      },
    });
    const hook = (await station.api.all<HookView>('/system/hooks')).find(({ driver }) => driver === 'broadcast');
    await fetch(`${url}/__hooks`, { method: 'POST', body: JSON.stringify({ broadcast: station.url + (hook?.path ?? '') }) });
  }

  const painted = (): WallMessage[] =>
    station.wall.events.filter(({ type }) => type === 'warning.display').map(({ payload }) => WallMessage.parse(payload));

  async function toRed(secret: string): Promise<void> {
    const link = await station.device(INSTRUMENT, secret);
    const now = Date.now();
    for (const sample of [...calm(now), ...opening(now)]) await link.publish(topics.nationalUp, frameOf(INSTRUMENT, [sample]));
    await link.disconnect();
  }

  const wayOf = ({ channel, address }: DeliveryView): string =>
    channel === 'broadcast' ? (address.endsWith('platform') ? 'broadcast platform' : 'broadcast horn') : channel;
  /** Ways of the messages in these words that have arrived, by the report of the warning. */
  const arrived = async (words: RegExp): Promise<string[]> =>
    (await station.county.deliveries(warning))
      .filter(({ channel, status, text }) => channel !== 'sms' && channel !== 'voice' && status === 'delivered' && words.test(text))
      .map(wayOf)
      .toSorted();
  const outbox = async (): Promise<GatewayMessage[]> =>
    (await (await fetch(`http://127.0.0.1:${others.port}/__outbox`)).json()) as GatewayMessage[];
  const taken = async (words: RegExp): Promise<string[]> =>
    (await outbox())
      .filter(({ text }) => words.test(text))
      .map(({ channel }) => channel)
      .toSorted();
  const spoken = (): string[] => [
    ...new Set(horn.received.flatMap(({ payload }) => /^\$cmd=broadcast&.*?(?=&msgid)/.exec(payload.toString())?.[0] ?? [])),
  ];

  it('the warning reaches each once, and each says so', async () => {
    await until('every receipt', PATIENCE_MS, async () => (await arrived(/红色预警/)).length >= WAYS.length);
    expect(await arrived(/红色预警/)).toEqual(WAYS.toSorted());
    expect(await taken(/红色预警/)).toEqual(['broadcast', 'email', 'robot', 'webhook']);
    expect(spoken()).toHaveLength(1);
    expect(painted()).toMatchObject([{ warning, level: 'red', kind: 'warning', exercise: false }]);
  });

  it('the all-clear too, also where the channel was taken out of the settings meanwhile; the loudspeakers are stopped first', async () => {
    await station.api.call('PATCH', '/settings', { channels: { robots: [], smtp: null } });
    await station.api.post(`/warnings/${warning}/sign`, {});
    await station.api.post(`/warnings/${warning}/all-clear`, { disposal: 3 });
    await until('every receipt', PATIENCE_MS, async () => (await arrived(/解除/)).length >= WAYS.length);
    expect(await arrived(/解除/)).toEqual(WAYS.toSorted());
    expect(await taken(/解除/)).toEqual(['broadcast', 'email', 'robot', 'webhook']);
    expect(spoken()).toHaveLength(2);
    expect(painted().map(({ kind }) => kind)).toEqual(['warning', 'all-clear']);
    const platform = (await outbox()).filter(({ channel }) => channel === 'broadcast');
    expect(platform.map(({ outId }) => outId.split(':')[0] === 'stop')).toEqual([false, true, false]);
  });

  it('a horn that slept through it hears the all-clear and nothing else: the warning that waited for it was called off', async () => {
    const commands = () => station.api.all<DeviceCommand>(`/devices/${SLEEPER}/commands`);
    const spoken = async () => (await commands()).filter(({ command }) => command === 'broadcast');
    expect(await spoken()).toMatchObject([
      { state: 'queued', parameters: { text: expect.stringContaining('解除') as string } },
      { state: 'cancelled', reason: 'replaced', tryCount: 0, parameters: { text: expect.stringContaining('红色预警') as string } },
    ]);
    const sleeper = await station.device(SLEEPER, sleeperSecret);
    await sleeper.subscribe(topics.commandDown(SLEEPER));
    const [told] = await spoken();
    await until('the all-clear', PATIENCE_MS, () => sleeper.received.some(({ payload }) => payload.includes(`msgid=${told?.msgid}`)));
    expect(sleeper.received.filter(({ payload }) => payload.toString().startsWith('$cmd=broadcast'))).toHaveLength(1);
    await sleeper.disconnect();
  });
});
