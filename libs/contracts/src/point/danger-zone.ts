import { z } from 'zod';

/** Longitude, latitude in degrees (WGS84/CGCS2000), as GeoJSON orders them. */
const Corner = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
type Corner = z.infer<typeof Corner>;

/** Corners of one zone. A run-out traced from a map has some dozens; more would make every CAP message of the point heavy. */
const MOST_CORNERS = 200;

/**
 * Danger zone of a hazard point (危险区): the ground people have to leave. One ring, its last corner the first again, that does not cross
 * itself: receivers of a CAP message refuse any other (CAP 1.2 §3.2.4; algorithms.md §4.1).
 */
export const DangerZone = z
  .array(Corner)
  .min(4, 'danger zone: at least three corners, and the first again at the end')
  .max(MOST_CORNERS)
  .refine((ring) => isClosed(ring), 'danger zone: the last corner must be the first again')
  .refine((ring) => !isClosed(ring) || !crossesItself(ring), 'danger zone: the outline crosses itself');
export type DangerZone = z.infer<typeof DangerZone>;

function isClosed(ring: readonly Corner[]): boolean {
  const [first, last] = [ring[0], ring.at(-1)];
  return first !== undefined && last !== undefined && first[0] === last[0] && first[1] === last[1];
}

/** Two sides that are not neighbours share a point, or two neighbours lie on each other. O(n²) of at most 200. */
function crossesItself(ring: readonly Corner[]): boolean {
  const sides = ring.slice(1).map((to, at) => [ring[at] ?? to, to] as const);
  return sides.some(([a, b], i) =>
    sides.some(([c, d], j) => {
      if (j <= i) return false;
      const neighbours = j === i + 1 || (i === 0 && j === sides.length - 1);
      if (!neighbours) return meet(a, b, c, d);
      const [shared, one, other] = j === i + 1 ? [b, a, d] : [a, b, c];
      return turn(one, shared, other) === 0 && ahead(shared, one, other);
    }),
  );
}

/** > 0: c lies left of a→b; 0: on the line. */
const turn = (a: Corner, b: Corner, c: Corner): number => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
/** From `from`, both lie the same way: a side that runs back on itself (also one without length). */
const ahead = (from: Corner, a: Corner, b: Corner): boolean =>
  (a[0] - from[0]) * (b[0] - from[0]) + (a[1] - from[1]) * (b[1] - from[1]) >= 0;
const within = (a: Corner, b: Corner, c: Corner): boolean =>
  Math.min(a[0], b[0]) <= c[0] && c[0] <= Math.max(a[0], b[0]) && Math.min(a[1], b[1]) <= c[1] && c[1] <= Math.max(a[1], b[1]);

/** Sides a–b and c–d have a point in common. */
function meet(a: Corner, b: Corner, c: Corner, d: Corner): boolean {
  const [abc, abd, cda, cdb] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
  if (abc !== abd && cda !== cdb) return true;
  return (
    (abc === 0 && within(a, b, c)) || (abd === 0 && within(a, b, d)) || (cda === 0 && within(c, d, a)) || (cdb === 0 && within(c, d, b))
  );
}
