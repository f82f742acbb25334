import type { RegistryView } from '#libs/contracts';
import { recentSamples, type Intake, type PrimingReading, type RecentReadings } from '#libs/ingest';
import type { GapWatch } from './gap-watch.js';

/** Times of one device seen so far, and from when on they are complete. */
interface Seen {
  times: Map<number, string>;
  completeFrom: number;
}

/**
 * Gives flags and gaps the past they go on from. A channel that samples more often than its device's others has a shorter past
 * in as many samples; gaps are looked for only where the past of every channel reaches.
 *
 * @param now wall clock, epoch ms
 */
export async function takeUp(
  recent: RecentReadings,
  intake: Intake,
  gaps: GapWatch | undefined,
  registry: RegistryView,
  now: number,
): Promise<void> {
  const devices = new Map<string, Seen>();
  for await (const portion of recent.recent(recentSamples)) {
    intake.prime(portion);
    if (gaps) note(portion, devices);
  }
  for (const [deviceId, { times, completeFrom }] of devices) {
    const device = registry.device(deviceId);
    if (!device) continue;
    const known = [...times].filter(([time]) => time >= completeFrom).toSorted(([a], [b]) => a - b);
    gaps?.recall(
      known.map(([time, channel]) => ({ deviceId, hazardPoint: device.hazardPoint, channel, time })),
      now,
    );
  }
}

function note(portion: readonly PrimingReading[], devices: Map<string, Seen>): void {
  let first: PrimingReading | undefined;
  let count = 0;
  for (const reading of portion) {
    const seen = devices.get(reading.deviceId) ?? { times: new Map<number, string>(), completeFrom: Number.NEGATIVE_INFINITY };
    devices.set(reading.deviceId, seen);
    seen.times.set(reading.time, reading.channel);
    if (first?.deviceId !== reading.deviceId || first.channel !== reading.channel) {
      first = reading;
      count = 0;
    }
    count += 1;
    if (count === recentSamples) seen.completeFrom = Math.max(seen.completeFrom, first.time);
  }
}
