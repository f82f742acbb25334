import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DeliverySummary,
  GatewayMessage,
  Settings,
  simulatorWecom,
  SystemAlarm,
  type DeliveryIntent,
  type WallEventDraft,
  type WarningRecord,
} from '#libs/contracts';
import { planDeliveries, type Reply, type WallLink } from '#libs/notify';
import { DataKey, Health, InProcessBus, Metrics, createLogger, hashId, readConfig, wallClock } from '#libs/platform';
import { PATIENCE_MS, until as untilThere } from '#libs/testing';
import { startGatewaySimulator, type GatewaySimulator } from '#simulators/gateways';
import { MemoryOutbox } from '../../../libs/notify/src/fakes/memory-outbox.js';
import { NotifyService, type NotifyStore } from './notify.service.js';

let dataDir: string;
let gateway: GatewaySimulator;
let service: NotifyService | undefined;
let outbox: MemoryOutbox;
let events: WallEventDraft[];
let bus: InProcessBus;
let health: Health;
let metrics: Metrics;
let settings = Settings.parse({});

/** Stands for the station's HTTP edge. */
let edge: Server;
let hooksPort: number;
let told: Reply[];

beforeEach(async () => {
  settings = Settings.parse({});
  told = [];
  edge = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [, , driver = '', token = ''] = request.url?.split('/') ?? [];
      const pushed = { method: request.method ?? '', url: request.url ?? '', headers: {}, body: Buffer.concat(chunks) };
      void service
        ?.push({ driver, token, address: '127.0.0.1', request: pushed })
        .then((answer) => response.writeHead(answer?.status ?? 404).end(answer?.body));
    });
  });
  await new Promise<void>((resolve) => edge.listen(0, '127.0.0.1', resolve));
  hooksPort = (edge.address() as AddressInfo).port;
  dataDir = await mkdtemp(join(tmpdir(), 'wangshan-notify-'));
  gateway = await startGatewaySimulator({ port: 0, dataDir, receiptDelayMs: 100, callMs: 200 });
  outbox = new MemoryOutbox(wallClock.now);
  events = [];
  bus = new InProcessBus();
  health = new Health();
  metrics = new Metrics();
});
afterEach(async () => {
  await service?.stop();
  service = undefined;
  await gateway.close();
  edge.closeAllConnections();
  edge.close();
  await rm(dataDir, { recursive: true });
});

async function start(drivers: string, port = gateway.port, wall?: WallLink): Promise<NotifyService> {
  const config = readConfig({
    WANGSHAN_SMS_DRIVERS: drivers,
    WANGSHAN_ALICLOUD_ACCESS_KEY_ID: 'id',
    WANGSHAN_ALICLOUD_ACCESS_KEY_SECRET: 'secret',
    WANGSHAN_ALICLOUD_ENDPOINT: '127.0.0.1:1',
    WANGSHAN_ALICLOUD_PROTOCOL: 'HTTP',
  });
  const store: NotifyStore = {
    outbox,
    ledger: {
      write: async (entry) => {
        events.push(...(entry.events ?? []));
        return [];
      },
    },
    callouts: { households: async () => undefined },
    warnings: {
      open: async () => [],
      newest: async () => [],
      find: async () => ({ divisionCode: '513221' }) as WarningRecord,
      timeline: async () => [],
      published: async () => [],
      list: async () => ({ items: [], nextCursor: null }),
    },
  };
  service = new NotifyService(
    config,
    store,
    bus,
    () => settings,
    wallClock,
    createLogger('silent'),
    metrics,
    health,
    new DataKey('k'.repeat(43)),
  );
  if (wall) service.connectWall(wall);
  service.connectReplies(async (replies) => void told.push(...replies));
  await service.start({ gatewayPort: port, httpPort: hooksPort });
  return service;
}

const card = {
  hazardPoint: '513221010001',
  householder: '户主',
  address: '石碑村3组',
  memberCount: 4,
  evacuationRoute: '2号路线',
  shelter: '村小学',
  members: [],
  version: 1,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
};
function redFor(phones: readonly string[], exercise = false): DeliveryIntent[] {
  return planDeliveries({
    order: { scope: 'public', kind: 'warning', level: 'red', version: 1 },
    warning: { id: 'w1', exercise, deliver: exercise ? 'simulator' : 'real' },
    point: { name: '石碑村3组滑坡', kind: 'landslide', threatenedPeople: 42 },
    cards: { workCards: [], householdCards: phones.map((phone, index) => ({ ...card, id: `h${index}`, phone })) },
    settings,
    now: Date.now(),
    hash: (...parts) => hashId(24, ...parts),
  });
}
const post = async (path: string, body: unknown) => {
  const answer = await fetch(`http://127.0.0.1:${gateway.port}${path}`, { method: 'POST', body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
};
const arrived = async () =>
  ((await (await fetch(`http://127.0.0.1:${gateway.port}/__outbox`)).json()) as unknown[]).map((one) => GatewayMessage.parse(one));
const statuses = () => [...outbox.deliveries.values()].map(({ status }) => status);
/** Its receipt may be in already. */
const taken = (status: string) => status === 'accepted' || status === 'delivered';
async function until(what: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!what()) {
    if (Date.now() > end) throw new Error(`it did not happen in ${PATIENCE_MS} ms: ${statuses().join(' ')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const alarmsOf = () => events.filter(({ type }) => type === 'system.alarm').map(({ payload }) => SystemAlarm.parse(payload));

describe('notify stage, through the real SDK into the gateway simulator', () => {
  it('a red warning reaches the phones on the cards, once, with sign and outId', async () => {
    const notify = await start('simulator');
    outbox.add(redFor(['13900000001', '13900000002']));
    notify.wake();
    await until(() => statuses().every(taken));
    const messages = await arrived();
    expect(messages.map(({ to }) => to).toSorted()).toEqual(['+8613900000001', '+8613900000002']);
    for (const message of messages) {
      expect(message.text).toMatch(/^【望山县自然资源局】地灾红色预警：石碑村3组滑坡加速。立即沿2号路线撤到村小学，勿返回取物。/);
      expect(message.parts).toBe(1);
      expect(outbox.deliveries.has(message.outId)).toBe(true);
    }
    expect(health.report().notify?.status).toBe('ok');
    expect(await metrics.text()).toMatch(/wangshan_notify_settled_total\{provider="alicloud",outcome="accepted"\} 2/);
  });

  it('says how the deliveries of a warning stand, and not twice the same', async () => {
    await start('simulator');
    // Of the first no receipt ever comes.
    outbox.add(redFor(['13900009007', '13900009001']));
    await until(() => statuses().includes('accepted') && statuses().some((status) => status === 'failed_perm' || status === 'manual_task'));
    await service?.stop();
    const summaries = events.filter(({ type }) => type === 'delivery.summary');
    expect(summaries.length).toBeGreaterThan(0);
    expect(new Set(summaries.map(({ payload }) => JSON.stringify(payload))).size).toBe(summaries.length);
    const last = DeliverySummary.parse(summaries.at(-1)?.payload);
    expect(last).toMatchObject({ warning: 'w1', total: 2, byStatus: { accepted: 1 } });
    expect(summaries.at(-1)?.divisionCode).toBe('513221');
  });

  it('a lost answer is asked about, and nobody gets it twice', async () => {
    await start('simulator');
    outbox.add(redFor(['13900009004']));
    // The question that finds the message brings its receipt along.
    await until(() => statuses()[0] === 'delivered');
    expect(await arrived()).toHaveLength(1);
  });

  it('waits for a simulator that starts later', async () => {
    const { port } = gateway;
    await gateway.close();
    // Its port stays taken: to whoever runs beside this a free one may be given at any moment, to another simulator as well.
    const nobody = createTcpServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => nobody.listen(port, '127.0.0.1', resolve));
    await start('simulator', port);
    outbox.add(redFor(['13900000001']));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(statuses()).toEqual(['pending']);
    await new Promise((resolve) => nobody.close(resolve));
    gateway = await untilThere('the port', PATIENCE_MS, () => startGatewaySimulator({ port, dataDir }));
    await until(() => statuses().every(taken));
  });

  it('receipts, replies and keys come back by themselves', async () => {
    const notify = await start('simulator');
    outbox.add([...redFor(['13900000001']), { ...redFor(['13900000002'])[0]!, id: 'dcall', outId: 'dcall', channel: 'voice' }]);
    notify.wake();
    await until(() => statuses().every((status) => status === 'delivered'));
    await post('/__reply', { from: '13900000001', text: '收到' });
    await until(() => told.length === 1);
    expect(told[0]).toMatchObject({ provider: 'alicloud', channel: 'sms', from: '13900000001', content: '收到' });
    expect(await metrics.text()).toMatch(/wangshan_notify_pushes_total\{provider="alicloud",outcome="taken"\} [2-9]/);
    expect(notify.hooks().map(({ driver }) => driver)).toEqual(['alicloud', 'alicloud-voice', 'mas']);
  });

  it('a drill never leaves by a real provider', async () => {
    await start('alicloud');
    outbox.add(redFor(['13900000001'], true));
    await until(() => statuses()[0] === 'suppressed');
  });

  it('without a driver it raises the standing alarm and is degraded', async () => {
    await start('');
    expect(alarmsOf()).toMatchObject([{ code: 'no-way-to-send-sms', level: 'red', standing: true }]);
    expect(health.report().notify).toMatchObject({ status: 'degraded', detail: expect.stringContaining('No way to send SMS') as string });
  });

  it('a robot that is entered speaks from the next message on, one that is switched off does not', async () => {
    const notify = await start('');
    const url = `http://127.0.0.1:${gateway.port}/cgi-bin/webhook/send?key=${simulatorWecom.key}`;
    const robot = { id: 'duty', vendor: 'wecom', url } as const;
    const change = async (on: boolean) => {
      settings = Settings.parse({ channels: { robots: [{ ...robot, on }] } });
      await bus.publish('settings.changed', { version: 1 });
    };
    const say = (id: string) => outbox.add([{ ...redFor(['13900000001'])[0]!, id, outId: id, channel: 'robot', address: 'robot:duty' }]);
    expect(await notify.testChannel('robot:duty')).toBeUndefined();
    await change(true);
    expect(notify.sends('robot')).toBe(true);
    expect(await notify.testChannel('robot:duty')).toEqual({ ok: true, delivered: true });
    say('drobot1');
    notify.wake();
    await until(() => outbox.deliveries.get('drobot1')?.status === 'delivered');
    await change(false);
    say('drobot2');
    notify.wake();
    expect(notify.sends('robot')).toBe(false);
    expect((await arrived()).filter(({ channel }) => channel === 'robot')).toHaveLength(2);
    expect(outbox.deliveries.get('drobot2')?.status).toBe('pending');
  });

  it('a robot whose key is wrong is an alarm, until it is entered anew', async () => {
    const notify = await start('');
    const change = async (key: string) => {
      const url = `http://127.0.0.1:${gateway.port}/cgi-bin/webhook/send?key=${key}`;
      settings = Settings.parse({ channels: { robots: [{ id: 'duty', vendor: 'wecom', url }] } });
      await bus.publish('settings.changed', { version: 1 });
    };
    await change('nobody');
    const robot = { ...redFor(['13900000001'])[0]!, channel: 'robot', address: 'robot:duty' } as const;
    outbox.add([1, 2, 3, 4, 5].map((n) => ({ ...robot, id: `drobot${n}`, outId: `drobot${n}` })));
    notify.wake();
    const told = () => alarmsOf().filter(({ code }) => code === 'channel-down:wecom:duty');
    await until(() => told().length === 1);
    expect(told()[0]).toMatchObject({ level: 'yellow', standing: true, text: { en: expect.stringContaining('93000') as string } });
    await change(simulatorWecom.key);
    await until(() => statuses().every((status) => status === 'delivered'));
    expect(told().map(({ standing }) => standing)).toEqual([true, false]);
  });

  it('a robot that is out stays out when another is entered; a removed one has the last word, and no other', async () => {
    const notify = await start('');
    const url = (key: string) => `http://127.0.0.1:${gateway.port}/cgi-bin/webhook/send?key=${key}`;
    const robot = (id: string, key: string) => ({ id, vendor: 'wecom' as const, url: url(key) });
    const change = async (given: object) => {
      settings = Settings.parse(given);
      await bus.publish('settings.changed', { version: 1 });
    };
    const say = (id: string, over: Partial<DeliveryIntent>) =>
      outbox.add([{ ...redFor(['13900000001'])[0]!, id, outId: id, channel: 'robot', ...over }]);
    const broken = robot('broken', 'nobody');
    await change({ channels: { robots: [broken] } });
    for (const n of [1, 2, 3, 4, 5]) say(`dbroken${n}`, { address: 'robot:broken' });
    notify.wake();
    const told = () => alarmsOf().filter(({ code }) => code === 'channel-down:wecom:broken');
    await until(() => told().length === 1);

    await change({ channels: { robots: [broken, robot('duty', simulatorWecom.key)] } });
    say('dduty', { address: 'robot:duty' });
    notify.wake();
    await until(() => outbox.deliveries.get('dduty')?.status === 'delivered');
    expect(told().map(({ standing }) => standing)).toEqual([true]);

    const formerChannels = [{ removedAt: Date.now(), robots: [broken, robot('duty', simulatorWecom.key)] }];
    await change({ channels: { robots: [] }, formerChannels });
    say('dmore', { address: 'robot:duty' });
    say('dover', { address: 'robot:duty', kind: 'all-clear', version: 2 });
    notify.wake();
    await until(() => outbox.deliveries.get('dover')?.status === 'delivered');
    expect(outbox.deliveries.get('dmore')?.status).toBe('pending');
    expect(notify.sends('robot')).toBe(false);
    expect(told()).toHaveLength(1);
  });

  it('a warning nobody painted is an alarm, until a display shows one again; an exercise is none', async () => {
    let paint: ((outId: string) => Promise<void>) | undefined;
    settings = Settings.parse({ channels: { wall: { within: 10 } } });
    await start('', undefined, {
      show: async () => undefined,
      find: () => ({ shown: false, displays: 0 }),
      listen: (tell) => {
        paint = tell;
        return () => undefined;
      },
    });
    const wall = { ...redFor(['13900000001'])[0]!, channel: 'wall', address: 'wall:centre', recipient: 'wall:centre' } as const;
    outbox.add([
      { ...wall, id: 'ddrill', outId: 'ddrill', exercise: true, deliver: 'simulator' },
      { ...wall, id: 'dwall1', outId: 'dwall1' },
    ]);
    const told = () => alarmsOf().filter(({ code }) => code === 'wall-dark');
    await until(() => told().length > 0 && outbox.deliveries.get('ddrill')?.status === 'failed_perm');
    // The exercise stayed dark too, and alarms nobody.
    expect(told()).toHaveLength(1);
    expect(told()[0]).toMatchObject({ level: 'orange', standing: true, text: { en: expect.stringContaining('no display') as string } });
    expect(outbox.deliveries.get('dwall1')).toMatchObject({ status: 'failed_perm' });
    expect(health.report().notify?.detail).not.toContain('command centre');
    await paint?.('dwall1');
    await until(() => outbox.deliveries.get('dwall1')?.status === 'delivered');
    expect(told().map(({ standing }) => standing)).toEqual([true, false]);
  });

  it('names the variable a driver lacks', async () => {
    await expect(start('twilio')).rejects.toThrow(/WANGSHAN_TWILIO_ACCOUNT_SID and WANGSHAN_TWILIO_AUTH_TOKEN must be set/);
  });
});
