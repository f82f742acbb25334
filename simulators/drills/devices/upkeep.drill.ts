import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, type DeviceView, type GapView, type MaintenanceWindow, SECOND, toIso } from '#libs/contracts';
import { PATIENCE_MS, type RecordingDevice, type TestStation, testStation, until } from '#libs/testing';
import { frameOf } from '../outside/readings.js';

const point = '513221030001';
const deviceId = '8200001';

describe('quality, gaps and maintenance of one crack meter, as the people of the county see them', () => {
  let station: TestStation;
  let device: RecordingDevice;
  const start = Date.now() - 40 * MINUTE;

  beforeAll(async () => {
    station = await testStation('drill upkeep');
    await station.county.createPoint(point);
    const secret = await station.county.createDevice(deviceId, 'crack-meter', point, { interval: 60 });
    device = await station.device(deviceId, secret);
  });
  afterAll(() => station?.stop());

  /** Sends values, each at its minute after `start`. */
  const send = (...values: readonly (readonly [minute: number, value: number])[]) =>
    device.publish(
      '$dp',
      frameOf(
        deviceId,
        values.map(([minute, value]) => [start + minute * MINUTE, value]),
      ),
    );
  const flagsAt = async (minute: number): Promise<string[] | undefined> => {
    const time = start + minute * MINUTE;
    return (await station.county.readings(deviceId, 'L1_LF_1', time, time)).at(0)?.quality;
  };
  const gaps = () => station.api.all<GapView>(`/devices/${deviceId}/gaps`);
  const state = async () => (await station.api.get<DeviceView>(`/devices/${deviceId}`)).state;
  const shown = () =>
    station.wall.events
      .filter(({ type }) => type === 'device.state')
      .map(({ payload }) => payload as DeviceView)
      .filter((view) => view.deviceId === deviceId)
      .map((view) => view.state);

  it('a gap is found, and filled by what the device sends later', async () => {
    await send(...Array.from({ length: 10 }, (_, n) => [n, 1 + (n % 3) * 0.01] as const));
    await send([14, 1.01], [15, 1.02]);
    const [gap] = await until('the gap', PATIENCE_MS, async () => ((await gaps()).length > 0 ? gaps() : undefined));
    expect(gap).toMatchObject({ state: 'open', from: toIso(start + 9 * MINUTE), to: toIso(start + 14 * MINUTE), missing: 4, remaining: 4 });
    await send([10, 1], [11, 1.01], [12, 1.02]);
    await until('the gap shrunk', PATIENCE_MS, async () => (await gaps())[0]?.remaining === 1);
    await send([13, 1]);
    const filled = await until('the gap filled', PATIENCE_MS, async () => (await gaps()).find((each) => each.state === 'filled'));
    expect(filled).toMatchObject({ missing: 4, remaining: 0, holes: [] });
    expect(await station.api.all<GapView>(`/devices/${deviceId}/gaps?state=open`)).toEqual([]);
  });

  it('a spike is marked, and stored as it came', async () => {
    await send([16, 3], [17, 1.01]);
    expect(await flagsAt(16)).toContain('spike');
    expect(await flagsAt(17)).not.toContain('spike');
  });

  it('maintenance is seen on the wall and in the readings, and hides no level', async () => {
    const window = await station.api.post<MaintenanceWindow>('/maintenance', {
      deviceId,
      reason: '更换拉线',
      until: toIso(Date.now() + 30 * MINUTE),
    });
    expect(window.owner).toBe('admin');
    expect(await state()).toBe('maintenance');
    await until('maintenance on the wall', PATIENCE_MS, () => shown().at(-1) === 'maintenance');
    const now = Date.now();
    await device.publish('$dp', frameOf(deviceId, [[now, 60]]));
    await device.publish('$dp', frameOf(deviceId, [[now + 20 * SECOND, 61]]));
    const readings = await station.county.readings(deviceId, 'L1_LF_1', now, now + MINUTE);
    expect(readings.map(({ quality }) => quality.includes('maintenance'))).toEqual([true, true]);
    // Shown as it is, and nobody's word but that of the instrument somebody holds in his hands: a person decides.
    const warning = () => station.county.warnings(point).then(([one]) => one);
    await until('a red candidate', PATIENCE_MS, async () => (await warning())?.level === 'red');
    expect(await warning()).toMatchObject({
      state: 'candidate',
      heldBack: { by: 'maintenance', id: window.id, owner: 'admin', inspect: 'red' },
    });
    expect((await warning())?.release.internal).toBe('none');

    await station.api.post(`/maintenance/${window.id}/end`, {});
    expect(await state()).toBe('online');
    await until('the device back on the wall', PATIENCE_MS, () => shown().at(-1) === 'online');
    await until('somebody sent to look', PATIENCE_MS, async () => (await warning())?.release.internal === 'published');
    expect(await warning()).toMatchObject({ state: 'candidate', releases: { internal: { told: { inspect: 'red', warning: null } } } });
    const actions = (await station.api.all<{ action: string }>('/audit')).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['maintenance.declared', 'maintenance.ended']));
  });

  it('a device with another secret, and one that is removed, is cut off at once and refused; its readings stay', async () => {
    const other = { point: '513221030002', deviceId: '8200002' };
    await station.county.createPoint(other.point);
    const first = await station.county.createDevice(other.deviceId, 'crack-meter', other.point);
    const frame = (value: number) => frameOf(other.deviceId, [[Date.now(), value]]);
    const link = await station.device(other.deviceId, first);
    await link.publish('$dp', frame(1));
    const { secret } = await station.api.post<{ secret: string }>(`/devices/${other.deviceId}/secret`, {});
    await until('the old connection to end', PATIENCE_MS, () => link.closed);
    await expect(station.device(other.deviceId, first)).rejects.toThrow();
    const renewed = await station.device(other.deviceId, secret);
    await renewed.publish('$dp', frame(2));

    await station.api.call('DELETE', `/devices/${other.deviceId}`);
    await until('its connection to end', PATIENCE_MS, () => renewed.closed);
    await expect(station.device(other.deviceId, secret)).rejects.toThrow();
    await expect(station.api.get(`/devices/${other.deviceId}`)).rejects.toMatchObject({ status: 404 });
    const readings = await station.county.readings(other.deviceId, 'L1_LF_1', Date.now() - MINUTE, Date.now() + MINUTE);
    expect(readings.map(({ value }) => value)).toEqual([1, 2]);
    // The point judges without it: nothing is missing of an instrument that is not there.
    const missing = () => station.api.get<{ missing: { deviceId?: string }[] }>(`/hazard-points/${other.point}/state`);
    await until(
      'judgement without it',
      PATIENCE_MS,
      async () => !(await missing()).missing.some((each) => each.deviceId === other.deviceId),
    );

    const again = await station.device(other.deviceId, await station.county.createDevice(other.deviceId, 'crack-meter', other.point));
    // Another zero: 90 mm from the earlier one's last value, and no movement.
    await again.publish('$dp', frame(92));
    await again.publish('$dp', frame(92.1));
    await until(
      'its reading',
      PATIENCE_MS,
      async () => (await station.county.readings(other.deviceId, 'L1_LF_1', Date.now() - MINUTE, Date.now() + MINUTE)).length > 2,
    );
    await new Promise((resolve) => setTimeout(resolve, SECOND));
    expect(await station.county.warnings(other.point)).toEqual([]);
    const actions = (await station.api.all<{ action: string }>('/audit')).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['device.secret-renewed', 'device.removed']));
  });

  it('nothing of it was an error to the station', () => expect(station.errors).toEqual([]));
});
