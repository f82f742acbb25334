import { canonicalChannel, type HazardPoint, type WarningLevel } from '#libs/contracts';
import type { IndicatorSpec, Rulebook } from './rulebook.js';

/** Thresholds in force at one point: the rulebook's class defaults, overridden by the point's own (contract.md, hazard points). */
export interface ThresholdTable {
  of(indicator: string): Partial<Record<WarningLevel, number>>;
  /** V0 given by the technical unit: a threshold named `<indicator>.v0`, in unit/d; its level says nothing. */
  v0(indicator: string): number | undefined;
}

/**
 * A point's threshold names its indicator as `<rulebook>.<indicator>`, `<indicator>`, or by the one channel the indicator reads.
 */
export function thresholdTable(rulebook: Rulebook, own: HazardPoint['thresholds']): ThresholdTable {
  const table = new Map<string, Partial<Record<WarningLevel, number>>>();
  const given = new Map<string, number>();
  for (const indicator of rulebook.indicators) {
    const names = namesOf(rulebook.id, indicator);
    const values = { ...indicator.thresholds };
    for (const { rule, level, value } of own) {
      if (names.has(canonicalChannel(rule))) values[level] = value;
      if (rule === `${indicator.id}.v0` || rule === `${rulebook.id}.${indicator.id}.v0`) given.set(indicator.id, value);
    }
    table.set(indicator.id, values);
  }
  return { of: (indicator) => table.get(indicator) ?? {}, v0: (indicator) => given.get(indicator) };
}

function namesOf(rulebook: string, indicator: IndicatorSpec): Set<string> {
  const names = new Set([indicator.id, `${rulebook}.${indicator.id}`]);
  const [only, ...more] = indicator.channels;
  if (only && more.length === 0) names.add(canonicalChannel(only.text));
  return names;
}
