import { warningLevels, type WarningLevel } from '#libs/contracts';
import { conditionsIn, reachesOf, type Condition } from '../conditions/condition.js';
import { kindMarks, parameterFaults } from '../detectors/index.js';
import type { IndicatorBase } from '../detectors/kind.js';
import type { RulebookText } from './rulebook-schema.js';
import { witnessFaults } from './witness-checks.js';

export interface Fault {
  path: string[];
  message: string;
}
type Book = RulebookText;

/** What one field alone can't show to be wrong: units, order of thresholds, names that lead nowhere, levels nothing observed can reach. */
export const crossChecks = (book: Book): Fault[] => [
  ...Object.entries(book.indicators).flatMap(([id, indicator]) => [
    ...thresholdFaults(id, indicator, indicator.thresholds, ['thresholds']),
    ...Object.entries(indicator.grades ?? {}).flatMap(([grade, own]) => gradeFaults(id, indicator, grade, own)),
    ...parameterFaults(indicator).map(({ field, message }) => ({ path: ['indicators', id, field], message })),
  ]),
  ...persistenceFaults(book),
  ...responseFaults(book),
  ...warningLevels.flatMap((level) => levelFaults(book, level)),
  ...warningLevels.flatMap((level) => witnessFaults(book, level)),
  ...(Object.keys(book.levels).length === 0 ? [{ path: ['levels'], message: '至少要有一个级别 / expected at least one level' }] : []),
];

type Thresholds = IndicatorBase['thresholds'];

/** A dam's grade changes the numbers, never which levels there are, and knows no slope height. */
function gradeFaults(id: string, indicator: IndicatorBase, grade: string, own: Thresholds): Fault[] {
  const path = ['indicators', id, 'grades', grade];
  const levels = (of: Thresholds): string => Object.keys(of).toSorted().join(', ');
  return [
    ...thresholdFaults(id, indicator, own, ['grades', grade]),
    ...(levels(own) === levels(indicator.thresholds)
      ? []
      : [{ path, message: `须与 thresholds 的级别相同 / expected the levels of thresholds: ${levels(indicator.thresholds)}` }]),
    ...(Object.values(own).some(({ unit }) => unit === 'H')
      ? [{ path, message: `坝等别的阈值不用坡高倍数 / expected ${indicator.unit}, not multiples of a slope height` }]
      : []),
  ];
}

function thresholdFaults(id: string, indicator: IndicatorBase, thresholds: Thresholds, field: string[]): Fault[] {
  const faults: Fault[] = [];
  const weaker: Partial<Record<'H' | 'own', { level: WarningLevel; value: number }>> = {};
  for (const level of warningLevels) {
    const threshold = thresholds[level];
    if (!threshold) continue;
    const path = ['indicators', id, ...field, level];
    const multiple = threshold.unit === 'H';
    if (multiple && indicator.unit !== 'mm' && indicator.unit !== 'm')
      faults.push({
        path,
        message: `坡高倍数是长度，指标单位须为 mm 或 m / a multiple of the slope height is a length: expected an indicator in mm or m, not ${indicator.unit}`,
      });
    if (!multiple && threshold.unit !== indicator.unit)
      faults.push({
        path,
        message: `单位须为 ${indicator.unit} / expected ${indicator.unit}, the unit of the indicator, not ${threshold.unit}`,
      });
    if (threshold.value <= 0) faults.push({ path, message: '阈值须大于 0 / expected a threshold above 0: the way back is a share of it' });
    // A multiple of the height can only be compared with another one: the height is the point's.
    const scale = multiple ? 'H' : 'own';
    const below = weaker[scale];
    if (below && (indicator.worse === 'more' ? threshold.value < below.value : threshold.value > below.value))
      faults.push({
        path,
        message: `${indicator.worse === 'more' ? '不得小于' : '不得大于'}${below.level}阈值 / expected ${indicator.worse === 'more' ? 'at least' : 'at most'} the ${below.level} threshold ${below.value}${multiple ? ' H' : ''}`,
      });
    weaker[scale] = { level, value: threshold.value };
  }
  return faults;
}

function persistenceFaults(book: Book): Fault[] {
  const given = [
    { path: ['persistence'], own: {} },
    ...warningLevels.flatMap((level) => {
      const own = book.levels[level]?.persistence;
      return own ? [{ path: ['levels', level, 'persistence'], own }] : [];
    }),
  ];
  return given.flatMap(({ path, own }) => {
    const { samples, of, apart, within } = { ...book.persistence, ...own };
    const faults: Fault[] = [];
    if (of !== undefined && of < samples)
      faults.push({
        path,
        message: `${of} 个样本中不可能有 ${samples} 个 / ${samples} of ${of} samples: expected "of" to be at least "samples"`,
      });
    if (within !== undefined && within < apart)
      faults.push({ path, message: 'within 不得小于 apart / expected "within" to be at least "apart": two instruments could never meet' });
    return faults;
  });
}

/** A stronger level never asks for less: devices would fall asleep as the slope wakes up. */
function responseFaults({ response }: Book): Fault[] {
  let weaker: { level: WarningLevel; upload: number } | undefined;
  return warningLevels.flatMap((level) => {
    const upload = response[level]?.upload;
    if (upload === undefined) return [];
    const before = weaker;
    weaker = { level, upload };
    if (!before || upload <= before.upload) return [];
    return [{ path: ['response', level], message: `不得比${before.level}更稀 / expected uploads at least as often as at ${before.level}` }];
  });
}

function levelFaults(book: Book, level: WarningLevel): Fault[] {
  const own = book.levels[level];
  if (!own) return [];
  const when = { path: ['levels', level, 'when'], condition: own.when };
  const second = own.persistence['or-with'] ?? book.persistence['or-with'];
  const where = own.persistence['or-with'] ? ['levels', level, 'persistence', 'or-with'] : ['persistence', 'or-with'];
  const conditions = second ? [when, { path: where, condition: second }] : [when];
  return conditions.flatMap(({ path, condition }) => [
    ...nameFaults(book, condition, level, path),
    ...countFaults(condition, path),
    ...supportFaults(book, condition, path),
  ]);
}

function nameFaults(book: Book, condition: Condition, level: WarningLevel, path: string[]): Fault[] {
  return reachesOf(condition, level).flatMap(({ indicator, at }) => {
    const known = book.indicators[indicator];
    if (!known)
      return [
        { path, message: `没有指标 "${indicator}" / no indicator "${indicator}"; there are ${Object.keys(book.indicators).join(', ')}` },
      ];
    return known.thresholds[at]
      ? []
      : [{ path, message: `指标 "${indicator}" 没有 ${at} 阈值 / indicator "${indicator}" has no ${at} threshold` }];
  });
}

const countFaults = (condition: Condition, path: string[]): Fault[] =>
  conditionsIn(condition).flatMap((part) =>
    part.kind === 'n-of' && part.atLeast > part.of.length
      ? [{ path, message: `n-of：${part.of.length} 项中不可能有 ${part.atLeast} 项 / ${part.atLeast} of ${part.of.length} can never hold` }]
      : [],
  );

/**
 * A failure time or a tangent angle is a calculation over the motion of one instrument, with a baseline or a window someone chose: by itself it
 * alarms on noise and on every crisis that calms down (algorithms.md §2.1, §2.2), so a level also needs something that was observed.
 */
function supportFaults(book: Book, condition: Condition, path: string[]): Fault[] {
  const support = (id: string): boolean => {
    const indicator = book.indicators[id];
    return indicator !== undefined && kindMarks(indicator).supportOnly === true;
  };
  if (!canHoldWith(condition, support) || canHoldWith(condition, () => false)) return [];
  const names = [...new Set(reachesOf(condition, 'red').map(({ indicator }) => indicator))].filter(support);
  return [
    {
      path,
      message: `${names.join('、')} 只能佐证，不得单独达到某级，须与速率、变化量、雨量等用 all 组合 / ${names.join(', ')} only support other indicators and must not hold a level alone: join them by "all" with a velocity, a change, rain…`,
    },
  ];
}

/** Whether a condition may hold when only the indicators of `may` have reached anything. A `not` needs nothing to be reached. */
function canHoldWith(condition: Condition, may: (indicator: string) => boolean): boolean {
  switch (condition.kind) {
    case 'reached':
      return may(condition.indicator);
    case 'not':
      return true;
    case 'same-instrument':
      return canHoldWith(condition.of, may);
    case 'all':
      return condition.of.every((part) => canHoldWith(part, may));
    case 'any':
      return condition.of.some((part) => canHoldWith(part, may));
    case 'n-of':
      return condition.of.filter((part) => canHoldWith(part, may)).length >= condition.atLeast;
  }
}
