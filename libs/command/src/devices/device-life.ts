import { Problem } from '#libs/contracts';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { newSecret, type ShownSecret } from './device-secret.js';
import type { ScopedView } from '../identity/scope.js';

/**
 * Takes a device out of service: its connections are closed, what it sends is refused, judgement goes on without it. Its past stays and can be
 * asked for. Refused while its point is under a warning: what the level rests on must not go by a click (ADR 28).
 * @throws Problem out-of-scope, illegal-transition
 */
export async function removeDevice(context: CommandContext, view: ScopedView, deviceId: string): Promise<void> {
  const { registry, store, clock, bus, link } = context;
  await registry.exclusively(async () => {
    const device = view.device(deviceId);
    const children = registry.devicesOf(device.hazardPoint).filter(({ parent }) => parent === deviceId);
    if (children.length > 0)
      throw new Problem('illegal-transition', `device ${deviceId} carries ${namesOf(children)}: remove those first`, { legal: [] });
    const warnings = (await store.warnings.open()).filter(({ hazardPoint }) => hazardPoint === device.hazardPoint);
    if (warnings.length > 0)
      throw new Problem(
        'illegal-transition',
        `hazard point ${device.hazardPoint} is under a warning (${warnings.map(({ id }) => id).join(', ')}): end it first; until then declare maintenance`,
        { legal: [] },
      );
    await store.registry.removeDevice(deviceId, clock.now());
    registry.removeDevice(deviceId);
    link.disconnect(deviceId);
    await bus.publish('registry.changed', { points: [device.hazardPoint] });
    await record(context, view.user.username, 'device.removed', `device:${deviceId}`, { hazardPoint: device.hazardPoint });
  });
}

/**
 * Makes another secret, in this answer only. Who is connected with the old one is cut off at once.
 * @throws Problem out-of-scope
 */
export async function renewSecret(context: CommandContext, view: ScopedView, deviceId: string): Promise<ShownSecret> {
  const { registry, store, link, dataKey } = context;
  return registry.exclusively(async () => {
    view.device(deviceId);
    const { secretHash, shown } = newSecret(dataKey, deviceId);
    await store.registry.renewSecret(deviceId, secretHash);
    // As it is now: an interval may have changed while the database wrote.
    registry.changeDevice({ ...view.device(deviceId), secretHash });
    link.disconnect(deviceId);
    await record(context, view.user.username, 'device.secret-renewed', `device:${deviceId}`);
    return shown;
  });
}

const namesOf = (devices: readonly { deviceId: string }[]): string => devices.map(({ deviceId }) => deviceId).join(', ');
