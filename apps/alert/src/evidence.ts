import type { HistoryStore } from '#libs/command';
import type { EvidenceSnapshot, WarningRecord } from '#libs/contracts';
import { DAY, toIso } from '#libs/contracts';

/** A day before the event: enough to see acceleration, and the day the rain sums speak of. */
const window = DAY;
/** Points a curve: what a screen shows. More makes the case file heavy, fewer hides a jump (extremes are kept). */
const pointsPerSeries = 300;
/** The warning waits for its case file at most this long, ms; a message matters more than a curve. */
const patience = 2_000;

/** Curves of the channels a warning speaks of, as they are now. A curve that can't be read in time is left out. */
export async function evidenceSeries(
  history: Pick<HistoryStore, 'readings'>,
  warning: WarningRecord,
  eventNow: number,
  unreadable: (error: unknown) => void,
): Promise<EvidenceSnapshot['series']> {
  const one = async ({ deviceId, channel, unit }: Curve) => {
    const query = { deviceId, channel, from: eventNow - window, to: eventNow, points: pointsPerSeries, limit: pointsPerSeries };
    try {
      const { readings } = await inTime(history.readings(query));
      return [{ deviceId, channel, unit, readings: readings.map(({ time, value, quality }) => ({ time: toIso(time), value, quality })) }];
    } catch (error) {
      unreadable(error);
      return [];
    }
  };
  return (await Promise.all(curvesOf(warning.evidence).map(one))).flat();
}

interface Curve {
  deviceId: string;
  channel: string;
  unit: string;
}

/** Detectors whose value is in the unit of what was measured; a velocity is not, and an hour to failure even less. */
const inUnitOfChannel: ReadonlySet<string> = new Set(['level', 'change', 'sum', 'rain', 'effective-rain', 'above-bed']);

/** Channels behind the indicators, each once: of a displacement (`displacement(L1_GP_1)`, which nobody stores) north and east, in mm (DZ/T 0450). */
function curvesOf(evidence: WarningRecord['evidence']): Curve[] {
  const curves = new Map<string, Curve>();
  const put = (curve: Curve, sure: boolean): void => {
    const key = `${curve.deviceId} ${curve.channel}`;
    if (sure || !curves.has(key)) curves.set(key, curve);
  };
  for (const { deviceId, channel, unit, detector } of evidence) {
    if (deviceId === undefined || channel === undefined) continue;
    const antenna = /^[a-z-]+\(([^)]+)\)$/.exec(channel)?.[1];
    if (antenna === undefined) put({ deviceId, channel, unit }, inUnitOfChannel.has(detector));
    else for (const axis of ['X', 'Y']) put({ deviceId, channel: `${antenna}.gpsTotal${axis}`, unit: 'mm' }, true);
  }
  return [...curves.values()];
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not read within ${patience} ms`)), patience);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
