import type { SeededRandom } from '../random.js';

/** Rain of each hour of a record, mm. */
export type Rain = Float64Array;

/**
 * Storms at random: one in six days on average, 3–24 hours long, 20 mm on average (exponential, so that some bring more than 100). Every site has
 * its own, whether it fails or not: rain alone must not tell which.
 */
export function rainOf(hours: number, random: SeededRandom): Rain {
  const rain = new Float64Array(hours);
  let hour = 0;
  for (;;) {
    hour += Math.ceil(-Math.log(1 - random.next()) * 6 * 24);
    if (hour >= hours) return rain;
    const length = 3 + Math.floor(random.next() * 22);
    const depth = -Math.log(1 - random.next()) * 20;
    const shares = Array.from({ length }, () => -Math.log(1 - random.next()));
    const sum = shares.reduce((total, share) => total + share, 0);
    for (const [at, share] of shares.entries()) if (hour + at < hours) rain[hour + at] = (rain[hour + at] ?? 0) + (depth * share) / sum;
  }
}

/** What rain moves a slope that stands: `gain` mm for each 100 mm, spread over `days` by an exponential. Displacement at each hour, mm. */
export function rainResponse(rain: Rain, gain: number, days: number): Float64Array {
  const moved = new Float64Array(rain.length);
  const keep = Math.exp(-1 / (days * 24));
  let waiting = 0;
  let total = 0;
  for (let hour = 0; hour < rain.length; hour += 1) {
    waiting += ((rain[hour] ?? 0) * gain) / 100;
    total += waiting * (1 - keep);
    waiting *= keep;
    moved[hour] = total;
  }
  return moved;
}
