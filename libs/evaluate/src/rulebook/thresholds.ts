import { canonicalChannel, type HazardPoint, type WarningLevel } from '#libs/contracts';
import type { IndicatorSpec, Rulebook } from './rulebook.js';

/** Thresholds in force at one point: the rulebook's class defaults, overridden by the point's own (contract.md, hazard points). */
export interface ThresholdTable {
  of(indicator: string): Partial<Record<WarningLevel, number>>;
  /** A multiple of a slope height nobody has given: the threshold exists and is not known. */
  unresolved?(indicator: string, level: WarningLevel): boolean;
  /** V0 given by the technical unit: a threshold named `<indicator>.v0`, in unit/d; its level says nothing. */
  v0(indicator: string): number | undefined;
}

/**
 * A point's threshold names its indicator as `<rulebook>.<indicator>`, `<indicator>`, or by the one channel the indicator reads.
 * @param slopeHeight H of the point, m; multiples of it become lengths here
 */
export function thresholdTable(rulebook: Rulebook, own: HazardPoint['thresholds'], slopeHeight?: number): ThresholdTable {
  const table = new Map<string, Partial<Record<WarningLevel, number>>>();
  const given = new Map<string, number>();
  for (const indicator of rulebook.indicators) {
    const names = namesOf(rulebook.id, indicator);
    const values = { ...indicator.thresholds, ...ofHeight(indicator, slopeHeight) };
    for (const { rule, level, value } of own) {
      if (names.has(canonicalChannel(rule))) values[level] = value;
      if (rule === `${indicator.id}.v0` || rule === `${rulebook.id}.${indicator.id}.v0`) given.set(indicator.id, value);
    }
    table.set(indicator.id, values);
  }
  const heights = new Map(rulebook.indicators.map((indicator) => [indicator.id, indicator.heights]));
  return {
    of: (indicator) => table.get(indicator) ?? {},
    unresolved: (indicator, level) => heights.get(indicator)?.[level] !== undefined && table.get(indicator)?.[level] === undefined,
    v0: (indicator) => given.get(indicator),
  };
}

/** Thresholds of a point that name no indicator of the rulebook: they rule nothing, and whoever wrote them believes they do. */
export function thresholdsOfNothing(rulebook: Rulebook, own: HazardPoint['thresholds']): HazardPoint['thresholds'] {
  const names = new Set(rulebook.indicators.flatMap((indicator) => [...namesOf(rulebook.id, indicator)]));
  const bare = (rule: string): string => canonicalChannel(rule.replace(/\.v0$/, ''));
  return own.filter(({ rule }) => !names.has(canonicalChannel(rule)) && !names.has(bare(rule)));
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
