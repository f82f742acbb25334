import type { Drill } from '../point/hazard-point.js';
import { fromIso } from './time.js';

/**
 * The clock that rules judgement at a point: the wall clock, or a drill's own (design.md §5 "Drills have their own clock").
 * A drill runs at `speed` from `eventStart` until its event time meets the wall clock (the planned end of the run) and
 * from there at speed 1. It rules lateness, silence, hold, cool-down and staleness only; validity, delivery deadlines,
 * sessions and audit always use the wall clock.
 *
 * @param drill drill of the point, if it has one
 * @param wall  wall clock, epoch ms
 * @returns event time now, epoch ms
 */
export function pointClock(drill: Drill | undefined, wall: number): number {
  if (!drill) return wall;
  const wallStart = fromIso(drill.wallStart);
  const eventStart = fromIso(drill.eventStart);
  const event = eventStart + (wall - wallStart) * drill.speed;
  if (drill.speed <= 1) return event;
  return Math.min(event, wall);
}
