import { splitChannel } from '#libs/contracts';
import type { WallSnapshot } from '#libs/contracts';

export type ChannelEntry = WallSnapshot['channels'][number];

/** Channels that belong on one chart: same kind of sensor, same unit, comparable fields. */
export interface ChartGroup {
  id: string;
  /** Sensor type without its number: `L1_GP`. */
  sensor: string;
  /** The one field it shows where a sensor's fields do not belong together, else ''. */
  field: string;
  unit: string;
  /** Amounts of a period are bars; everything else is a line. */
  style: 'line' | 'bars';
  curves: ChannelEntry[];
}

/** Fields that would bend the scale of their siblings: an azimuth beside a tilt, a total beside an hour's rain. */
const apart = new Set(['totalValue', 'AZI', 'trend', 'temp']);
/** Sensors whose every field is a quantity of its own: a pond's beach is a hundred metres long, its freeboard one. */
const allApart = new Set(['L3_WK']);

export const sensorType = (channel: string): string => splitChannel(channel).sensor.replace(/_\d+$/, '');

/** Charts of a hazard point. Device status (S1_…) is no measurement of the slope and has none. */
export function chartGroups(channels: Iterable<ChannelEntry>): ChartGroup[] {
  const groups = new Map<string, ChartGroup>();
  for (const entry of channels) {
    const sensor = sensorType(entry.channel);
    if (sensor.startsWith('S1_')) continue;
    const { field } = splitChannel(entry.channel);
    const alone = apart.has(field) || allApart.has(sensor) ? field : '';
    const id = [sensor, entry.unit, alone].join('|');
    const group = groups.get(id) ?? {
      id,
      sensor,
      field: alone,
      unit: entry.unit,
      style: sensor === 'L3_YL' && field === 'value' ? ('bars' as const) : ('line' as const),
      curves: [],
    };
    group.curves.push(entry);
    groups.set(id, group);
  }
  for (const group of groups.values())
    group.curves = group.curves.toSorted((a, b) =>
      `${a.deviceId} ${a.channel}`.localeCompare(`${b.deviceId} ${b.channel}`, 'en', { numeric: true }),
    );
  return [...groups.values()].toSorted((a, b) => a.id.localeCompare(b.id, 'en'));
}

/** Short name of a curve on its chart: the device, and what tells its channels apart. */
export function curveName(curve: ChannelEntry, group: ChartGroup): string {
  const { field } = splitChannel(curve.channel);
  const sameDevice = group.curves.filter((other) => other.deviceId === curve.deviceId);
  if (sameDevice.length === 1) return curve.deviceId;
  const axis = field === 'value' ? curve.channel : field.replace(/^(gpsTotal|disps)/, '');
  return `${curve.deviceId} ${axis}`;
}
