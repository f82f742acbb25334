import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECOND } from '#libs/contracts';
import { PATIENCE_MS, until } from '#libs/testing';
import { HeldDatabase, mayMount } from '../outside/held-database.js';
import { Meters } from '../outside/meters.js';
import { WatchedStation } from '../outside/watched-station.js';
import { Load } from './load.js';
import { RED_LIMIT_MS } from './red-limit.js';

const shape = { devices: ['91950000', '91950001'], lanes: 5, samples: 1, pauseMs: 10 };
const crossing = { point: '513221010161', device: '91950010', phone: '13911000161' };
/** Room for the cluster, its first WAL segments and some seconds of load. */
const DISK_MIB = 320;

// Without root there is no disk to fill; docs/reliability.md says so, and the run says which case was left out.
describe.runIf(mayMount())('the disk of PostgreSQL fills, under load', () => {
  let database: HeldDatabase;
  let station: WatchedStation;
  let meters: Meters;
  let load: Load;

  beforeAll(async () => {
    database = await HeldDatabase.start(DISK_MIB);
    station = new WatchedStation({ WANGSHAN_DATABASE_URL: database.url });
    meters = new Meters(station);
    load = new Load(meters, '513221010160', shape);
    await station.start();
    await load.register();
    await station.county.createPoint(crossing.point);
    await station.county.createHousehold(crossing.point, crossing.phone);
    await meters.register(crossing.device, crossing.point);
  });
  afterAll(async () => {
    await station?.kill();
    await database?.freeDisk();
    await database?.remove();
    await station?.remove();
  });

  it('readings go to the journal, red is sent, and everything is brought in once there is room again; nothing lost, nothing twice', async () => {
    const link = await meters.calm(crossing.device);
    await load.start();

    // Again and again: what PostgreSQL gives back itself (old log, a truncated file) is taken too.
    const filling = setInterval(() => database.fillDisk(), SECOND);
    try {
      database.fillDisk();
      await until('the alarm', 2 * PATIENCE_MS, () => station.awayAlarm() === true);
      expect(await station.storeIs()).toBe('degraded');
      // From the journal.
      await load.goesOn();
      await meters.open(link, crossing.device);
      await until('the message', RED_LIMIT_MS, async () => (await station.outbox.messages(crossing.phone)).length > 0);
      expect(await station.storeIs()).toBe('degraded');
    } finally {
      clearInterval(filling);
    }
    await database.freeDisk();
    await until('the journal to be drained', 2 * PATIENCE_MS, async () => (await station.storeIs()) === 'ok');
    await until('the end of the alarm', PATIENCE_MS, () => station.awayAlarm() === false);
    await load.end();
    await link.disconnect();

    await meters.nothingLost();
    const [warning, ...more] = await station.county.warnings(crossing.point);
    expect([warning?.level, more]).toEqual(['red', []]);
    await until('the receipt', PATIENCE_MS, async () =>
      (await station.county.deliveries(warning?.id ?? '')).some(({ channel, status }) => channel === 'sms' && status === 'delivered'),
    );
    expect(await station.outbox.messages(crossing.phone)).toHaveLength(1);
    expect(await station.county.api.get('/audit/verify')).toMatchObject({ ok: true });
  });
});
