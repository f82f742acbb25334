import type { QualityFlag } from '#libs/contracts';

/** Bit of each flag in the column `quality`. Stored for ever: new flags take the next bit, no bit changes its meaning. */
const bits: Record<QualityFlag, number> = {
  range: 1 << 0,
  clock: 1 << 1,
  reset: 1 << 2,
  spike: 1 << 3,
  stuck: 1 << 4,
  late: 1 << 5,
  'time-by-server': 1 << 6,
  'gnss-float': 1 << 7,
  maintenance: 1 << 8,
  'low-battery': 1 << 9,
  synthetic: 1 << 10,
};
const entries = Object.entries(bits) as [QualityFlag, number][];

/** Flags as the bits of one integer column, and back. */
export const qualityMask = (flags: readonly QualityFlag[]): number => flags.reduce((mask, flag) => mask | bits[flag], 0);

export const qualityOf = (mask: number): QualityFlag[] => entries.filter(([, bit]) => (mask & bit) !== 0).map(([flag]) => flag);
