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
  const channels = new Map<string, { deviceId: string; channel: string; unit: string }>();
  for (const { deviceId, channel, unit } of warning.evidence)
    if (deviceId !== undefined && channel !== undefined) channels.set(`${deviceId} ${channel}`, { deviceId, channel, unit });
  const one = async ({ deviceId, channel, unit }: { deviceId: string; channel: string; unit: string }) => {
    const query = { deviceId, channel, from: eventNow - window, to: eventNow, points: pointsPerSeries, limit: pointsPerSeries };
    try {
      const { readings } = await inTime(history.readings(query));
      return [{ deviceId, channel, unit, readings: readings.map(({ time, value, quality }) => ({ time: toIso(time), value, quality })) }];
    } catch (error) {
      unreadable(error);
      return [];
    }
  };
  return (await Promise.all([...channels.values()].map(one))).flat();
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
