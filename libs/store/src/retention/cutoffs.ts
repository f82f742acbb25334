import { DAY, type Retention } from '#libs/contracts';

/** Before which time each class is old; -Infinity: it is kept for ever. */
export type Cutoffs = Record<keyof Retention, number>;

/**
 * Times before which things are old at `now`, at midnight UTC. A coarser resolution is never younger than a finer one: where the readings
 * of a day are, its minutes must be too, or it could not be drawn.
 */
export function cutoffs(kept: Retention, now: number): Cutoffs {
  const before = (days: number): number => (days === 0 ? -Infinity : Math.floor((now - days * DAY) / DAY) * DAY);
  const readings = before(kept.readings);
  const minutes = Math.min(readings, before(kept.minutes));
  const hours = Math.min(minutes, before(kept.hours));
  return {
    readings,
    minutes,
    hours,
    days: Math.min(hours, before(kept.days)),
    quarantine: before(kept.quarantine),
    wallEvents: before(kept.wallEvents),
    gaps: before(kept.gaps),
    commands: before(kept.commands),
    deviceDays: before(kept.deviceDays),
    dryRuns: before(kept.dryRuns),
    shadowDecisions: before(kept.shadowDecisions),
  };
}

/**
 * Most that time may go on from one run to the next. A clock that has leapt ten years ahead would otherwise drop everything within a
 * minute; this way it drops what was due within a week, once a day, and every run says that it holds back. More: less time for somebody
 * to notice. Less: after a month switched off it takes longer to catch up.
 */
const MOST_STEP = 7 * DAY;

/**
 * The time retention is carried out for: now, unless the clock is further ahead of the last run than can be believed.
 * @param last what it was carried out for last, or the newest thing known before the first run; undefined: nothing is known
 */
export const believable = (now: number, last: number | undefined): number => (last === undefined ? now : Math.min(now, last + MOST_STEP));
