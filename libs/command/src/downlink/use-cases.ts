import { DeviceOrder, Problem, type BodyOf, type DeviceCommand, type DeviceInterval, type Page, type QueryOf } from '#libs/contracts';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { pageOfList } from '../operation/paging.js';
import type { ScopedView } from '../identity/scope.js';
import { MAX_OPEN } from './dispatcher.js';

/**
 * Sends a command as the user of the session.
 * @throws Problem out-of-scope, invalid-request (can't be said on the wire, closed point), illegal-transition (too many wait already)
 */
export async function sendCommand(
  context: CommandContext,
  view: ScopedView,
  deviceId: string,
  body: BodyOf<'sendDeviceCommand'>,
): Promise<DeviceCommand> {
  const device = view.device(deviceId);
  if (context.registry.point(device.hazardPoint)?.closed)
    throw new Problem('invalid-request', `device ${deviceId}: its hazard point ${device.hazardPoint} is closed`);
  const waiting = context.downlink.openOf(deviceId).length;
  if (waiting >= MAX_OPEN)
    throw new Problem('illegal-transition', `device ${deviceId} has ${waiting} commands waiting; withdraw some first`, {
      legal: ['cancel'],
    });
  const { expiresIn, text, ...order } = body;
  const command = await context.downlink.order(device, DeviceOrder.parse(order), {
    by: view.user.username,
    writtenFor: 'person',
    ...(expiresIn === undefined ? {} : { expiresIn }),
    ...(text === undefined ? {} : { text }),
  });
  await record(context, view.user.username, 'device.commanded', `device:${deviceId}`, {
    msgid: command.msgid,
    command: command.command,
    // The horn's text may name people.
    parameters: command.command === 'broadcast' ? 'text' : command.parameters,
  });
  return command;
}

export function listCommands(
  context: CommandContext,
  view: ScopedView,
  deviceId: string,
  query: QueryOf<'listDeviceCommands'>,
): Promise<Page<DeviceCommand>> {
  return context.store.deviceCommands.list({ ...query, deviceId: view.deviceEver(deviceId).deviceId });
}

/** @throws Problem not-found, illegal-transition when it has ended */
export async function cancelCommand(context: CommandContext, view: ScopedView, deviceId: string, msgid: string): Promise<DeviceCommand> {
  const device = view.device(deviceId);
  const known = await context.store.deviceCommands.find(msgid);
  if (known?.deviceId !== device.deviceId) throw new Problem('not-found', `device ${deviceId} has no command ${msgid}`);
  const cancelled = await context.downlink.withdraw(msgid, 'cancelled-by-person');
  if (!cancelled) throw new Problem('illegal-transition', `command ${msgid} has ended (${known.state})`, { legal: [] });
  await record(context, view.user.username, 'device.command-cancelled', `device:${deviceId}`, { msgid });
  return cancelled;
}

export function listIntervals(
  context: CommandContext,
  view: ScopedView,
  deviceId: string,
  query: QueryOf<'listDeviceIntervals'>,
): Page<DeviceInterval> {
  const history = [...context.intervals.history(view.deviceEver(deviceId))];
  return pageOfList(history, (interval) => interval.validFrom, query);
}
