import { MINUTE, pointClock, SECOND, type DeviceState, type Drill } from '#libs/contracts';

/** A packet may come so much later than its interval before the device is called stale. Less: every GPRS hiccup shows; more: a gap of one upload is hidden. */
const tolerance = (interval: number): number => Math.max(interval / 2, MINUTE);
/** Uploads missed before a device is called offline: the same three after which a rulebook calls a channel silent (contract.md). */
const missedUploads = 3;

/**
 * What a device is, by when it last sent something valid, never by "has a session" (domain.md §1.7). Both times are wall
 * clock and are compared on the clock of its point, so that a drill at speed 1000 is judged in event time.
 * @param interval upload interval, seconds
 */
export function deviceState(lastSeen: number | undefined, now: number, interval: number, drill: Drill | undefined): DeviceState {
  if (lastSeen === undefined) return 'unknown';
  const silent = pointClock(drill, now) - pointClock(drill, lastSeen);
  const period = interval * SECOND;
  if (silent <= period + tolerance(period)) return 'online';
  return silent <= missedUploads * period + tolerance(period) ? 'stale' : 'offline';
}
