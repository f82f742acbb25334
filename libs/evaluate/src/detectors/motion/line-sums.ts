/** What a least-squares line is made of: count, sums and sums of products of times and values, both counted from an origin. */
export interface LineSums {
  n: number;
  t: number;
  x: number;
  tt: number;
  tx: number;
  xx: number;
}

/**
 * Moves the values of all but some samples by `by`.
 * @param later the samples that stay, times and values counted as in the sums
 */
export function moveEarlier(sums: LineSums, by: number, later: readonly (readonly [time: number, value: number])[]): void {
  let { n, t, x } = sums;
  for (const [time, value] of later) {
    n -= 1;
    t -= time;
    x -= value;
  }
  sums.tx += by * t;
  sums.xx += 2 * by * x + by * by * n;
  sums.x += by * n;
}
