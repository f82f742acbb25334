import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, Problem, toIso, type KpiReport } from '#libs/contracts';
import { carryOut } from '../operation/carry-out.js';
import { createDevice } from '../devices/devices.js';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { pointInput } from '../fakes/fake-county.js';
import { createPoint } from '../registry/points.js';

/** Registered at noon of 19 November in Beijing; asked at noon of the 21st. */
const registered = Date.parse('2026-11-19T04:00:00Z');
const [here, there] = ['513221', '513222'];

describe('the rates of an area', () => {
  let context: FakeContext;
  const count = (device: string, day: string, samples: number): void =>
    void context.store.kpis.totals.set(`${device} ${day} L3_YL_1`, samples);
  const ask = (query: object, user = fakeUser('li', ['viewer'])): Promise<KpiReport> =>
    carryOut(context, 'getKpis', {
      params: {},
      query,
      body: undefined,
      address: '',
      session: { token: '', expiresAt: 0, user },
    }) as Promise<KpiReport>;

  beforeEach(async () => {
    context = fakeContext();
    context.clock.time = registered;
    const view = viewOf(context, fakeUser('wang', ['admin']));
    for (const [division, device] of [
      [here, 'R1'],
      [here, 'R2'],
      [there, 'R3'],
    ] as const) {
      await createPoint(context, view, pointInput(`${division}01000${device.at(-1)}`, division));
      await createDevice(context, view, {
        deviceId: device,
        profile: 'rain-gauge',
        hazardPoint: `${division}01000${device.at(-1)}`,
        synthetic: false,
        interval: 3600,
      });
    }
    context.clock.time = registered + 2 * DAY;
  });

  it('sums by division, point or device, by the interval in force then', async () => {
    const device = context.registry.device('R1');
    if (!device) throw new Error('no device');
    // 12 samples due on the 19th; on the 20th 10 h at 1 h, 2 h at 1 min, 12 h at 1 h: 10 + 120 + 12 = 142; 12 on the 21st until noon.
    const dense = Date.parse('2026-11-20T02:00:00Z');
    await context.down.intervals.acknowledged(device, 60, dense, 'densified', '1');
    await context.down.intervals.acknowledged(device, 3600, dense + 2 * HOUR, 'returned', '2');
    count('R1', '2026-11-19', 12);
    count('R1', '2026-11-20', 71);
    count('R2', '2026-11-20', 24);
    context.store.kpis.ended.push({ deviceId: 'R1', ended: 2, succeeded: 1 });
    const byDevice = await ask({ by: 'device', division: here });
    expect(byDevice).toMatchObject({ from: '2026-11-01', to: '2026-11-21', asOf: toIso(context.clock.now()), division: here });
    expect(byDevice.items).toMatchObject([
      { key: 'R1', dueDays: 3, onlineDays: 2, expected: 166, received: 83, transmissionRate: 0.5, commandCompletionRate: 0.5 },
      { key: 'R2', dueDays: 3, onlineDays: 1, expected: 48, received: 24, transmissionRate: 0.5, commandCompletionRate: null },
    ]);
    expect(byDevice.total).toMatchObject({ expected: 214, received: 107, onlineDays: 3, dueDays: 6, onlineRate: 0.5 });
    expect((await ask({})).items.map(({ key, devices }) => [key, devices])).toEqual([
      [here, 2],
      [there, 1],
    ]);
    expect((await ask({ by: 'point', from: '2026-11-20', to: '2026-11-20' })).items[0]).toMatchObject({
      name: '滑坡 513221010001',
      expected: 142,
      received: 71,
    });
  });

  it('stays inside the area of the asking user, and leaves exercises out', async () => {
    const county = await ask({ by: 'device' }, fakeUser('zhao', ['viewer'], there));
    expect(county).toMatchObject({ division: there, items: [{ key: 'R3' }] });
    await expect(ask({ division: here }, fakeUser('zhao', ['viewer'], there))).rejects.toMatchObject({ code: 'out-of-scope' });
    const point = context.registry.point(`${there}010003`);
    if (!point) throw new Error('no point');
    context.registry.putPoint({
      ...point,
      drill: { wallStart: toIso(registered), eventStart: toIso(registered), speed: 1, deliver: 'simulator' },
    });
    expect((await ask({ by: 'device', division: there })).items).toEqual([]);
  });

  it('refuses a span that is none', async () => {
    await expect(ask({ from: '2026-11-22' })).rejects.toBeInstanceOf(Problem);
    await expect(ask({ from: '2026-02-30' })).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(ask({ from: 'yesterday' })).rejects.toMatchObject({ code: 'invalid-request' });
  });
});
