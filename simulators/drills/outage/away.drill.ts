import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeviceCommand, MINUTE, SECOND, type SystemAlarm, topics } from '#libs/contracts';
import { ApiClient, County, OutboxWatch, type Ports, StationProcess, testPassword, until, WallObserver } from '#libs/testing';
import { Fleet } from './fleet.js';
import { HeldDatabase, type Outage } from './held-database.js';

/** How long the database is away. Two minutes by command: AWAY_SECONDS=120. */
const AWAY_MS = Number(process.env['AWAY_SECONDS'] ?? 10) * SECOND;
/** What a red warning has, from the crossing to the wall and to the vendor. */
const RED_LIMIT_MS = 5 * SECOND;
const loadPoint = '513221010060';
const loadDevices = ['91900000', '91900001', '91900002', '91900003'];

describe('a database that is away, under load', () => {
  let database: HeldDatabase;
  let station: StationProcess;
  let ports: Ports;
  let county: County;
  let outbox: OutboxWatch;
  let wall: WallObserver;
  const fleet = new Fleet(() => ports.mqtt);

  const start = async (): Promise<void> => {
    ports = await station.start();
    const api = await ApiClient.login(`http://127.0.0.1:${ports.http}`, 'admin', testPassword);
    county = new County(api);
    outbox = new OutboxWatch(`http://127.0.0.1:${ports.gateway}`);
    wall = await WallObserver.connect(`http://127.0.0.1:${ports.http}`, api.token);
  };
  const settle = (): void => {
    wall?.close();
    void outbox?.stop();
  };
  const mode = async (): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${ports.http}/readyz`);
    return ((await answer.json()) as { stages: Record<string, { status: string; detail: string }> }).stages['store']?.status ?? '';
  };
  const backUp = () => until('the journal to be drained', 60 * SECOND, async () => (await mode()) === 'ok');

  /** A point with one household and one crack meter, calm so far. */
  const calmPoint = async (point: string, device: string, phone: string) => {
    await county.createPoint(point);
    await county.createHousehold(point, phone);
    await fleet.register(county, device, point);
    const link = await fleet.connect(device);
    const now = Date.now();
    await fleet.publish(link, device, [
      [now - 30 * MINUTE, 0],
      [now - MINUTE, 0.2],
    ]);
    return link;
  };
  const redOnWall = (point: string) =>
    wall.events.filter(({ type, payload }) => {
      const warning = payload as { hazardPoint?: string; level?: string };
      return type.startsWith('warning.') && warning.hazardPoint === point && warning.level === 'red';
    });
  const alarms = () =>
    wall.events
      .filter(({ type }) => type === 'system.alarm')
      .map(({ payload }) => payload as SystemAlarm)
      .filter(({ code }) => code === 'database-away');

  /** Acknowledged ⊆ stored ⊆ published; after resends stored = published. Each (device, time, channel) once. */
  const nothingLost = async (): Promise<void> => {
    for (const [deviceId, { sent, acknowledged }] of fleet.published) {
      const stored = async () => {
        const readings = await county.readings(deviceId, 'L1_LF_1', Date.now() - 120 * MINUTE, Date.now() + 120 * MINUTE);
        const found = new Map(readings.map(({ time, value }) => [Date.parse(time), value]));
        expect(readings, `${deviceId}: a reading is there twice`).toHaveLength(found.size);
        return found;
      };
      const found = await stored();
      const lost = [...acknowledged].filter((time) => found.get(time) !== sent.get(time));
      expect(lost.slice(0, 3), `${deviceId}: ${lost.length} acknowledged and lost`).toEqual([]);
      const strange = [...found].filter(([time, value]) => sent.get(time) !== value);
      expect(strange.slice(0, 3), `${deviceId}: ${strange.length} stored and never sent`).toEqual([]);
      await fleet.resend(deviceId);
      expect([...(await stored())].sort(), `${deviceId}: stored ≠ published`).toEqual([...sent].sort());
    }
  };
  /** One warning, one message, one consultation; the message is known to have arrived. */
  /** Red is written and called at once; what is counted here is written. */
  const written = async (id: string) => (await county.deliveries(id)).filter(({ channel }) => channel === 'sms');
  const exactlyOnce = async (point: string, phone: string): Promise<void> => {
    const warnings = await county.warnings(point);
    expect(warnings.map(({ level, state }) => `${level} ${state}`)).toEqual(['red confirmed']);
    const id = warnings[0]?.id ?? '';
    await until('the receipt', 40 * SECOND, async () => (await written(id))[0]?.status === 'delivered');
    expect(await written(id)).toHaveLength(1);
    expect(await outbox.messages(phone)).toHaveLength(1);
    expect(await county.consultations(id)).toHaveLength(1);
  };

  beforeAll(async () => {
    const { build } = (await import(new URL('../../../scripts/lib/prepare.mjs', import.meta.url).href)) as { build: () => Promise<void> };
    await build();
    database = await HeldDatabase.start();
    station = StationProcess.create({ WANGSHAN_DEVICE_RATE: '0', WANGSHAN_DATABASE_URL: database.url });
    await start();
    await county.callNobodyAgain();
    await county.createPoint(loadPoint);
    for (const device of loadDevices) await fleet.register(county, device, loadPoint);
  }, 240_000);
  afterAll(async () => {
    settle();
    await station.kill();
    await database.remove();
    await station.remove();
  });

  const outages: [how: Outage, round: number][] = [
    ['stopped', 0],
    ['frozen', 1],
  ];
  it.each(outages)(
    'database %s: red is on the wall and at the vendor within five seconds, nothing is lost, nothing doubled',
    async (how, round) => {
      const point = `51322101007${round}`;
      const device = `9191000${round}`;
      const phone = `1391100000${round}`;
      const later = { point: `51322101008${round}`, device: `9192000${round}`, phone: `1391100010${round}` };
      const link = await calmPoint(point, device, phone);
      const second = await calmPoint(later.point, later.device, later.phone);
      await second.subscribe(topics.commandDown(later.device));
      const before = fleet.acknowledged();
      fleet.load(loadDevices, 5, 10);
      await until('the load', 30 * SECOND, () => fleet.acknowledged() > before + 300);
      const seenBefore = wall.events.at(-1)?.seq ?? 0;

      const now = Date.now();
      await fleet.publish(link, device, [[now - 15 * SECOND, 50]]);
      const gone = database.takeAway(how);
      const crossed = Date.now();
      const crossing = fleet.publish(link, device, [[now, 52]]);
      await until('red on the wall', RED_LIMIT_MS, () => redOnWall(point).length > 0);
      await until(
        'the message at the vendor',
        RED_LIMIT_MS - (Date.now() - crossed),
        async () => (await outbox.messages(phone)).length > 0,
      );
      await crossing;
      await gone;
      await until('the alarm', 5 * SECOND, () => alarms().some(({ code, standing }) => code === 'database-away' && standing));
      expect(await mode()).toBe('degraded');
      expect(
        (
          await fetch(`http://127.0.0.1:${ports.http}/api/v1/warnings?limit=5`, {
            headers: { authorization: `Bearer ${county.api.token}` },
          })
        ).status,
      ).toBe(503);

      // A second one when it has long been away; devices are acknowledged all the while.
      await sleep(AWAY_MS / 2);
      const acknowledged = fleet.acknowledged();
      await fleet.publish(second, later.device, [[Date.now() - 10 * SECOND, 50]]);
      const secondCrossed = Date.now();
      await fleet.publish(second, later.device, [[Date.now(), 52]]);
      await until('red on the wall', RED_LIMIT_MS, () => redOnWall(later.point).length > 0);
      await until('the message', RED_LIMIT_MS - (Date.now() - secondCrossed), async () => (await outbox.messages(later.phone)).length > 0);
      // The slope that moves is watched densely at once, not when the database is back.
      const told = await until('the device to be told', 10 * SECOND, () =>
        second.received.map(({ payload }) => payload.toString()).find((text) => text.startsWith('$cmd=setsensortime&')),
      );
      const msgid = /msgid=(\d+)/.exec(told)?.[1] ?? '';
      await second.publish(topics.commandReply(later.device), `$cmd=setsensortime&result=succ&msgid=${msgid}`);
      await sleep(AWAY_MS / 2);
      expect(fleet.acknowledged(), 'devices are acknowledged from the journal').toBeGreaterThan(acknowledged + 100);

      await database.bringBack();
      await backUp();
      await until('the end of the alarm', 5 * SECOND, () => alarms().at(-1)?.code === 'database-away' && !alarms().at(-1)?.standing);
      await fleet.endLoad();
      await link.disconnect();
      await second.disconnect();
      await nothingLost();
      await exactlyOnce(point, phone);
      await exactlyOnce(later.point, later.phone);
      expect(await county.api.all<DeviceCommand>(`/devices/${later.device}/commands`)).toMatchObject([
        { msgid, by: 'densify', state: 'succeeded', command: 'setsensortime' },
      ]);
      const seqs = wall.events.map(({ seq }) => seq).filter((seq) => seq > seenBefore);
      expect(seqs, 'events carry on in one sequence').toEqual(seqs.toSorted((a, b) => a - b));
      expect(new Set(seqs).size).toBe(seqs.length);
      expect(await county.api.get('/audit/verify')).toMatchObject({ ok: true });
    },
    AWAY_MS + 180_000,
  );

  it.each(['before it is noticed', 'when it has long been noticed'])(
    'stopped under load while the database hangs, %s: within twenty-five seconds, and nothing acknowledged is lost',
    async (when) => {
      const before = fleet.acknowledged();
      fleet.load(loadDevices, 5, 10);
      await until('the load', 30 * SECOND, () => fleet.acknowledged() > before + 300);
      await database.takeAway('frozen');
      if (when !== 'before it is noticed') {
        const gone = fleet.acknowledged();
        await until('the journal', 30 * SECOND, () => fleet.acknowledged() > gone + 300);
      }
      settle();
      const began = Date.now();
      expect(await station.interrupt()).toBe('0');
      expect(Date.now() - began).toBeLessThan(25 * SECOND);
      await fleet.endLoad();
      await database.bringBack();
      await start();
      await nothingLost();
    },
  );

  it('killed while the database is away: started without it accepts and sends nothing, with it takes over; nothing lost, nothing twice', async () => {
    const point = '513221010078';
    const device = '91910008';
    const phone = '13911000008';
    const link = await calmPoint(point, device, phone);
    const unjudged = { point: '513221010079', device: '91910009', phone: '13911000009' };
    await calmPoint(unjudged.point, unjudged.device, unjudged.phone);
    // The snapshot that a start without the database lives on is written within seconds of a change.
    await sleep(8 * SECOND);
    await database.takeAway('stopped');
    const now = Date.now();
    await fleet.publish(link, device, [[now - 15 * SECOND, 50]]);
    await fleet.publish(link, device, [[now, 52]]);
    await until('the message', RED_LIMIT_MS, async () => (await outbox.messages(phone)).length > 0);
    settle();
    await station.kill();

    ports = await station.start('waiting');
    const ready = await fetch(`http://127.0.0.1:${ports.http}/readyz`);
    expect([ready.status, ((await ready.json()) as { stages: Record<string, { status: string }> }).stages['store']?.status]).toEqual([
      503,
      'down',
    ]);
    expect((await fetch(`http://127.0.0.1:${ports.http}/api/v1/warnings`)).status).toBe(503);
    const again = await fleet.connect(device);
    await fleet.publish(again, device, [[Date.now(), 54]]);
    // Another point crosses: taken, but not judged before the database is back.
    const other = await fleet.connect(unjudged.device);
    await fleet.publish(other, unjudged.device, [[Date.now() - 15 * SECOND, 50]]);
    await fleet.publish(other, unjudged.device, [[Date.now(), 52]]);

    const taken = station.ready;
    await database.bringBack();
    ports = await taken;
    const api = await ApiClient.login(`http://127.0.0.1:${ports.http}`, 'admin', testPassword);
    county = new County(api);
    outbox = new OutboxWatch(`http://127.0.0.1:${ports.gateway}`);
    wall = await WallObserver.connect(`http://127.0.0.1:${ports.http}`, api.token);
    await nothingLost();
    await exactlyOnce(point, phone);
    await until('the warning of the other point', 20 * SECOND, async () => (await outbox.messages(unjudged.phone)).length > 0);
    await exactlyOnce(unjudged.point, unjudged.phone);
    expect(await county.api.get('/audit/verify')).toMatchObject({ ok: true });
  });
});
