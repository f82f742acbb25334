import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATIENCE_MS, type RecordingDevice, until } from '#libs/testing';
import { Meters } from '../outside/meters.js';
import { WatchedStation } from '../outside/watched-station.js';
import { Load } from './load.js';

/** Kills in one run; more find rarer moments (`npm run drill -- kill`). */
const STATION_KILLS = Number(process.env['STATION_KILLS'] ?? 5);
const POSTGRES_KILLS = Number(process.env['POSTGRES_KILLS'] ?? 2);
/** As fast as they are acknowledged. */
const shape = { devices: Array.from({ length: 6 }, (_, n) => `9180000${n}`), lanes: 20, samples: 3, pauseMs: 0 };
/** How long the load goes on after PostgreSQL was killed: longer than its restart takes. */
const AFTER_POSTGRES_MS = 3_000;

interface Kill {
  round: number;
  title: string;
  /** Whom, and after which moment of the crossing. */
  victim: 'station' | 'postgres';
  moment: 'puback' | 'vendor';
}
const kills: Kill[] = [
  ...Array.from({ length: STATION_KILLS }, (_, n): Omit<Kill, 'round'> => {
    const moment = n % 2 === 1 ? 'vendor' : 'puback';
    const when = moment === 'vendor' ? 'while the vendor is answering' : 'right after the PUBACK that crosses red';
    return { title: `the station ${when}`, victim: 'station', moment };
  }),
  ...Array.from({ length: POSTGRES_KILLS }, (): Omit<Kill, 'round'> => ({
    title: 'PostgreSQL right after the PUBACK that crosses red',
    victim: 'postgres',
    moment: 'puback',
  })),
].map((kill, round) => ({ ...kill, round }));
const titled = kills.map((kill): [string, Kill] => [`kill ${kill.round + 1}, of ${kill.title}`, kill]);

describe('killed under load', () => {
  const station = new WatchedStation();
  const meters = new Meters(station);
  const load = new Load(meters, '513221010050', shape);

  beforeAll(async () => {
    await station.start();
    await station.county.callNobodyAgain();
    await load.register();
  });
  afterAll(() => station.remove());

  /** A slope of its own for this kill, up to the PUBACK that crosses red. */
  const cross = async (round: number, phone: string, slow: boolean): Promise<{ point: string; link: RecordingDevice }> => {
    const point = `513221010${String(100 + round)}`;
    const device = `9171${String(round).padStart(4, '0')}`;
    await station.county.createPoint(point);
    await station.county.createHousehold(point, phone);
    await meters.register(device, point);
    if (slow) await station.outbox.order({ suffix: phone, kind: 'delay', count: 1 });
    const link = await meters.calm(device);
    await meters.open(link, device);
    return { point, link };
  };

  const killStation = async ({ round, moment }: Kill, phone: string): Promise<void> => {
    // The vendor has the message and its answer is still on the way: sent for the world, unknown to the station.
    if (moment === 'vendor')
      await until('the message at the vendor', PATIENCE_MS, async () => (await station.outbox.messages(phone)).length === 1);
    // The first kill comes at once, later ones meet judgement, ledger and dispatcher.
    else if (round > 0) await sleep((round * 19) % 250);
    await station.kill();
    await load.end();
    await station.start();
  };

  const killPostgres = async ({ round }: Kill): Promise<void> => {
    await sleep((round * 37) % 250);
    station.killPostgres();
    await sleep(AFTER_POSTGRES_MS);
    await load.end();
    await until('the database', PATIENCE_MS, async () => (await station.storeIs()) === 'ok');
  };

  it.each(titled)('%s: nothing lost, nothing missed, nothing twice', async (_, kill) => {
    const phone = `1391000${String(kill.round).padStart(4, '0')}`;
    await load.start();
    const { point, link } = await cross(kill.round, phone, kill.moment === 'vendor');
    if (kill.victim === 'station') await killStation(kill, phone);
    else await killPostgres(kill);
    if (!link.closed) await link.disconnect();

    await meters.nothingLost();
    const { county, outbox } = station;
    const warning = await until('the warning', PATIENCE_MS, async () => {
      const [found] = await county.warnings(point);
      return found?.level === 'red' && found.state === 'confirmed' && found;
    });
    await until('the message', PATIENCE_MS, async () => {
      const delivery = (await county.deliveries(warning.id)).find(({ channel }) => channel === 'sms');
      return delivery !== undefined && ['accepted', 'sent', 'delivered'].includes(delivery.status);
    });
    expect(await county.warnings(point)).toHaveLength(1);
    const deliveries = await county.deliveries(warning.id);
    expect(deliveries.map(({ channel, role }) => `${channel} ${role}`).toSorted()).toEqual([
      'sms household',
      'voice household',
      'wall duty',
    ]);
    expect(await outbox.messages(phone)).toHaveLength(1);
    expect(await county.consultations(warning.id)).toHaveLength(1);
    console.info(`kill ${kill.round + 1} of ${kills.length} (${kill.victim}): ${meters.sent()} readings published, all stored once`);
  });

  it('opened nothing else, told nobody else, and its audit chain holds', async () => {
    await load.openedNothing();
    expect(await station.outbox.messages()).toHaveLength(kills.length);
    expect(await station.county.api.get('/audit/verify')).toMatchObject({ ok: true });
  });

  it('stops cleanly when asked', async () => {
    expect(await station.interrupt()).toBe('0');
  });
});
