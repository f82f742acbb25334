import { wilson, type Share } from '#libs/evaluate';
import { digits, shareText } from '../section.js';
import { crossValidate, falseShare, greatestCsi, type CrossValidated } from './cross-validation.js';
import { csi, type Counts, type Day } from './days.js';
import { crossValidateTwoSigns } from './two-signs.js';

/** A row of skill: counts, and POD, FAR and CSI with Wilson intervals. */
function skillRow(name: string, { tp, fp, fn }: Counts): string[] {
  const share = (part: number, of: number): string => shareText(wilson(part, of) satisfies Share, 2);
  return [name, String(tp), String(fp), String(fn), share(tp, tp + fn), share(fp, tp + fp), share(tp, tp + fp + fn)];
}
export const skillHead = ['warned when', 'TP', 'FP', 'FN', 'POD (95 %)', 'FAR (95 %)', 'CSI (95 %)'];

const chosenText = ({ chosen, thresholds }: CrossValidated): string => {
  const sorted = thresholds.toSorted((a, b) => a - b);
  const range = `${digits(sorted[0])}–${digits(sorted.at(-1))}`;
  return `${Object.entries(chosen)
    .toSorted(([, a], [, b]) => b - a)
    .map(([index, times]) => `${index} (${times}×)`)
    .join(', ')}; thresholds ${range}`;
};

/** Skill that was published of some days. */
export interface Published {
  name: string;
  counts: Counts;
}

/** Pairs of signs that are tried where a record knows both. */
export const pairs = [
  ['effective-90', 'rain-1d'],
  ['effective-90', 'rain-3d'],
  ['soil-water', 'rain-1d'],
  ['soil-water', 'rain-3d'],
] as const;

/**
 * Choices against what was published: by the greatest CSI of one index, at the published share of false days, and two signs by CSI. One row each, and whether
 * one of them is better.
 */
export function against(
  days: readonly Day[],
  { indices, signs, fold }: { indices: readonly string[]; signs: readonly (readonly [string, string])[]; fold: (day: Day) => string },
  { name, counts }: Published,
) {
  const quiet = days.filter(({ slide }) => !slide).length;
  const byCsi = crossValidate(days, indices, fold, greatestCsi);
  const byShare = crossValidate(days, indices, fold, falseShare(counts.fp / quiet));
  const byBoth = crossValidateTwoSigns(days, signs, fold);
  const [best = byCsi] = [byCsi, byShare, byBoth].toSorted((a, b) => csi(b) - csi(a));
  return {
    goal: {
      what: `${name} beaten on days not looked at, at one operating point (CSI)`,
      goal: `> ${digits(csi(counts), 3)}`,
      figure: `one index by CSI ${digits(csi(byCsi), 3)}, at its share of false days ${digits(csi(byShare), 3)}${signs.length > 0 ? `, two signs ${digits(csi(byBoth), 3)}` : ''}; the best: ${chosenText(best)}`,
      met: csi(best) > csi(counts),
    },
    rows: [
      skillRow(`${name}: published`, counts),
      skillRow(`${name}: one index, by CSI`, byCsi),
      skillRow(`${name}: one index, at its share of false days`, byShare),
      ...(signs.length > 0 ? [skillRow(`${name}: two signs, by CSI`, byBoth)] : []),
    ],
  };
}
