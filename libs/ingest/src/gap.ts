import { DAY, SECOND, type DataGap, type StoredReading } from '#libs/contracts';

/** Open gaps followed of one device. A device that loses more is given new ones and its oldest are given up: memory stays bounded. */
const MAX_OPEN = 32;
/** Holes a gap may fall into while samples come in any order. More would be a row of a megabyte; what comes then does not count. */
const MAX_HOLES = 128;
/** Loggers of the field keep a month; a gap older than that is closed by nobody any more. */
export const GIVE_UP_AFTER_MS = 30 * DAY;

/** Uploads missing between two neighbouring samples. Half an interval of jitter is not a missing one. */
export const missingBetween = (from: number, to: number, intervalSeconds: number): number =>
  Math.max(0, Math.round((to - from) / (intervalSeconds * SECOND)) - 1);

/** A device's own status comes in a rhythm of its own: it neither makes nor closes a gap of the measurements. */
const isStatus = (channel: string): boolean => channel.startsWith('S1_');

interface Followed {
  last: number;
  open: DataGap[];
}

/**
 * Finds where uploads of a device are missing, by the interval it had at that time, in device time: two neighbouring samples
 * that lie farther apart than one and a half intervals. Samples that come later fill the gap. Per device, not per channel:
 * the interval is one of the device (docs/adr/0022).
 */
export class GapDetector {
  readonly #devices = new Map<string, Followed>();

  /** @param intervalOf upload interval of a device, seconds; undefined: not registered */
  constructor(private readonly intervalOf: (deviceId: string) => number | undefined) {}

  /** Takes up the gaps found before a start. Call it before `follow`. */
  prime(open: readonly DataGap[]): void {
    for (const gap of open) this.#of(gap.deviceId).open.push(gap);
  }

  /**
   * Looks at stored readings, in the order of their commit.
   * @param now wall clock, epoch ms
   * @returns every gap that began, shrank or ended, as it is now; one that began and ended among these readings is none
   */
  follow(readings: readonly Pick<StoredReading, 'deviceId' | 'hazardPoint' | 'channel' | 'time'>[], now: number): DataGap[] {
    const began = new Set<string>();
    const changed = new Map<string, DataGap>();
    for (const { deviceId, hazardPoint, channel, time } of readings) {
      if (isStatus(channel)) continue;
      const device = this.#of(deviceId);
      if (time === device.last) continue;
      if (time < device.last) {
        for (const gap of fill(device, time, now)) changed.set(keyOf(gap), gap);
        continue;
      }
      const gap = this.#gapBefore({ deviceId, hazardPoint, time }, device.last, now);
      device.last = time;
      // After a start the last samples are looked at again, and with them a gap that is known.
      if (!gap || device.open.some((known) => gap.from >= known.from && gap.to <= known.to)) continue;
      device.open.push(gap);
      began.add(keyOf(gap));
      changed.set(keyOf(gap), gap);
      if (device.open.length > MAX_OPEN) {
        const oldest = device.open.shift();
        if (oldest) changed.set(keyOf(oldest), end(oldest, 'given-up', now));
      }
    }
    return [...changed.values()].filter((gap) => gap.state !== 'filled' || !began.has(keyOf(gap)));
  }

  /** Gives up what nobody can fill any more. */
  giveUp(now: number): DataGap[] {
    const given: DataGap[] = [];
    for (const device of this.#devices.values())
      device.open = device.open.filter((gap) => {
        const keep = now - gap.foundAt < GIVE_UP_AFTER_MS;
        if (!keep) given.push(end(gap, 'given-up', now));
        return keep;
      });
    return given;
  }

  get open(): number {
    let open = 0;
    for (const device of this.#devices.values()) open += device.open.length;
    return open;
  }

  #of(deviceId: string): Followed {
    const known = this.#devices.get(deviceId);
    if (known) return known;
    const made: Followed = { last: Number.NEGATIVE_INFINITY, open: [] };
    this.#devices.set(deviceId, made);
    return made;
  }

  #gapBefore(at: { deviceId: string; hazardPoint: string; time: number }, from: number, now: number): DataGap | undefined {
    const { deviceId, hazardPoint, time: to } = at;
    const interval = this.intervalOf(deviceId);
    if (interval === undefined || !Number.isFinite(from)) return undefined;
    const missing = missingBetween(from, to, interval);
    if (missing === 0) return undefined;
    const holes = [{ from, to, missing }];
    return { deviceId, hazardPoint, from, to, interval, missing, holes, state: 'open', foundAt: now, endedAt: null };
  }
}

const keyOf = ({ deviceId, from }: DataGap): string => `${deviceId} ${from}`;
const end = (gap: DataGap, state: DataGap['state'], now: number): DataGap => ({ ...gap, state, endedAt: now });

/** A sample inside a hole splits it; the parts with nothing missing are none. Answers the gap it fell into, as it is now. */
function fill(device: Followed, time: number, now: number): DataGap[] {
  const index = device.open.findIndex(({ from, to }) => time > from && time < to);
  const gap = device.open[index];
  const hole = gap?.holes.find(({ from, to }) => time > from && time < to);
  if (!gap || !hole) return [];
  const parts = [
    { from: hole.from, to: time },
    { from: time, to: hole.to },
  ]
    .map((part) => ({ ...part, missing: missingBetween(part.from, part.to, gap.interval) }))
    .filter(({ missing }) => missing > 0);
  const holes = gap.holes.flatMap((each) => (each === hole ? parts : [each]));
  if (holes.length > MAX_HOLES) return [];
  const filled: DataGap = holes.length === 0 ? end({ ...gap, holes }, 'filled', now) : { ...gap, holes };
  if (filled.state === 'filled') device.open.splice(index, 1);
  else device.open[index] = filled;
  return [filled];
}
