/** Numbers a median is taken of, at most: filters look at a few. More needs a selection instead of this sort. */
const most = 64;
/** Working space; the hot path makes no garbage. Filled anew by every call. */
const sorted = new Float64Array(most);

/**
 * Median of some numbers that follow each other; sorts a copy by insertion, which for the few a filter looks at costs less than anything cleverer.
 * @param values at least one and at most 64 of them from `from` to before `to`
 */
export function median(values: ArrayLike<number>, from = 0, to = values.length): number {
  const count = to - from;
  if (count > most) throw new RangeError(`a median of ${count} numbers`);
  for (let at = 0; at < count; at += 1) {
    const value = values[from + at] as number;
    let place = at;
    for (; place > 0 && (sorted[place - 1] as number) > value; place -= 1) sorted[place] = sorted[place - 1] as number;
    sorted[place] = value;
  }
  return middleOf(sorted, 0, count);
}

/** Median of numbers that rise from `from` to before `to`. */
export function middleOf(rising: ArrayLike<number>, from: number, to: number): number {
  const middle = from + ((to - from) >> 1);
  const upper = rising[middle] as number;
  return (to - from) % 2 === 1 ? upper : (upper + (rising[middle - 1] as number)) / 2;
}

const deviations = new Float64Array(most);

/** Median of the distances from `middle`. */
export function medianDistance(values: ArrayLike<number>, middle: number, from = 0, to = values.length): number {
  for (let at = from; at < to; at += 1) deviations[at - from] = Math.abs((values[at] as number) - middle);
  return median(deviations, 0, to - from);
}
