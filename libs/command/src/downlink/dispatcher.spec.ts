import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND, topics, type DeviceCommand, type DeviceReply, type RegisteredDevice } from '#libs/contracts';
import { commandCodec } from '#devices';
import { createLogger } from '#libs/platform';
import { createDevice } from '../devices/devices.js';
import { createPoint } from '../registry/points.js';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { pointInput } from '../fakes/fake-county.js';
import { Dispatcher } from './dispatcher.js';

const reboot = { command: 'reboot' as const, parameters: {} };

describe('the dispatcher', () => {
  let context: FakeContext;
  let device: RegisteredDevice;
  let counted: string[];
  let ended: DeviceCommand[];
  const make = (): Dispatcher =>
    new Dispatcher({
      store: context.store.deviceCommands,
      link: context.link,
      codec: commandCodec,
      registry: context.registry,
      catalogue: context.catalogue,
      settings: context.settings.current,
      clock: context.clock,
      logger: createLogger('silent'),
      ended: async (command) => void ended.push(command),
      count: (what) => counted.push(what),
    });
  let dispatcher: Dispatcher;

  beforeEach(async () => {
    context = fakeContext();
    const view = viewOf(context, fakeUser('wang', ['admin']));
    await createPoint(context, view, pointInput('513221010001', '513221'));
    for (const [deviceId, parent] of [['R1'], ['R1-2', 'R1'], ['R2']] as const)
      await createDevice(context, view, {
        deviceId,
        profile: 'rain-gauge',
        hazardPoint: '513221010001',
        synthetic: false,
        ...(parent ? { parent } : {}),
      });
    device = context.registry.device('R1') as RegisteredDevice;
    counted = [];
    ended = [];
    dispatcher = make();
    await dispatcher.start();
  });

  const row = (command: DeviceCommand): DeviceCommand | undefined => context.store.deviceCommands.rows.get(command.msgid);
  const reply = (msgid: string, over: Partial<DeviceReply> = {}): Promise<void> =>
    dispatcher.reply({ deviceId: 'R1', command: 'reboot', msgid, ok: true, values: {}, form: 'national', ...over }, context.clock.now());

  it('stores a command before it goes out, and sends it at once to a device that listens', async () => {
    context.link.connect('R1');
    const command = await dispatcher.order(device, reboot, { by: 'wang', writtenFor: 'person' });
    expect(context.link.sent).toEqual([{ deviceId: 'R1', topic: '$creq/R1/cmd', text: `$cmd=reboot&msgid=${command.msgid}` }]);
    expect(row(command)).toMatchObject({ state: 'sent', tryCount: 1 });
    await reply(command.msgid);
    expect(row(command)).toMatchObject({ state: 'succeeded' });
    expect(ended.map(({ msgid }) => msgid)).toEqual([command.msgid]);
    expect(counted).toEqual(['sent', 'succeeded']);
  });

  it('sends nothing when it could not be stored', async () => {
    context.link.connect('R1');
    context.store.deviceCommands.away = new Error('database is away');
    await expect(dispatcher.order(device, reboot, { by: 'wang', writtenFor: 'person' })).rejects.toThrow('away');
    expect(context.link.sent).toEqual([]);
  });

  it('waits for a sleeping device and sends at once when it listens, in the order of the orders', async () => {
    const first = await dispatcher.order(device, reboot, { by: 'wang', writtenFor: 'person' });
    const second = await dispatcher.order(device, { command: 'getstatus', parameters: {} }, { by: 'wang', writtenFor: 'person' });
    expect(Number(second.msgid)).toBeGreaterThan(Number(first.msgid));
    expect(row(first)).toMatchObject({ state: 'queued', reason: 'waits-for-device', tryCount: 0 });
    context.clock.time += 10 * MINUTE;
    await dispatcher.tick();
    expect(context.link.sent).toEqual([]);
    context.link.connect('R1');
    await dispatcher.listening('R1');
    expect(context.link.sent.map(({ text }) => text.split('&')[0])).toEqual(['$cmd=reboot', '$cmd=getstatus']);
  });

  it('repeats an unanswered command under the same number, and goes on after a restart', async () => {
    context.link.connect('R1');
    const command = await dispatcher.order(device, reboot, { by: 'wang', writtenFor: 'person' });
    context.clock.time += 30 * SECOND;
    await dispatcher.tick();
    dispatcher = make();
    await dispatcher.start();
    context.clock.time += 59 * SECOND;
    await dispatcher.tick();
    expect(context.link.sent).toHaveLength(2);
    context.clock.time += SECOND;
    await dispatcher.tick();
    expect(new Set(context.link.sent.map(({ text }) => text))).toEqual(new Set([`$cmd=reboot&msgid=${command.msgid}`]));
    expect(row(command)).toMatchObject({ tryCount: 3 });
    const next = await dispatcher.order(device, reboot, { by: 'wang', writtenFor: 'person' });
    expect(Number(next.msgid)).toBeGreaterThan(Number(command.msgid));
  });

  it('gives numbers that rise also when the clock goes back', async () => {
    const first = await dispatcher.order(device, reboot, { by: 'wang', writtenFor: 'person' });
    context.clock.time -= HOUR;
    expect(Number((await dispatcher.order(device, reboot, { by: 'wang', writtenFor: 'person' })).msgid)).toBe(Number(first.msgid) + 1);
  });

  it('expires after three upload intervals', async () => {
    const command = await dispatcher.order(device, reboot, { by: 'wang', writtenFor: 'person' });
    context.clock.time += 3 * device.interval * SECOND;
    await dispatcher.tick();
    expect(row(command)).toMatchObject({ state: 'expired', reason: 'never-connected' });
    expect(dispatcher.openOf('R1')).toEqual([]);
    await reply(command.msgid);
    expect(row(command)).toMatchObject({ state: 'expired', answer: { ok: true } });
    expect(counted).toEqual(['expired', 'reply-late']);
  });

  it('takes no answer from another device, to another command, or twice', async () => {
    context.link.connect('R1');
    const command = await dispatcher.order(device, reboot, { by: 'wang', writtenFor: 'person' });
    await reply(command.msgid, { deviceId: 'R2' });
    await reply(command.msgid, { command: 'getstatus' });
    await reply('1');
    await reply('');
    expect(row(command)).toMatchObject({ state: 'sent' });
    await reply(command.msgid);
    await reply(command.msgid, { ok: false });
    expect(row(command)).toMatchObject({ state: 'succeeded' });
    expect(counted.filter((what) => what.startsWith('reply'))).toEqual([...Array<string>(4).fill('reply-unknown'), 'reply-duplicate']);
  });

  it('leaves a command open when its answer could not be stored, so that the resent answer counts', async () => {
    context.link.connect('R1');
    const command = await dispatcher.order(device, reboot, { by: 'wang', writtenFor: 'person' });
    context.store.deviceCommands.away = new Error('database is away');
    await expect(reply(command.msgid)).rejects.toThrow('away');
    context.store.deviceCommands.away = undefined;
    await reply(command.msgid);
    expect(row(command)).toMatchObject({ state: 'succeeded' });
  });

  it('an answer without a verdict is one when it carries what was asked for', async () => {
    context.link.connect('R1');
    const asked = await dispatcher.order(device, { command: 'getstatus', parameters: {} }, { by: 'wang', writtenFor: 'person' });
    await reply(asked.msgid, { command: 'getstatus', ok: undefined, values: { state: '{}' } });
    const told = await dispatcher.order(device, reboot, { by: 'wang', writtenFor: 'person' });
    await reply(told.msgid, { ok: undefined });
    expect([row(asked)?.state, row(told)?.state]).toEqual(['succeeded', 'failed']);
  });

  it('reaches a child through its collector, and a ThingsBoard client in its language', async () => {
    context.link.connect('R1');
    const child = await dispatcher.order(context.registry.device('R1-2') as RegisteredDevice, reboot, { by: 'wang', writtenFor: 'person' });
    expect(context.link.sent[0]).toMatchObject({ deviceId: 'R1', topic: '$creq/R1/cmd' });
    await reply(child.msgid);
    expect(row(child)).toMatchObject({ state: 'succeeded', deviceId: 'R1-2' });
    context.link.connect('R2', 'rpc');
    const rpc = await dispatcher.order(context.registry.device('R2') as RegisteredDevice, reboot, { by: 'wang', writtenFor: 'person' });
    expect(context.link.sent[1]).toEqual({
      deviceId: 'R2',
      topic: topics.rpcRequestTo(rpc.msgid),
      text: '{"method":"reboot","params":{}}',
    });
  });

  it('tells the time to a device that asks, as its profile reads it', async () => {
    await dispatcher.reply({ deviceId: 'R1', command: 'reqtime', msgid: '9', ok: undefined, values: {}, form: 'national' }, 0);
    expect(context.link.sent).toEqual([
      { deviceId: 'R1', topic: '$creq/R1/cmd', text: '$cmd=reqtime&result=succ&time=2026-11-21 12:00:00&msgid=9' },
    ]);
  });

  it('withdraws what is open', async () => {
    const command = await dispatcher.order(device, reboot, { by: 'wang', writtenFor: 'person' });
    expect(await dispatcher.withdraw(command.msgid, 'cancelled-by-person')).toMatchObject({ state: 'cancelled' });
    expect(await dispatcher.withdraw(command.msgid, 'cancelled-by-person')).toBeUndefined();
  });
});
