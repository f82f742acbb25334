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

/** The facts of each instrument, in the order they first come: kept with their own indexes, as every condition on one instrument asks again. */
const instruments = new WeakMap<readonly Fact[], readonly (readonly Fact[])[]>();

function instrumentsOf(facts: readonly Fact[]): readonly (readonly Fact[])[] {
  const known = instruments.get(facts);
  if (known) return known;
  const own = new Map<string, Fact[]>();
  for (const fact of facts) {
    const group = own.get(fact.deviceId);
    if (group) group.push(fact);
    else own.set(fact.deviceId, [fact]);
  }
  const groups = [...own.values()];
  instruments.set(facts, groups);
  return groups;
}

const absent: Finding = { truth: 'no', support: [], unknown: [], absent: true };
/** Most findings: an instrument is there and holds nothing. */
const failed: Finding = { ...absent, absent: false };

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
      return (facts) =>
        overInstruments(
          instrumentsOf(facts).map((own) => part(own)),
          context.unknownWhen,
        );
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
        return known ? failed : { truth: 'unknown', support: [], unknown: [fact.key], absent: false };
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
  let yes = 0;
  let maybe = 0;
  let isAbsent = true;
  for (const { truth, absent: away } of findings) {
    if (truth === 'yes') yes += 1;
    else if (truth === 'unknown') maybe += 1;
    if (!away) isAbsent = false;
  }
  if (yes >= need) return { truth: 'yes', support: supportOf(findings), unknown: unknownOf(findings), absent: false };
  if (yes + maybe >= need) return { truth: 'unknown', support: [], unknown: unknownOf(findings), absent: isAbsent };
  // What certainly fails is not made uncertain by parts that could not have saved it.
  const unknown = unknownOf(findings, 'no');
  return unknown.length > 0 ? { truth: 'no', support: [], unknown, absent: isAbsent } : isAbsent ? absent : failed;
}

/** Keys that make what is true true. */
function supportOf(findings: readonly Finding[]): readonly string[] {
  const keys: string[] = [];
  for (const { truth, support } of findings) if (truth === 'yes') keys.push(...support);
  return keys;
}

/** Keys nothing is known of, in all the findings or in those of one truth. */
function unknownOf(findings: readonly Finding[], truth?: Truth): readonly string[] {
  let keys: readonly string[] = [];
  for (const one of findings)
    if (one.unknown.length > 0 && (truth === undefined || one.truth === truth))
      keys = keys.length === 0 ? one.unknown : [...keys, ...one.unknown];
  return keys;
}
