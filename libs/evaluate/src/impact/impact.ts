import {
  warningLevels,
  type ImpactTotals,
  type JudgementRecord,
  type PointImpact,
  type PointLevel,
  type WarningLevel,
} from '#libs/contracts';

type Counts = Record<WarningLevel, number>;
type Sums = Omit<JudgementRecord, 'changes'>;

/** Warnings of each level the new judgement has more (+) or fewer (−). */
export const warningsMore = (live: Pick<JudgementRecord, 'warnings'>, next: Pick<JudgementRecord, 'warnings'>): Counts =>
  Object.fromEntries(warningLevels.map((level) => [level, next.warnings[level] - live.warnings[level]])) as Counts;

/** Whether the two judgements of a point differ in anything a person would notice. */
export function differs({ live, next }: Pick<PointImpact, 'live' | 'next'>): boolean {
  const of = ({ warnings, candidates, secondsInLevel, levelChanges }: JudgementRecord): string =>
    JSON.stringify([
      warningLevels.map((level) => warnings[level]),
      candidates,
      levelChanges,
      (['none', ...warningLevels, 'unknown'] as const).map((level) => secondsInLevel[level]),
    ]);
  return of(live) !== of(next);
}

/** Sums over points. */
export function impactTotals(items: readonly PointImpact[]): ImpactTotals {
  const live = sum(items.map((item) => item.live));
  const next = sum(items.map((item) => item.next));
  return { points: items.length, pointsChanged: items.filter(differs).length, live, next, warningsMore: warningsMore(live, next) };
}

function sum(records: readonly JudgementRecord[]): Sums {
  const warnings: Counts = { blue: 0, yellow: 0, orange: 0, red: 0 };
  const secondsInLevel: Record<PointLevel, number> = { none: 0, blue: 0, yellow: 0, orange: 0, red: 0, unknown: 0 };
  let candidates = 0;
  let levelChanges = 0;
  for (const record of records) {
    candidates += record.candidates;
    levelChanges += record.levelChanges;
    for (const level of warningLevels) warnings[level] += record.warnings[level];
    for (const level of Object.keys(secondsInLevel) as PointLevel[]) secondsInLevel[level] += record.secondsInLevel[level];
  }
  return { warnings, candidates, secondsInLevel, levelChanges };
}
