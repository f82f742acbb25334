import { pointClock, type StoredReading } from '#libs/contracts';
import { openPointHistory, type PointHistory } from '#libs/store';
import type { History, InputReport } from './history.js';
import { intervalOf, type PointFile } from './point-file.js';

/** A point's stored readings as a history. */
export interface StoreSource {
  url: string;
  hazardPoint: string;
  /** Device time, epoch ms, both included. */
  from: number;
  to: number;
  /** `arrival`: as they came, late ones late. `time`: as if each had come at its own time. */
  order: 'arrival' | 'time';
}

/**
 * Readings of a point as the store has them. In the order of arrival the clock is the receive time (a drill's own clock for a drill's point):
 * the answer is what the live program would have said. @throws Error when the point is unknown or has no reading in that time; StoreAway
 */
export async function storeHistory(source: StoreSource, given: PointFile): Promise<History> {
  const store = await openPointHistory(source.url);
  try {
    return await historyFrom(store, source, given);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function historyFrom(store: PointHistory, { hazardPoint, from, to, order }: StoreSource, given: PointFile): Promise<History> {
  const known = await store.point(hazardPoint);
  if (!known) throw new Error(`no hazard point ${hazardPoint} in the database`);
  const extent = await store.extent(hazardPoint, from, to);
  if (!extent) throw new Error(`hazard point ${hazardPoint} has no reading in that time`);
  const channels = new Set<string>();
  const report: InputReport = {
    bad: { count: 0, byReason: {}, first: [] },
    duplicates: 0,
    sorted: order === 'time',
    late: 0,
    devices: known.devices.map(({ deviceId, interval }) => {
      const own = intervalOf(given, deviceId);
      return { deviceId, interval: own === undefined ? interval : own / 1000, given: true };
    }),
    channels: [],
  };
  const came = ({ time, receivedAt }: StoredReading): number => (order === 'time' ? time : pointClock(known.point.drill, receivedAt));
  return {
    report,
    ...extent,
    async *batches() {
      let seq = 0;
      try {
        for await (const readings of store.readings(hazardPoint, from, to, order)) {
          yield readings.map((reading) => {
            channels.add(reading.channel);
            const quality = order === 'time' ? reading.quality.filter((flag) => flag !== 'late') : reading.quality;
            if (quality.includes('late')) report.late += 1;
            return { ...reading, quality, receivedAt: came(reading), seq: (seq += 1) };
          });
        }
      } finally {
        report.channels = [...channels].toSorted();
        await store.close();
      }
    },
  };
}
