import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#libs/contracts';
import { ApiClient, County, OutboxWatch, type RecordingDevice, StationProcess, testPassword, until } from '#libs/testing';
import { Load } from './load.js';

/** Kills in one run; more find rarer moments (`npm run drill -- kill`). */
const STATION_KILLS = Number(process.env['STATION_KILLS'] ?? 5);
const POSTGRES_KILLS = Number(process.env['POSTGRES_KILLS'] ?? 2);
const LOADERS = 6;
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
  const station = StationProcess.create({ WANGSHAN_DEVICE_RATE: '0' });
  const load = new Load();
  let county: County;
  let outbox: OutboxWatch;

  const start = async (): Promise<void> => {
    const ports = await station.start();
    county = new County(await ApiClient.login(`http://127.0.0.1:${ports.http}`, 'admin', testPassword));
    outbox = new OutboxWatch(`http://127.0.0.1:${ports.gateway}`);
    load.meet(county, ports.mqtt);
  };

  beforeAll(async () => {
    const { build } = (await import(new URL('../../../scripts/lib/prepare.mjs', import.meta.url).href)) as { build: () => Promise<void> };
    await build();
    await start();
    await county.callNobodyAgain();
    await load.registerLoaders(LOADERS);
  }, 240_000);
  afterAll(async () => {
    await outbox?.stop();
    await station.remove();
  });

  /** A slope of its own for this kill, up to the PUBACK that crosses red. */
  const cross = async (round: number, phone: string, slow: boolean): Promise<{ point: string; device: string; link: RecordingDevice }> => {
    const point = `513221010${String(100 + round)}`;
    const device = `9171${String(round).padStart(4, '0')}`;
    await county.createPoint(point);
    await county.createHousehold(point, phone);
    await load.register(device, point);
    if (slow) await outbox.order({ suffix: phone, kind: 'delay', count: 1 });
    const link = await load.connect(device);
    const now = Date.now();
    await load.publish(link, device, [
      [now - 30 * MINUTE, 0],
      [now - MINUTE, 0.2],
    ]);
    await load.publish(link, device, [[now - 15 * SECOND, 50]]);
    await load.publish(link, device, [[now, 52]]);
    return { point, device, link };
  };

  const killStation = async ({ round, moment }: Kill, phone: string, loaded: Promise<unknown>): Promise<void> => {
    // The vendor has the message and its answer is still on the way: sent for the world, unknown to the station.
    if (moment === 'vendor') await until('the message at the vendor', 10 * SECOND, async () => (await outbox.messages(phone)).length === 1);
    // The first kill comes at once, later ones meet judgement, ledger and dispatcher.
    else if (round > 0) await sleep((round * 19) % 250);
    await outbox.stop();
    await station.kill();
    await loaded;
    await start();
  };

  const killPostgres = async ({ round }: Kill, loaded: Promise<unknown>): Promise<void> => {
    await sleep((round * 37) % 250);
    station.killPostgres();
    await sleep(AFTER_POSTGRES_MS);
    load.stop();
    await loaded;
    await until('the database', 60 * SECOND, async () => {
      const { stages } = await county.api.health();
      return stages['store']?.status === 'ok';
    });
  };

  it.each(titled)('%s: nothing lost, nothing missed, nothing twice', async (_, kill) => {
    const phone = `1391000${String(kill.round).padStart(4, '0')}`;
    const { ended } = await load.start();
    const { point, link } = await cross(kill.round, phone, kill.moment === 'vendor');
    if (kill.victim === 'station') await killStation(kill, phone, ended);
    else await killPostgres(kill, ended);
    if (!link.closed) await link.disconnect();

    await load.verify();
    const warning = await until('the warning', 20 * SECOND, async () => {
      const [found] = await county.warnings(point);
      return found?.level === 'red' && found.state === 'confirmed' && found;
    });
    await until('the message', 30 * SECOND, async () => {
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
    console.info(`kill ${kill.round + 1} of ${kills.length} (${kill.victim}): ${load.sent} readings published, all stored once`);
  });

  it('opened nothing else, told nobody else, and its audit chain holds', async () => {
    await load.openedNothing();
    expect(await outbox.messages()).toHaveLength(kills.length);
    expect(await county.api.get('/audit/verify')).toMatchObject({ ok: true });
  });

  it('stops cleanly when asked', async () => {
    await outbox.stop();
    expect(await station.interrupt()).toBe('0');
  });
});
