import {
  canonicalChannel,
  DAY,
  deviceState,
  MINUTE,
  pointClock,
  Problem,
  toIso,
  type DeviceCreate,
  type DeviceView,
  type Page,
  type PageQuery,
  type QueryOf,
  type ReadingSeries,
  type RegisteredDevice,
} from '#libs/contracts';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { newSecret, type ShownSecret } from './device-secret.js';
import { monthOf } from '../kpi/report.js';
import { pageOfList } from '../operation/paging.js';
import type { ScopedView } from '../identity/scope.js';

/**
 * Registers a device and makes its secret, which is in this answer only.
 * @throws Problem out-of-scope, unknown-profile, already-exists, invalid-request (closed point, parent elsewhere)
 */
export async function createDevice(context: CommandContext, view: ScopedView, input: DeviceCreate): Promise<ShownSecret> {
  const point = view.point(input.hazardPoint);
  const profile = context.catalogue.profile(input.profile);
  if (!profile) {
    const known = context.catalogue.profiles().map((each) => each.id);
    throw new Problem('unknown-profile', `There is no device profile ${input.profile}; choose one of ${known.join(', ')}`, { known });
  }
  if (point.closed) throw new Problem('invalid-request', `hazardPoint: ${point.unifiedCode} is closed and takes no new devices`);
  return context.registry.exclusively(async () => {
    if (context.registry.device(input.deviceId))
      throw new Problem('already-exists', `Device ${input.deviceId} is registered already; its secret was shown once, and can be renewed`);
    if (input.parent !== undefined && view.device(input.parent).hazardPoint !== point.unifiedCode)
      throw new Problem('invalid-request', `parent: device ${input.parent} stands at another hazard point`);
    const again = context.registry.removedDevice(input.deviceId) !== undefined;
    const { secretHash, shown } = newSecret(context.dataKey, input.deviceId);
    const device: RegisteredDevice = {
      ...input,
      interval: input.interval ?? profile.interval,
      divisionCode: point.divisionCode,
      createdAt: toIso(context.clock.now()),
      secretHash,
    };
    await context.store.registry.insertDevice(device);
    context.registry.addDevice(device);
    if (again) await context.intervals.begin(device);
    await context.bus.publish('registry.changed', { points: [point.unifiedCode] });
    await record(context, view.user.username, 'device.created', `device:${device.deviceId}`, {
      profile: device.profile,
      hazardPoint: device.hazardPoint,
    });
    return shown;
  });
}

export function viewDevice(context: CommandContext, device: RegisteredDevice): DeviceView {
  const now = context.clock.now();
  const lastSeen = context.lastSeen.of(device.deviceId);
  const drill = context.registry.point(device.hazardPoint)?.drill;
  const { secretHash: _, ...shown } = device;
  return {
    ...shown,
    state: deviceState(lastSeen, now, device.interval, drill, context.registry.maintenanceOf(device.deviceId, now) !== undefined),
    lastSeen: lastSeen === undefined ? null : toIso(lastSeen),
    kpi: context.completeness.of(device, drill, context.intervals.history(device)),
  };
}

/** With the rates of the running month, which are the store's. */
export async function viewDeviceWithKpis(context: CommandContext, device: RegisteredDevice): Promise<DeviceView> {
  const [view] = await withMonth(context, [device]);
  return view ?? viewDevice(context, device);
}

async function withMonth(context: CommandContext, devices: readonly RegisteredDevice[]): Promise<DeviceView[]> {
  const month = await monthOf(context, devices);
  return devices.map((device) => {
    const view = viewDevice(context, device);
    return view.kpi ? { ...view, kpi: { ...view.kpi, month: month.get(device.deviceId) } } : view;
  });
}

export async function listDevices(
  context: CommandContext,
  view: ScopedView,
  query: PageQuery & { hazardPoint?: string },
): Promise<Page<DeviceView>> {
  const point = query.hazardPoint === undefined ? undefined : view.point(query.hazardPoint).unifiedCode;
  const devices = view.devices().filter((device) => point === undefined || device.hazardPoint === point);
  const page = pageOfList(devices, (device) => device.deviceId, query);
  return { ...page, items: await withMonth(context, page.items) };
}

/** Latest time a Date can hold: readings slightly ahead of our clock are shown too when no end is named. */
const endOfTime = 8.64e15;

/** A device clock may be so much ahead of ours before its readings are flagged (contract.md, "Late"). */
const aheadOfUs = 5 * MINUTE;

/** Readings of one channel. Without `from` the last 24 hours on the clock of the point, so that a drill shows its own. */
export async function readReadings(
  context: CommandContext,
  view: ScopedView,
  deviceId: string,
  query: QueryOf<'getDeviceReadings'>,
): Promise<ReadingSeries> {
  const device = view.deviceEver(deviceId);
  const channel = canonicalChannel(query.channel);
  const now = pointClock(context.registry.point(device.hazardPoint)?.drill, context.clock.now());
  const from = query.from ?? (query.to ?? now) - DAY;
  // Reduced readings are drawn from equal parts of the time asked for: an open end would put them all into one.
  const to = query.to ?? (query.points === undefined ? endOfTime : Math.max(now, from) + aheadOfUs);
  if (from > to) throw new Problem('invalid-request', 'from: lies after to');
  const { limit, cursor, points } = query;
  const { resolution, readings, nextCursor } = await context.store.history.readings({
    deviceId: device.deviceId,
    channel,
    from,
    to,
    points,
    limit,
    cursor,
  });
  const field = context.catalogue.profile(device.profile)?.field(channel);
  // A channel the profile does not have and nothing is stored of is a slip of the pen: an empty chart would look like a silent sensor.
  if (!field && readings.length === 0 && cursor === undefined)
    throw new Problem(
      'not-found',
      `channel: ${device.deviceId} (${device.profile}) has no channel ${channel} and no readings of it; see /device-profiles`,
    );
  return {
    channel,
    unit: field?.unit ?? '1',
    resolution,
    readings: readings.map((reading) => ({ ...reading, time: toIso(reading.time) })),
    nextCursor,
  };
}
