import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFrame } from '#devices';
import { MINUTE, SECOND, toIso } from '#libs/contracts';
import {
  ApiClient,
  County,
  OutboxWatch,
  type Ports,
  RecordingDevice,
  socketTransport,
  StationProcess,
  testPassword,
  until,
} from '#libs/testing';

/** Kills in one run; more find rarer moments. */
const KILLS = Number(process.env['KILLS'] ?? 2);
const LOADERS = 6;
/** Messages a device has under way at once. */
const WINDOW = 20;
/** Load before and around the crossing. Without it the kill meets an idle station, which loses nothing. */
const WARM_UP_MESSAGES = 300;
const loadPoint = '513221010050';
const loadDevice = (index: number): string => `9180000${index}`;

/** What one device published: device time → value, and which of it was acknowledged. */
interface Published {
  sent: Map<number, number>;
  acknowledged: Set<number>;
}

describe('a station killed under load', () => {
  const station = StationProcess.create({ WANGSHAN_DEVICE_RATE: '0' });
  const secrets = new Map<string, string>();
  const published = new Map<string, Published>();
  let ports: Ports;
  let county: County;
  let outbox: OutboxWatch;
  /** Device time of the load: one sample each 100 ms from an hour ago, never repeated. */
  let clock = Date.now() - 60 * MINUTE;

  const start = async (): Promise<void> => {
    ports = await station.start();
    county = new County(await ApiClient.login(`http://127.0.0.1:${ports.http}`, 'admin', testPassword));
    outbox = new OutboxWatch(`http://127.0.0.1:${ports.gateway}`);
  };
  const connect = (deviceId: string): Promise<RecordingDevice> =>
    RecordingDevice.connect(socketTransport(ports.mqtt), deviceId, secrets.get(deviceId) ?? '');
  const register = async (deviceId: string, point: string): Promise<void> => {
    secrets.set(deviceId, await county.createDevice(deviceId, 'crack-meter', point));
    published.set(deviceId, { sent: new Map(), acknowledged: new Set() });
  };
  const publish = async (link: RecordingDevice, deviceId: string, samples: [time: number, value: number][]): Promise<void> => {
    const book = published.get(deviceId);
    for (const [time, value] of samples) book?.sent.set(time, value);
    const byTime = Object.fromEntries(samples.map(([time, value]) => [toIso(time), value]));
    await link.publish('$dp', buildFrame(2, { [deviceId]: { L1_LF_1: byTime } }));
    for (const [time] of samples) book?.acknowledged.add(time);
  };

  /** Publishes until its connection is gone. */
  const load = async (deviceId: string): Promise<void> => {
    const link = await connect(deviceId);
    const lane = async (): Promise<void> => {
      while (!link.closed) {
        clock += 100;
        // A publish the kill interrupts was not acknowledged, which is all there is to know.
        await publish(link, deviceId, [[clock, (clock % 7) / 10]]).catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: WINDOW }, lane));
  };
  const acknowledgedLoad = (): number =>
    Array.from({ length: LOADERS }, (_, index) => published.get(loadDevice(index))?.acknowledged.size ?? 0).reduce((a, b) => a + b, 0);

  const stored = async (deviceId: string): Promise<Map<number, number>> => {
    const readings = await county.readings(deviceId, 'L1_LF_1', Date.now() - 120 * MINUTE, Date.now() + 120 * MINUTE);
    const found = new Map(readings.map(({ time, value }) => [Date.parse(time), value]));
    expect(readings, `${deviceId}: a reading is there twice`).toHaveLength(found.size);
    return found;
  };

  beforeAll(async () => {
    const { build } = (await import(new URL('../../scripts/lib/prepare.mjs', import.meta.url).href)) as { build: () => Promise<void> };
    await build();
    await start();
    await county.createPoint(loadPoint);
    for (let index = 0; index < LOADERS; index += 1) await register(loadDevice(index), loadPoint);
  }, 240_000);
  afterAll(async () => {
    await outbox?.stop();
    await station.remove();
  });

  /** The PUBACK of the crossing has just arrived; resolves when the power goes. */
  const moment = async (round: number, phone: string): Promise<void> => {
    if (round % 2 === 1) {
      // The vendor has the message and its answer is still on the way: sent for the world, unknown to the station.
      await until('the message at the vendor', 10 * SECOND, async () => (await outbox.messages(phone)).length === 1);
      return;
    }
    // The first kill comes at once, later ones meet judgement, ledger and dispatcher.
    const delay = (round * 19) % 250;
    if (delay > 0) await sleep(delay);
  };

  const kills = Array.from({ length: KILLS }, (_, round): [round: number, when: string] => [
    round,
    round % 2 === 1 ? 'while the vendor is answering' : 'right after the PUBACK that crosses red',
  ]);
  it.each(kills)('kill %i, %s: nothing lost, nothing missed, nothing twice', async (round) => {
    const point = `5132210101${String(round).padStart(2, '0')}`;
    const device = `917100${String(round).padStart(2, '0')}`;
    const phone = `1391000${String(round).padStart(4, '0')}`;
    await county.createPoint(point);
    await county.createHousehold(point, phone);
    await register(device, point);
    if (round % 2 === 1) await outbox.order({ suffix: phone, kind: 'delay', count: 1 });

    const before = acknowledgedLoad();
    const loads = Array.from({ length: LOADERS }, (_, index) => load(loadDevice(index)));
    await until('the load', 30 * SECOND, () => acknowledgedLoad() > before + WARM_UP_MESSAGES);
    const link = await connect(device);
    const now = Date.now();
    await publish(link, device, [
      [now - 30 * MINUTE, 0],
      [now - MINUTE, 0.2],
    ]);
    await publish(link, device, [[now - 15 * SECOND, 50]]);
    await publish(link, device, [[now, 52]]);
    await moment(round, phone);
    await outbox.stop();
    await station.kill();
    await Promise.all(loads);
    await start();

    for (const [deviceId, { sent, acknowledged }] of published) {
      const found = await stored(deviceId);
      const lost = [...acknowledged].filter((time) => found.get(time) !== sent.get(time));
      expect(lost.slice(0, 3), `${deviceId}: ${lost.length} acknowledged and lost`).toEqual([]);
      const strange = [...found].filter(([time, value]) => sent.get(time) !== value);
      expect(strange.slice(0, 3), `${deviceId}: ${strange.length} stored and never sent`).toEqual([]);
      const missing = [...sent].filter(([time]) => !acknowledged.has(time));
      if (missing.length === 0) continue;
      const again = await connect(deviceId);
      await publish(again, deviceId, missing);
      await again.disconnect();
      expect([...(await stored(deviceId))].sort(), `${deviceId}: stored ≠ published`).toEqual([...sent].sort());
    }

    const warning = await until('the warning', 20 * SECOND, async () => {
      const [found] = await county.warnings(point);
      return found?.level === 'red' && found.state === 'confirmed' && found;
    });
    await until('the message', 30 * SECOND, async () => {
      const [delivery] = await county.deliveries(warning.id);
      return delivery !== undefined && ['accepted', 'sent', 'delivered'].includes(delivery.status);
    });
    expect(await county.warnings(point)).toHaveLength(1);
    const deliveries = await county.deliveries(warning.id);
    expect(deliveries.map(({ channel, role }) => `${channel} ${role}`)).toEqual(['sms household']);
    expect(await outbox.messages(phone)).toHaveLength(1);
    expect(await county.consultations(warning.id)).toHaveLength(1);
  });

  it('opened nothing else, told nobody else, and its audit chain holds', async () => {
    expect(await county.warnings(loadPoint)).toEqual([]);
    expect(await outbox.messages()).toHaveLength(KILLS);
    expect(await county.api.get('/audit/verify')).toMatchObject({ ok: true });
  });

  it('stops cleanly when asked', async () => {
    await outbox.stop();
    expect(await station.interrupt()).toBe('0');
  });
});
