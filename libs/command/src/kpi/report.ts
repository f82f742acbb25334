import {
  DAY,
  fromIso,
  insideDivision,
  pointClock,
  Problem,
  toIso,
  type KpiFigures,
  type KpiReport,
  type QueryOf,
  type RegisteredDevice,
} from '#libs/contracts';
import type { CommandContext } from '../context.js';
import { pageOfList } from '../operation/paging.js';
import type { ScopedView } from '../identity/scope.js';
import { civilDay, dayOfText, dayStart, dayText, monthStart } from './civil-day.js';
import { deviceFigures, together, type Counted } from './figures.js';

/** Device-days in one answer. A province's month is some 150,000; more than this reads the counters for seconds. */
const MAX_DEVICE_DAYS = 2_000_000;

/** Figures of each of these devices over the civil days [fromDay, toDay]. Counts and commands come from the store: a restart changes nothing. */
export async function figuresOf(
  context: CommandContext,
  devices: readonly RegisteredDevice[],
  fromDay: number,
  toDay: number,
): Promise<Map<string, Counted>> {
  const ids = devices.map((device) => device.deviceId);
  if (ids.length === 0) return new Map();
  // A long interval is covered by a report some days back.
  const [days, commands] = await Promise.all([
    context.store.kpis.days(ids, dayText(fromDay - 3), dayText(toDay)),
    context.store.kpis.commands(ids, dayStart(fromDay), dayStart(toDay + 1)),
  ]);
  const samples = new Map<string, Map<number, number>>();
  for (const { deviceId, day, samples: count } of days) {
    const own = samples.get(deviceId) ?? new Map<number, number>();
    samples.set(deviceId, own.set(dayOfText(day), count));
  }
  const ended = new Map(commands.map((each) => [each.deviceId, each]));
  return new Map(
    devices.map((device) => {
      const point = context.registry.point(device.hazardPoint);
      const onPoint = (wall: number): number => pointClock(point?.drill, wall);
      return [
        device.deviceId,
        deviceFigures(
          {
            intervals: context.intervals.history(device).map(({ validFrom, seconds }) => ({ from: onPoint(fromIso(validFrom)), seconds })),
            until: onPoint(point?.closed ? fromIso(point.updatedAt) : context.clock.now()),
            samples: samples.get(device.deviceId) ?? new Map(),
            commands: ended.get(device.deviceId)?.ended ?? 0,
            commandsSucceeded: ended.get(device.deviceId)?.succeeded ?? 0,
          },
          fromDay,
          toDay,
        ),
      ];
    }),
  );
}

/** The running month of each device, as `GET /devices` shows it. */
export async function monthOf(
  context: CommandContext,
  devices: readonly RegisteredDevice[],
): Promise<Map<string, KpiFigures & { from: string }>> {
  const today = civilDay(context.clock.now());
  const from = monthStart(today);
  const figures = await figuresOf(context, devices, from, today);
  return new Map([...figures].map(([id, counted]) => [id, { ...together([counted]), from: dayText(from) }]));
}

/**
 * The rates of an area. Points of exercises are left out: their days are not the calendar's.
 * @throws Problem invalid-request for a span without days or too long, out-of-scope for a division elsewhere
 */
export async function reportKpis(context: CommandContext, view: ScopedView, query: QueryOf<'getKpis'>): Promise<KpiReport> {
  const now = context.clock.now();
  const today = civilDay(now);
  const fromDay = query.from === undefined ? monthStart(today) : dayOfText(query.from);
  const toDay = Math.min(query.to === undefined ? today : dayOfText(query.to), today);
  if (Number.isNaN(fromDay) || Number.isNaN(toDay)) throw new Problem('invalid-request', 'query.from, query.to: no day of the calendar');
  if (fromDay > toDay) throw new Problem('invalid-request', 'query.from: lies after query.to, or after today');
  if (query.division !== undefined) view.requireArea(query.division);
  const area = query.division ?? view.user.scope;
  const devices = view
    .devices()
    .filter((device) => insideDivision(device.divisionCode, area) && !context.registry.point(device.hazardPoint)?.drill);
  const deviceDays = devices.length * (toDay - fromDay + 1);
  if (deviceDays > MAX_DEVICE_DAYS)
    throw new Problem(
      'invalid-request',
      `query: ${deviceDays} device-days are too many for one answer; ask for a shorter span or a smaller division`,
    );
  const figures = await figuresOf(context, devices, fromDay, toDay);
  const groups = new Map<string, { name: string; parts: Counted[] }>();
  for (const device of devices) {
    const { key, name } = groupOf(context, device, query.by);
    const group = groups.get(key) ?? { name, parts: [] };
    const counted = figures.get(device.deviceId);
    if (counted) group.parts.push(counted);
    groups.set(key, group);
  }
  const page = pageOfList(
    [...groups].map(([key, group]) => ({ key, ...group })),
    (group) => group.key,
    query,
  );
  return {
    from: dayText(fromDay),
    to: dayText(toDay),
    asOf: toIso(Math.min(now, dayStart(toDay) + DAY)),
    division: area,
    total: together(figures.values()),
    items: page.items.map(({ key, name, parts }) => ({ key, name, devices: parts.length, ...together(parts) })),
    nextCursor: page.nextCursor,
  };
}

function groupOf(context: CommandContext, device: RegisteredDevice, by: 'division' | 'point' | 'device'): { key: string; name: string } {
  if (by === 'device') return { key: device.deviceId, name: device.deviceId };
  if (by === 'point') return { key: device.hazardPoint, name: context.registry.point(device.hazardPoint)?.name ?? device.hazardPoint };
  return { key: device.divisionCode, name: device.divisionCode };
}
