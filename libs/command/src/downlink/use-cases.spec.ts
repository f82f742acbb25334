import { beforeEach, describe, expect, it } from 'vitest';
import type { DeviceCommand, OperationId, Page } from '#libs/contracts';
import { carryOut } from '../operation/carry-out.js';
import { createDevice } from '../devices/devices.js';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { pointInput } from '../fakes/fake-county.js';
import { createPoint, updatePoint } from '../registry/points.js';
import { MAX_OPEN } from './dispatcher.js';

const code = '513221010001';

describe('commands over HTTP', () => {
  let context: FakeContext;
  const call = (id: OperationId, body: unknown, params: Record<string, string> = {}, user = fakeUser('wang', ['device-engineer'])) =>
    carryOut(context, id, {
      params: { id: 'R1', ...params },
      query: {},
      body,
      address: '',
      session: { token: '', expiresAt: 0, user },
    });
  const send = (body: unknown): Promise<DeviceCommand> => call('sendDeviceCommand', body) as Promise<DeviceCommand>;

  beforeEach(async () => {
    context = fakeContext();
    const view = viewOf(context, fakeUser('founder', ['admin']));
    await createPoint(context, view, pointInput(code, '513221'));
    await createDevice(context, view, { deviceId: 'R1', profile: 'rain-gauge', hazardPoint: code, synthetic: false });
    await createDevice(context, view, { deviceId: 'R2', profile: 'rain-gauge', hazardPoint: code, synthetic: false });
  });

  it('are taken from a device engineer, audited without the text a horn says, and listed newest first', async () => {
    const first = await send({ command: 'reboot' });
    const second = await send({ command: 'broadcast', parameters: { text: '王秀英请撤离' }, expiresIn: 60, text: 'storm' });
    expect(second).toMatchObject({ by: 'wang', text: 'storm', parameters: { times: 3, text: '王秀英请撤离' } });
    expect(Date.parse(second.expiresAt) - Date.parse(second.createdAt)).toBe(60_000);
    const { items } = (await call('listDeviceCommands', undefined)) as Page<DeviceCommand>;
    expect(items.map(({ msgid }) => msgid)).toEqual([second.msgid, first.msgid]);
    const audited = context.store.auditRows.filter(({ action }) => action === 'device.commanded');
    expect(audited).toHaveLength(2);
    expect(JSON.stringify(audited)).not.toContain('王秀英');
  });

  it('are refused to a duty officer, to a closed point, and when a device has too many waiting', async () => {
    await expect(call('sendDeviceCommand', { command: 'reboot' }, {}, fakeUser('li', ['duty']))).rejects.toMatchObject({
      code: 'forbidden',
    });
    for (let i = 0; i < MAX_OPEN; i += 1) await send({ command: 'getstatus' });
    await expect(send({ command: 'reboot' })).rejects.toMatchObject({ code: 'illegal-transition' });
    await updatePoint(context, viewOf(context, fakeUser('founder', ['admin'])), code, { closed: true });
    await expect(call('sendDeviceCommand', { command: 'reboot' }, { id: 'R2' })).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('say which word a horn can not speak', async () =>
    expect(send({ command: 'broadcast', parameters: { text: '请撤离𠮷' } })).rejects.toThrow('𠮷 is not in GB 2312'));

  it('can be withdrawn while they are open, by the device they are of', async () => {
    const { msgid } = await send({ command: 'reboot' });
    await expect(call('cancelDeviceCommand', {}, { id: 'R2', msgid })).rejects.toMatchObject({ code: 'not-found' });
    expect(await call('cancelDeviceCommand', {}, { msgid })).toMatchObject({ state: 'cancelled', reason: 'cancelled-by-person' });
    await expect(call('cancelDeviceCommand', {}, { msgid })).rejects.toMatchObject({ code: 'illegal-transition' });
    expect(context.store.auditRows.map(({ action }) => action)).toContain('device.command-cancelled');
  });

  it('the history of intervals begins with the registration', async () =>
    expect(await call('listDeviceIntervals', undefined)).toMatchObject({ items: [{ seconds: 600, cause: 'registered', msgid: null }] }));
});
