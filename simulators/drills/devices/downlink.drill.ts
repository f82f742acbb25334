import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeviceCommand, type DeviceInterval, type DeviceView, type KpiReport, MINUTE, SECOND, topics } from '#libs/contracts';
import { PATIENCE_MS, type RecordingDevice, type TestStation, testStation, until } from '#libs/testing';
import { frameOf, type Sample } from '../outside/readings.js';

const point = '513221010051';
/** One that is always there, one that sleeps, one that hears and never answers. */
const [awake, sleeper, mute] = ['91900001', '91900002', '91900003'] as const;

describe('commands to devices through the whole station', () => {
  let station: TestStation;
  const secrets = new Map<string, string>();
  const links = new Map<string, RecordingDevice>();

  beforeAll(async () => {
    station = await testStation('drill downlink');
    await station.api.call('PATCH', '/settings', { downlink: { returnAfter: 1 } });
    await station.county.createPoint(point, { release: {} });
    for (const device of [awake, sleeper, mute])
      secrets.set(device, await station.county.createDevice(device, 'crack-meter', point, { interval: 3600 }));
  });
  afterAll(async () => {
    for (const link of links.values()) await link.disconnect();
    await station?.stop();
  });

  const connect = async (device: string): Promise<RecordingDevice> => {
    const link = await station.device(device, secrets.get(device) ?? '');
    links.set(device, link);
    await link.subscribe(topics.commandDown(device));
    return link;
  };
  const heard = (device: string): string[] => (links.get(device)?.received ?? []).map(({ payload }) => payload.toString());
  const msgidOf = (text: string): string => /msgid=(\d+)/.exec(text)?.[1] ?? '';
  const answer = (device: string, command: string, rest: string): Promise<void> | undefined =>
    links.get(device)?.publish(topics.commandReply(device), `$cmd=${command}&${rest}`);
  const history = (device: string): Promise<DeviceCommand[]> => station.api.all<DeviceCommand>(`/devices/${device}/commands`);
  const measure = (device: string, samples: readonly Sample[]): Promise<void> | undefined =>
    links.get(device)?.publish(topics.nationalUp, frameOf(device, samples));
  const hearing = (device: string, what: RegExp): Promise<string> =>
    until(`${device} to hear ${what}`, PATIENCE_MS, () => heard(device).find((text) => what.test(text)));

  it('makes the devices of a point denser when its level rises, as soon as each can hear it', async () => {
    await connect(awake);
    const now = Date.now();
    await measure(awake, [
      [now - 50 * MINUTE, 0],
      [now - 2 * MINUTE, 0.1],
    ]);
    await measure(awake, [[now - 40 * SECOND, 45]]);
    await measure(awake, [[now - 20 * SECOND, 46]]);
    const dense = await hearing(awake, /^\$cmd=setsensortime&sample_intv=1&upload_intv=1&plus_intv=1&msgid=\d+$/);
    await answer(awake, 'setsensortime', `result=succ&msgid=${msgidOf(dense)}`);
    // Resent answers change nothing.
    await answer(awake, 'setsensortime', `result=succ&msgid=${msgidOf(dense)}`);
    const [command, ...others] = await history(awake);
    expect(others).toEqual([]);
    expect(command).toMatchObject({ state: 'succeeded', reason: 'answered', by: 'densify', text: 'red', tryCount: 1 });
    const intervals = await station.api.all<DeviceInterval>(`/devices/${awake}/intervals`);
    expect(intervals.map(({ seconds, cause }) => [seconds, cause])).toEqual([
      [3600, 'registered'],
      [60, 'densified'],
    ]);
    await measure(awake, [[Date.now(), 47]]);
    await until('silence to be measured by the new interval', PATIENCE_MS, async () => {
      const device = await station.api.get<DeviceView>(`/devices/${awake}`);
      return device.interval === 60 && device.state === 'online';
    });
    const [waiting] = await history(sleeper);
    expect(waiting).toMatchObject({ state: 'queued', reason: 'waits-for-device', tryCount: 0 });
    await connect(sleeper);
    const late = await hearing(sleeper, /^\$cmd=setsensortime/);
    expect(msgidOf(late)).toBe(waiting?.msgid);
    await answer(sleeper, 'setsensortime', `result=succ&msgid=${msgidOf(late)}`);
    expect((await history(sleeper))[0]).toMatchObject({ state: 'succeeded', tryCount: 1 });
  });

  it('brings them back by itself when the warning has ended', async () => {
    const [warning] = await station.county.warnings(point);
    await station.api.post(`/warnings/${warning?.id}/close`, { disposal: 2, text: 'drill' });
    for (const device of [awake, sleeper]) {
      const back = await hearing(device, /^\$cmd=setsensortime&sample_intv=60&upload_intv=60&plus_intv=1&/);
      await answer(device, 'setsensortime', `result=succ&msgid=${msgidOf(back)}`);
      expect(await station.api.get<DeviceView>(`/devices/${device}`)).toMatchObject({ interval: 3600 });
    }
    expect((await station.store.densified.load()).map(({ deviceId }) => deviceId)).toEqual([mute]);
  });

  it('gives up on a device that never answers, with a record', async () => {
    await connect(mute);
    const body = { command: 'getstatus', expiresIn: 10, text: 'is it there' };
    const sent = await station.api.post<DeviceCommand>(`/devices/${mute}/commands`, body);
    expect(sent).toMatchObject({ state: 'sent', by: 'admin', text: 'is it there', reason: 'waits-for-answer' });
    await hearing(mute, new RegExp(`^\\$cmd=getstatus&msgid=${sent.msgid}$`));
    const ended = await until('the command to expire', PATIENCE_MS, async () =>
      (await history(mute)).find(({ msgid, state }) => msgid === sent.msgid && state === 'expired'),
    );
    expect(ended).toMatchObject({ reason: 'no-answer', tryCount: 1, answer: null });
    await expect(station.api.post(`/devices/${mute}/commands/${sent.msgid}/cancel`, {})).rejects.toThrow('illegal-transition');
    await answer(mute, 'getstatus', `result=succ&state={"volt":12}&msgid=${sent.msgid}`);
    expect((await history(mute)).find(({ msgid }) => msgid === sent.msgid)).toMatchObject({
      state: 'expired',
      answer: { ok: true, values: { state: '{"volt":12}' } },
    });
  });

  it('tells a device the time when it asks, and speaks ThingsBoard to one that does', async () => {
    await answer(awake, 'reqtime', 'msgid=3');
    expect(await hearing(awake, /^\$cmd=reqtime/)).toMatch(/&result=succ&time=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d&msgid=3$/);
    await links.get(sleeper)?.disconnect();
    const link = await station.device(sleeper, secrets.get(sleeper) ?? '');
    links.set(sleeper, link);
    await link.subscribe(topics.rpcRequest);
    const sent = await station.api.post<DeviceCommand>(`/devices/${sleeper}/commands`, {
      command: 'setworkmode',
      parameters: { mode: 'saving' },
    });
    await hearing(sleeper, /^\{"method":"setworkmode","params":\{"mode":"1"\}\}$/);
    await link.publish(`${topics.rpcResponse}${sent.msgid}`, '{"result":"fail"}');
    expect((await history(sleeper))[0]).toMatchObject({ msgid: sent.msgid, state: 'failed' });
  });

  it('refuses what a device can not be told', async () => {
    await expect(station.api.post(`/devices/${awake}/commands`, { command: 'format' })).rejects.toThrow('invalid-request');
    await expect(
      station.api.post(`/devices/${awake}/commands`, { command: 'setsensortime', parameters: { uploadInterval: 90 } }),
    ).rejects.toThrow('whole minutes');
  });

  it('counts what was due and what came', async () => {
    const report = await until('the readings to be counted', PATIENCE_MS, async () => {
      const found = await station.api.get<KpiReport>('/kpis?by=device');
      return found.total.onlineDays > 0 && found;
    });
    expect(report.items.map(({ key }) => key)).toEqual([awake, sleeper, mute]);
    const [first, second, third] = report.items;
    expect(first).toMatchObject({ commands: 2, commandsSucceeded: 2, commandCompletionRate: 1, onlineRate: 1 });
    expect(second).toMatchObject({ commands: 3, commandsSucceeded: 2 });
    expect(third).toMatchObject({ commands: 1, commandsSucceeded: 0, onlineDays: 0 });
    expect(report.total).toMatchObject({ commands: 6, commandsSucceeded: 4, commandCompletionRate: 4 / 6 });
    expect((await station.api.get<DeviceView>(`/devices/${awake}`)).kpi?.month).toMatchObject({
      commands: 2,
      onlineDays: first?.onlineDays,
    });
    expect(station.errors).toEqual([]);
  });
});
