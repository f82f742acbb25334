import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, SECOND, type SystemAlarm } from '#libs/contracts';
import { ApiClient, County, OutboxWatch, type Ports, StationProcess, testPassword, until, WallObserver } from '#libs/testing';
import { Fleet } from './fleet.js';
import { HeldDatabase, mayMount } from './held-database.js';

const loadPoint = '513221010160';
const loadDevices = ['91950000', '91950001'];
const crossing = { point: '513221010161', device: '91950010', phone: '13911000161' };
/** Room for the cluster, its first WAL segments and some seconds of load. */
const DISK_MIB = 320;

// Without root there is no disk to fill; docs/reliability.md says so, and the run says which case was left out.
describe.runIf(mayMount())('the disk of PostgreSQL fills, under load', () => {
  let database: HeldDatabase;
  let station: StationProcess;
  let ports: Ports;
  let county: County;
  let outbox: OutboxWatch;
  let wall: WallObserver;
  const fleet = new Fleet(() => ports.mqtt);
  const alarms = () =>
    wall.events
      .filter(({ type }) => type === 'system.alarm')
      .map(({ payload }) => payload as SystemAlarm)
      .filter(({ code }) => code === 'database-away');
  const mode = async (): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${ports.http}/readyz`);
    return ((await answer.json()) as { stages: Record<string, { status: string }> }).stages['store']?.status ?? '';
  };

  beforeAll(async () => {
    const { build } = (await import(new URL('../../../scripts/lib/prepare.mjs', import.meta.url).href)) as { build: () => Promise<void> };
    await build();
    database = await HeldDatabase.start(DISK_MIB);
    station = StationProcess.create({ WANGSHAN_DEVICE_RATE: '0', WANGSHAN_DATABASE_URL: database.url });
    ports = await station.start();
    const api = await ApiClient.login(`http://127.0.0.1:${ports.http}`, 'admin', testPassword);
    county = new County(api);
    outbox = new OutboxWatch(`http://127.0.0.1:${ports.gateway}`);
    wall = await WallObserver.connect(`http://127.0.0.1:${ports.http}`, api.token);
    await county.createPoint(loadPoint);
    for (const device of loadDevices) await fleet.register(county, device, loadPoint);
    await county.createPoint(crossing.point);
    await county.createHousehold(crossing.point, crossing.phone);
    await fleet.register(county, crossing.device, crossing.point);
  }, 240_000);
  afterAll(async () => {
    wall?.close();
    await outbox?.stop();
    await station?.kill();
    await database?.freeDisk();
    await database?.remove();
    await station?.remove();
  });

  it('readings go to the journal, red is sent, and everything is brought in once there is room again; nothing lost, nothing twice', async () => {
    const link = await fleet.connect(crossing.device);
    const began = Date.now();
    await fleet.publish(link, crossing.device, [
      [began - 30 * MINUTE, 0],
      [began - MINUTE, 0.2],
    ]);
    fleet.load(loadDevices, 5, 10);
    await until('the load', 30 * SECOND, () => fleet.acknowledged() > 300);

    // Again and again: what PostgreSQL gives back itself (old log, a truncated file) is taken too.
    const filling = setInterval(() => database.fillDisk(), SECOND);
    try {
      database.fillDisk();
      await until('the alarm', 90 * SECOND, () => alarms().some(({ code, standing }) => code === 'database-away' && standing));
      expect(await mode()).toBe('degraded');
      const before = fleet.acknowledged();
      await until('devices to be acknowledged from the journal', 30 * SECOND, () => fleet.acknowledged() > before + 300);
      await fleet.publish(link, crossing.device, [[Date.now() - 15 * SECOND, 50]]);
      await fleet.publish(link, crossing.device, [[Date.now(), 52]]);
      await until('the message', 5 * SECOND, async () => (await outbox.messages(crossing.phone)).length > 0);
      expect(await mode()).toBe('degraded');
    } finally {
      clearInterval(filling);
    }
    await database.freeDisk();
    await until('the journal to be drained', 90 * SECOND, async () => (await mode()) === 'ok');
    await until('the end of the alarm', 5 * SECOND, () => alarms().at(-1)?.code === 'database-away' && !alarms().at(-1)?.standing);
    await fleet.endLoad();
    await link.disconnect();

    for (const [deviceId, { sent, acknowledged }] of fleet.published) {
      await fleet.resend(deviceId);
      const readings = await county.readings(deviceId, 'L1_LF_1', Date.now() - 120 * MINUTE, Date.now() + 120 * MINUTE);
      const found = new Map(readings.map(({ time, value }) => [Date.parse(time), value]));
      expect(readings, `${deviceId}: a reading is there twice`).toHaveLength(found.size);
      expect(
        [...acknowledged].filter((time) => found.get(time) !== sent.get(time)).slice(0, 3),
        `${deviceId}: acknowledged and lost`,
      ).toEqual([]);
      expect([...found].sort(), `${deviceId}: stored ≠ published`).toEqual([...sent].sort());
    }
    const [warning, ...more] = await county.warnings(crossing.point);
    expect([warning?.level, more]).toEqual(['red', []]);
    await until('the receipt', 40 * SECOND, async () =>
      (await county.deliveries(warning?.id ?? '')).some(({ channel, status }) => channel === 'sms' && status === 'delivered'),
    );
    expect(await outbox.messages(crossing.phone)).toHaveLength(1);
    expect(await county.api.get('/audit/verify')).toMatchObject({ ok: true });
  });
});
