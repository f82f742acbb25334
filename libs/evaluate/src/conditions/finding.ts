import type { WarningLevel } from '#libs/contracts';
import type { Condition } from './condition.js';
import type { ThresholdTable } from '../rulebook/thresholds.js';

/** One indicator of one channel, as conditions see it. `value` null = unknown. */
export interface Fact {
  key: string;
  indicator: string;
  deviceId: string;
  value: number | null;
  partial: boolean;
}
export type Truth = 'yes' | 'no' | 'unknown';

/** Answer of a condition: three-valued, with the facts that made it true and those that could not be known. */
export interface Finding {
  truth: Truth;
  support: readonly string[];
  unknown: readonly string[];
  /** No instrument of this kind is installed: never true, and never a reason for grey. */
  absent: boolean;
}
/** A total function: missing facts give `unknown`, nothing throws. */
export type CompiledCondition = (facts: readonly Fact[]) => Finding;

export interface ConditionContext {
  level: WarningLevel;
  thresholds: ThresholdTable;
  worse: (indicator: string) => 'more' | 'less';
  unknownWhen: 'any' | 'all';
  /**
   * A threshold that is not known (a multiple of a height nobody gave): `unknown` to raise, so that the point is not called calm; `absent` to hold,
   * or a level another indicator raised could never fall.
   */
  unresolved?: 'unknown' | 'absent';
  /** 1 to raise; the rulebook's fallback ratio to hold: thresholds are lowered by it (raised where less is worse). */
  ratio: number;
}

/** By indicator, of the facts under evaluation: every condition of every level asks, and a point of many instruments has hundreds. */
const indexes = new WeakMap<readonly Fact[], Map<string, Fact[]>>();
const noFacts: readonly Fact[] = [];

function factsOf(facts: readonly Fact[], indicator: string): readonly Fact[] {
  const known = indexes.get(facts);
  if (known) return known.get(indicator) ?? noFacts;
  const index = new Map<string, Fact[]>();
  for (const fact of facts) {
    const own = index.get(fact.indicator);
    if (own) own.push(fact);
    else index.set(fact.indicator, [fact]);
  }
  indexes.set(facts, index);
  return index.get(indicator) ?? noFacts;
}

const absent: Finding = { truth: 'no', support: [], unknown: [], absent: true };

/** Threshold that counts once a level is in force. */
export const boundAt = (threshold: number, worse: 'more' | 'less', ratio: number): number =>
  worse === 'more' ? threshold * ratio : threshold / ratio;

export const reaches = (value: number, bound: number, worse: 'more' | 'less'): boolean =>
  worse === 'more' ? value >= bound : value <= bound;

/** Compiles a condition for one level of one point. Kleene's three-valued logic throughout. */
export function compileCondition(condition: Condition, context: ConditionContext): CompiledCondition {
  switch (condition.kind) {
    case 'reached':
      return compileReached(condition.indicator, condition.at ?? context.level, context);
    case 'all':
    case 'any':
    case 'n-of': {
      const parts = condition.of.map((part) => compileCondition(part, context));
      const need = condition.kind === 'all' ? parts.length : condition.kind === 'n-of' ? condition.atLeast : 1;
      return (facts) =>
        atLeast(
          need,
          parts.map((part) => part(facts)),
        );
    }
    case 'not': {
      const part = compileCondition(condition.of, context);
      return (facts) => {
        const inner = part(facts);
        // "Not" over an instrument that isn't there says nothing: it must neither raise nor calm.
        if (inner.absent) return { ...absent, truth: 'unknown', absent: false };
        return {
          truth: inner.truth === 'yes' ? 'no' : inner.truth === 'no' ? 'yes' : 'unknown',
          support: [],
          unknown: inner.unknown,
          absent: false,
        };
      };
    }
    case 'same-instrument': {
      const part = compileCondition(condition.of, context);
      return (facts) => {
        const devices = [...new Set(facts.map((fact) => fact.deviceId))];
        return overInstruments(
          devices.map((device) => part(facts.filter((fact) => fact.deviceId === device))),
          context.unknownWhen,
        );
      };
    }
  }
}

function compileReached(indicator: string, at: WarningLevel, context: ConditionContext): CompiledCondition {
  const threshold = context.thresholds.of(indicator)[at];
  const worse = context.worse(indicator);
  const unresolved = context.unresolved === 'unknown' && context.thresholds.unresolved?.(indicator, at) === true;
  const bound = threshold === undefined ? undefined : boundAt(threshold, worse, context.ratio);
  return (facts) => {
    if (bound === undefined && !unresolved) return absent;
    const own = factsOf(facts, indicator);
    if (bound === undefined) return own.length === 0 ? absent : { ...absent, truth: 'unknown', absent: false };
    return overInstruments(
      own.map((fact): Finding => {
        const reached = fact.value !== null && reaches(fact.value, bound, worse);
        if (reached) return { truth: 'yes', support: [fact.key], unknown: [], absent: false };
        const known = fact.value !== null && !fact.partial && !unresolved;
        return { truth: known ? 'no' : 'unknown', support: [], unknown: known ? [] : [fact.key], absent: false };
      }),
      context.unknownWhen,
    );
  };
}

/** One instrument that holds the condition is enough; how much an unknown one weighs is the rulebook's missing-data policy. */
function overInstruments(findings: readonly Finding[], unknownWhen: 'any' | 'all'): Finding {
  const present = findings.filter((finding) => !finding.absent);
  if (present.length === 0) return absent;
  const joined = atLeast(1, present);
  if (joined.truth === 'unknown' && unknownWhen === 'all' && present.some((finding) => finding.truth === 'no'))
    return { ...joined, truth: 'no' };
  return joined;
}

function atLeast(need: number, findings: readonly Finding[]): Finding {
  const yes = findings.filter((finding) => finding.truth === 'yes');
  const maybe = findings.filter((finding) => finding.truth === 'unknown');
  const unknownOf = (some: readonly Finding[]): string[] => some.flatMap((finding) => finding.unknown);
  if (yes.length >= need)
    return { truth: 'yes', support: yes.flatMap((finding) => finding.support), unknown: unknownOf(findings), absent: false };
  if (yes.length + maybe.length >= need)
    return { truth: 'unknown', support: [], unknown: unknownOf(findings), absent: findings.every((finding) => finding.absent) };
  // What certainly fails is not made uncertain by parts that could not have saved it.
  const failed = findings.filter((finding) => finding.truth === 'no');
  return { truth: 'no', support: [], unknown: unknownOf(failed), absent: findings.every((finding) => finding.absent) };
}
