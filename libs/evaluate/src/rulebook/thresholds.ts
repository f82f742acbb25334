import { canonicalChannel, type HazardPoint, type PointThreshold, type WarningLevel } from '#libs/contracts';
import type { IndicatorSpec, Rulebook } from './rulebook.js';

/** Thresholds in force at one point: the rulebook's class defaults, overridden by the point's own (contract.md, hazard points). */
export interface ThresholdTable {
  of(indicator: string): Partial<Record<WarningLevel, number>>;
  /** Of a slope height, or of a dam's grade, nobody has given: the threshold exists and is not known, or only its least demanding value. */
  unresolved?(indicator: string, level: WarningLevel): boolean;
  /** V0 given by the technical unit: a threshold named `<indicator>.v0`, in unit/d; its level says nothing. */
  v0(indicator: string): number | undefined;
}

/**
 * A point's threshold names its indicator as `<rulebook>.<indicator>`, `<indicator>`, or by the one channel the indicator reads. One that is faulty (`thresholdFaults`)
 * counts for nothing: the rulebook's own stays in force.
 * @param slopeHeight H of the point, m; multiples of it become lengths here
 * @param damGrade of a tailings dam, 1 to 5. Not known, thresholds that hang on it are those of grade five, the least demanding: what reaches them reaches any, and what doesn't is not known to be calm
 */
export function thresholdTable(
  rulebook: Rulebook,
  own: HazardPoint['thresholds'],
  slopeHeight?: number,
  damGrade?: number,
): ThresholdTable {
  const table = new Map<string, Partial<Record<WarningLevel, number>>>();
  const sound = own.filter((threshold) => faultOf(rulebook, threshold) === undefined);
  const given = new Map<string, number>();
  const ungraded = new Map<string, Set<string>>();
  for (const indicator of rulebook.indicators) {
    const names = namesOf(rulebook.id, indicator);
    const values = { ...indicator.thresholds, ...indicator.grades?.[String(damGrade)], ...ofHeight(indicator, slopeHeight) };
    if (indicator.grades && damGrade === undefined) ungraded.set(indicator.id, new Set(Object.keys(values)));
    for (const { rule, level, value } of sound) {
      if (names.has(canonicalChannel(rule))) {
        values[level] = value;
        ungraded.get(indicator.id)?.delete(level);
      }
      if (rule === `${indicator.id}.v0` || rule === `${rulebook.id}.${indicator.id}.v0`) given.set(indicator.id, value);
    }
    table.set(indicator.id, values);
  }
  const heights = new Map(rulebook.indicators.map((indicator) => [indicator.id, indicator.heights]));
  return {
    of: (indicator) => table.get(indicator) ?? {},
    unresolved: (indicator, level) =>
      (heights.get(indicator)?.[level] !== undefined && table.get(indicator)?.[level] === undefined) ||
      ungraded.get(indicator)?.has(level) === true,
    v0: (indicator) => given.get(indicator),
  };
}

/** Why a threshold of a point rules nothing, and is refused where it is given. */
export interface ThresholdFault {
  code: 'not-positive' | 'across-units' | 'names-nothing';
  threshold: PointThreshold;
  text: { zh: string; en: string };
}

/**
 * What is wrong with a point's own thresholds under its rulebook. Each of these would be believed by whoever wrote it: 0 mm/d alarms for ever (its fallback is 0, too) or, where less
 * is worse, never; and a number by a channel's name that several indicators read in different units is 12 mm to one and 12 mm/d to the other.
 */
export const thresholdFaults = (rulebook: Rulebook, own: HazardPoint['thresholds']): ThresholdFault[] =>
  own.flatMap((threshold) => faultOf(rulebook, threshold) ?? []);

/** Thresholds of a point that rule nothing under its rulebook, while whoever wrote them believes they do. */
export const thresholdsOfNothing = (rulebook: Rulebook, own: HazardPoint['thresholds']): HazardPoint['thresholds'] =>
  own.filter((threshold) => faultOf(rulebook, threshold) !== undefined);

function faultOf(rulebook: Rulebook, threshold: PointThreshold): ThresholdFault | undefined {
  const { rule, value } = threshold;
  const fault = (code: ThresholdFault['code'], zh: string, en: string): ThresholdFault => ({ code, threshold, text: { zh, en } });
  const bare = canonicalChannel(rule.replace(/\.v0$/, ''));
  const named = rulebook.indicators.filter((indicator) => {
    const names = namesOf(rulebook.id, indicator);
    return names.has(canonicalChannel(rule)) || names.has(bare);
  });
  const [first] = named;
  if (!first) {
    const ids = rulebook.indicators.map(({ id }) => id).join(', ');
    return fault(
      'names-nothing',
      `“${rule}”不是规则集 ${rulebook.id} 的指标；有 ${ids}`,
      `"${rule}" names no indicator of rulebook ${rulebook.id}; it has ${ids}`,
    );
  }
  if (!(value > 0))
    return fault('not-positive', `“${rule}”的阈值须大于 0，不能是 ${value}`, `"${rule}": expected a threshold above 0, not ${value}`);
  const units = [...new Set(named.map(({ unit }) => unit))];
  if (units.length < 2) return undefined;
  const each = named.map(({ id, unit }) => `${id} (${unit})`).join(', ');
  return fault(
    'across-units',
    `“${rule}”是通道名，读它的指标单位不同：${each}；请写指标名`,
    `"${rule}" names a channel that indicators of different units read: ${each}; expected the name of one of them`,
  );
}

function ofHeight({ heights, unit }: IndicatorSpec, slopeHeight: number | undefined): Partial<Record<WarningLevel, number>> {
  if (slopeHeight === undefined) return {};
  const height = unit === 'mm' ? slopeHeight * 1000 : slopeHeight;
  return Object.fromEntries(Object.entries(heights).map(([level, multiple]) => [level, Math.round(multiple * height * 1e6) / 1e6]));
}

function namesOf(rulebook: string, indicator: IndicatorSpec): Set<string> {
  const names = new Set([indicator.id, `${rulebook}.${indicator.id}`]);
  const [only, ...more] = indicator.channels;
  if (only && more.length === 0) names.add(canonicalChannel(only.text));
  return names;
}
