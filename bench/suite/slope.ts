export interface Sample {
  seconds: number;
  megabytes: number;
}

/** Parts of a run whose lowest sample is taken: what memory falls to after a collection, not the saw teeth between. */
const parts = 20;

/** Slope of the low points, MB an hour (least squares), to a tenth. 0 of fewer than two. */
export function slopePerHour(samples: readonly Sample[]): number {
  const size = Math.max(1, Math.ceil(samples.length / parts));
  const lows: Sample[] = [];
  for (let at = 0; at < samples.length; at += size)
    lows.push(samples.slice(at, at + size).reduce((low, one) => (one.megabytes < low.megabytes ? one : low)));
  const mean = (of: (one: Sample) => number): number => lows.reduce((sum, one) => sum + of(one), 0) / lows.length;
  const x = mean(({ seconds }) => seconds);
  const y = mean(({ megabytes }) => megabytes);
  const across = lows.reduce((sum, { seconds, megabytes }) => sum + (seconds - x) * (megabytes - y), 0);
  const spread = lows.reduce((sum, { seconds }) => sum + (seconds - x) ** 2, 0);
  return lows.length < 2 || spread === 0 ? 0 : Math.round((across / spread) * 3600 * 10) / 10;
}
