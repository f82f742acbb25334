import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeviceCommand, SECOND, topics } from '#libs/contracts';
import { PATIENCE_MS, type RecordingDevice, until } from '#libs/testing';
import { HeldDatabase, type Outage } from '../outside/held-database.js';
import { Meters } from '../outside/meters.js';
import { opening } from '../outside/readings.js';
import { WatchedStation } from '../outside/watched-station.js';
import { Load } from './load.js';
import { RED_LIMIT_MS } from './red-limit.js';

/** How long the database is away. Two minutes by command: AWAY_SECONDS=120. */
const AWAY_MS = Number(process.env['AWAY_SECONDS'] ?? 10) * SECOND;
/** The station gives up what hangs after 25 s by its own clock (apps/station/src/lifecycle/undo.ts); the rest is for a process that ends on a busy machine. */
const STOP_LIMIT_MS = 40 * SECOND;
const shape = { devices: ['91900000', '91900001', '91900002', '91900003'], lanes: 5, samples: 1, pauseMs: 10 };

describe('a database that is away, under load', () => {
  let database: HeldDatabase;
  let station: WatchedStation;
  let meters: Meters;
  let load: Load;

  const backUp = () => until('the journal to be drained', 2 * PATIENCE_MS, async () => (await station.storeIs()) === 'ok');

  /** A point with one household and one crack meter, calm so far. */
  const calmPoint = async (point: string, device: string, phone: string): Promise<RecordingDevice> => {
    await station.county.createPoint(point);
    await station.county.createHousehold(point, phone);
    await meters.register(device, point);
    return meters.calm(device);
  };
  const redOnWall = (point: string) =>
    station.wall.events.filter(({ type, payload }) => {
      const warning = payload as { hazardPoint?: string; level?: string };
      return type.startsWith('warning.') && warning.hazardPoint === point && warning.level === 'red';
    });
  /** Red is written and called at once; what is counted here is written. */
  const written = async (id: string) => (await station.county.deliveries(id)).filter(({ channel }) => channel === 'sms');
  /** One warning, one message, one consultation; the message is known to have arrived. */
  const exactlyOnce = async (point: string, phone: string): Promise<void> => {
    const warnings = await station.county.warnings(point);
    expect(warnings.map(({ level, state }) => `${level} ${state}`)).toEqual(['red confirmed']);
    const id = warnings[0]?.id ?? '';
    await until('the receipt', PATIENCE_MS, async () => (await written(id))[0]?.status === 'delivered');
    expect(await written(id)).toHaveLength(1);
    expect(await station.outbox.messages(phone)).toHaveLength(1);
    expect(await station.county.consultations(id)).toHaveLength(1);
  };

  beforeAll(async () => {
    database = await HeldDatabase.start();
    station = new WatchedStation({ WANGSHAN_DATABASE_URL: database.url });
    meters = new Meters(station);
    load = new Load(meters, '513221010060', shape);
    await station.start();
    await station.county.callNobodyAgain();
    await load.register();
  });
  afterAll(async () => {
    await station?.kill();
    await database?.remove();
    await station?.remove();
  });

  const outages: [how: Outage, round: number][] = [
    ['stopped', 0],
    ['frozen', 1],
  ];
  it.each(outages)(
    'database %s: red is on the wall and at the vendor in time, nothing is lost, nothing doubled',
    async (how, round) => {
      const point = `51322101007${round}`;
      const device = `9191000${round}`;
      const phone = `1391100000${round}`;
      const later = { point: `51322101008${round}`, device: `9192000${round}`, phone: `1391100010${round}` };
      const link = await calmPoint(point, device, phone);
      const second = await calmPoint(later.point, later.device, later.phone);
      await second.subscribe(topics.commandDown(later.device));
      await load.start();
      const seenBefore = station.wall.events.at(-1)?.seq ?? 0;

      const [candidate, confirmed] = opening(Date.now());
      await meters.publish(link, device, [candidate]);
      const gone = database.takeAway(how);
      const crossed = Date.now();
      const crossing = meters.publish(link, device, [confirmed]);
      await until('red on the wall', RED_LIMIT_MS, () => redOnWall(point).length > 0);
      await until(
        'the message at the vendor',
        RED_LIMIT_MS - (Date.now() - crossed),
        async () => (await station.outbox.messages(phone)).length > 0,
      );
      await crossing;
      await gone;
      await until('the alarm', PATIENCE_MS, () => station.awayAlarm() === true);
      expect(await station.storeIs()).toBe('degraded');
      await expect(station.county.api.get('/warnings?limit=5')).rejects.toMatchObject({ status: 503 });

      // A second one when it has long been away; devices are acknowledged all the while.
      await sleep(AWAY_MS / 2);
      const acknowledged = load.acknowledged;
      const secondCrossed = Date.now();
      await meters.open(second, later.device);
      await until('red on the wall', RED_LIMIT_MS, () => redOnWall(later.point).length > 0);
      await until(
        'the message',
        RED_LIMIT_MS - (Date.now() - secondCrossed),
        async () => (await station.outbox.messages(later.phone)).length > 0,
      );
      // The slope that moves is watched densely at once, not when the database is back.
      const told = await until('the device to be told', PATIENCE_MS, () =>
        second.received.map(({ payload }) => payload.toString()).find((text) => text.startsWith('$cmd=setsensortime&')),
      );
      const msgid = /msgid=(\d+)/.exec(told)?.[1] ?? '';
      await second.publish(topics.commandReply(later.device), `$cmd=setsensortime&result=succ&msgid=${msgid}`);
      await sleep(AWAY_MS / 2);
      expect(load.acknowledged, 'devices are acknowledged from the journal').toBeGreaterThan(acknowledged + 100);

      await database.bringBack();
      await backUp();
      await until('the end of the alarm', PATIENCE_MS, () => station.awayAlarm() === false);
      await load.end();
      await link.disconnect();
      await second.disconnect();
      await meters.nothingLost();
      await exactlyOnce(point, phone);
      await exactlyOnce(later.point, later.phone);
      expect(await station.county.api.all<DeviceCommand>(`/devices/${later.device}/commands`)).toMatchObject([
        { msgid, by: 'densify', state: 'succeeded', command: 'setsensortime' },
      ]);
      const seqs = station.wall.events.map(({ seq }) => seq).filter((seq) => seq > seenBefore);
      expect(seqs, 'events carry on in one sequence').toEqual(seqs.toSorted((a, b) => a - b));
      expect(new Set(seqs).size).toBe(seqs.length);
      expect(await station.county.api.get('/audit/verify')).toMatchObject({ ok: true });
    },
    AWAY_MS + 600_000,
  );

  it.each(['before it is noticed', 'when it has long been noticed'])(
    'stopped under load while the database hangs, %s: it does not wait for it, and nothing acknowledged is lost',
    async (when) => {
      await load.start();
      await database.takeAway('frozen');
      if (when !== 'before it is noticed') await load.goesOn();
      const began = Date.now();
      expect(await station.interrupt()).toBe('0');
      expect(Date.now() - began).toBeLessThan(STOP_LIMIT_MS);
      await load.end();
      await database.bringBack();
      await station.start();
      await meters.nothingLost();
    },
  );

  it('killed while the database is away: started without it accepts and sends nothing, with it takes over; nothing lost, nothing twice', async () => {
    const point = '513221010078';
    const device = '91910008';
    const phone = '13911000008';
    const link = await calmPoint(point, device, phone);
    const unjudged = { point: '513221010079', device: '91910009', phone: '13911000009' };
    await calmPoint(unjudged.point, unjudged.device, unjudged.phone);
    await station.knowsWithoutDatabase(unjudged.device);
    await database.takeAway('stopped');
    await meters.open(link, device);
    await until('the message', RED_LIMIT_MS, async () => (await station.outbox.messages(phone)).length > 0);
    await station.kill();

    await station.startWaiting();
    const ready = await fetch(`${station.url}/readyz`);
    expect([ready.status, ((await ready.json()) as { stages: Record<string, { status: string }> }).stages['store']?.status]).toEqual([
      503,
      'down',
    ]);
    expect((await fetch(`${station.url}/api/v1/warnings`)).status).toBe(503);
    const again = await meters.connect(device);
    await meters.publish(again, device, [[Date.now(), 54]]);
    // Another point crosses: taken, but not judged before the database is back.
    const other = await meters.connect(unjudged.device);
    await meters.open(other, unjudged.device);

    await database.bringBack();
    await station.takenOver();
    await meters.nothingLost();
    await exactlyOnce(point, phone);
    await until('the warning of the other point', PATIENCE_MS, async () => (await station.outbox.messages(unjudged.phone)).length > 0);
    await exactlyOnce(unjudged.point, unjudged.phone);
    expect(await station.county.api.get('/audit/verify')).toMatchObject({ ok: true });
  });
});
