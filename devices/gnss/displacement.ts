import type { GnssBaseline, GnssOrigin } from '#libs/contracts';
import { toLocal, type Geodetic, type Local } from './wgs84.js';

/** Millimetres. */
export interface Displacement {
  north: number;
  east: number;
  up: number;
}

/** Farther from its baseline than this (metres) no monument was carried by a slope: a wrong baseline, or ENU read as degrees. */
const FARTHEST_M = 10_000;

/** The baseline epoch a solution belongs to: the newest that had begun. @param baselines oldest first */
export const baselineAt = (baselines: readonly GnssBaseline[], time: number): GnssBaseline | undefined =>
  baselines.findLast(({ since }) => Date.parse(since) <= time);

/** Displacement since the beginning of the series, mm; or why the two can't be compared. */
export function displacement(position: Geodetic | Local, { origin, carried }: GnssBaseline): Displacement | { fault: string } {
  const moved = difference(origin, position);
  if (!moved) return { fault: 'the baseline has other coordinates than the solution (geodetic and local)' };
  const distance = Math.hypot(moved.east, moved.north, moved.up);
  if (!(distance <= FARTHEST_M)) return { fault: `the solution lies ${Math.round(distance / 1000)} km from its baseline` };
  return {
    north: toMm(moved.north) + (carried?.north ?? 0),
    east: toMm(moved.east) + (carried?.east ?? 0),
    up: toMm(moved.up) + (carried?.up ?? 0),
  };
}

function difference(origin: GnssOrigin, position: Geodetic | Local): Local | undefined {
  if ('latitude' in origin) return 'latitude' in position ? toLocal(origin, position) : undefined;
  if ('latitude' in position) return undefined;
  return { east: position.east - origin.east, north: position.north - origin.north, up: position.up - origin.up };
}

/** Micrometres are the last digit any receiver could mean. */
const toMm = (metres: number): number => Math.round(metres * 1e6) / 1e3;

/** The part of a displacement along the main slide direction (主滑方向, degrees clockwise from north), mm; negative: up the slope. */
export function alongSlide({ north, east }: Displacement, direction: number): number {
  const angle = (direction * Math.PI) / 180;
  return Math.round((north * Math.cos(angle) + east * Math.sin(angle)) * 1e3) / 1e3;
}

/** The epoch after `setInitial`: displacement counts from zero at this position. */
export const afterSetInitial = (since: string, position: GnssOrigin): GnssBaseline => ({ since, origin: position });

/**
 * The epoch after the base station was moved: the monument did not move, so displacement goes on from what it was.
 *
 * @param last  displacement of the last good solution before the move
 * @param first position of the first good solution after it
 */
export const afterBaseMoved = (since: string, last: Displacement, first: GnssOrigin): GnssBaseline => ({
  since,
  origin: first,
  carried: { ...last },
});
