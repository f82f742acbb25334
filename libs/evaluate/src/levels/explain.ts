import {
  toIso,
  warningLevels,
  why,
  type LevelDistance,
  type LevelWhy,
  type PointState,
  type Reason,
  type WarningLevel,
} from '#libs/contracts';
import { reachesOf } from '../conditions/condition.js';
import { everyDevice } from '../indicators/fact-key.js';
import { reaches } from '../conditions/finding.js';
import type { Indicator } from '../indicators/indicator.js';
import type { LevelMachine } from './level-machine.js';
import type { Neighbours } from '../indicators/neighbours.js';
import * as say from './reasons.js';
import type { Rulebook } from '../rulebook/rulebook.js';
import type { ThresholdTable } from '../rulebook/thresholds.js';

/** What an explanation is made of: one point as it stands now. */
export interface Standing {
  rulebook: Rulebook;
  thresholds: ThresholdTable;
  indicators: readonly Indicator[];
  machines: readonly LevelMachine[];
}

/** How far a value is from a threshold; see LevelDistance. */
export function distanceOf(value: number | null, threshold: number | undefined, worse: 'more' | 'less'): LevelDistance {
  if (threshold === undefined) return { threshold: null, reached: null, distance: null, share: null };
  if (value === null) return { threshold, reached: null, distance: null, share: null };
  const distance = worse === 'more' ? threshold - value : value - threshold;
  const share = worse === 'more' ? value / threshold : value > 0 ? threshold / value : null;
  const tidy = (number: number): number => Math.round(number * 1e6) / 1e6;
  return { threshold, reached: reaches(value, threshold, worse), distance: tidy(distance), share: share === null ? null : tidy(share) };
}

/** Distances of one indicator from every level it speaks to. */
export function distancesOf(indicator: Indicator, thresholds: ThresholdTable): Partial<Record<WarningLevel, LevelDistance>> {
  const { spec, value } = indicator;
  const own = thresholds.of(spec.id);
  const levels = Object.keys({ ...own, ...spec.heights }) as WarningLevel[];
  return Object.fromEntries(levels.map((level) => [level, distanceOf(value, own[level], spec.worse)]));
}

/** Why each level is in force, or why not. Strongest first. */
export const explainLevels = (standing: Standing): LevelWhy[] => standing.machines.map((machine) => explainLevel(machine, standing));

function explainLevel(machine: LevelMachine, { rulebook, thresholds, indicators }: Standing): LevelWhy {
  const parts: Record<'holds' | 'lacks' | 'unknown', Reason[]> = { holds: [], lacks: [], unknown: [] };
  const seen = new Set<string>();
  for (const { indicator: id, at } of reachesOf(machine.spec.when, machine.level)) {
    if (seen.has(`${id} ${at}`)) continue;
    seen.add(`${id} ${at}`);
    const spec = rulebook.indicators.find((one) => one.id === id);
    const own = indicators.filter((one) => one.spec.id === id);
    if (spec && own.length === 0) parts.lacks.push(say.notInstalled(spec, at));
    for (const indicator of own) {
      const threshold = thresholds.of(id)[at];
      const { reached } = distanceOf(indicator.value, threshold, indicator.spec.worse);
      if (threshold === undefined) parts.unknown.push(say.heightMissing(indicator, at));
      else if (reached === null) parts.unknown.push(say.missingReason(indicator));
      else if (reached) parts.holds.push(say.partHolds(indicator, at, threshold));
      else if (thresholds.unresolved?.(id, at)) parts.unknown.push(say.gradeMissing(indicator, at));
      else if (indicator.fact().partial) parts.unknown.push(say.partNotYetKnown(indicator, at, threshold));
      else parts.lacks.push(say.partLacks(indicator, at, threshold));
    }
  }
  const { truth } = machine.rise;
  return {
    level: machine.level,
    truth,
    certainty: machine.certainty,
    ...parts,
    needs: say.stillNeeded(machine),
    fallsAt: Number.isFinite(machine.dueAt) ? toIso(machine.dueAt) : null,
    text: say.levelText(machine, truth),
  };
}

/** A level whose threshold of this indicator is a multiple of a height nobody gave. */
export const unresolvedLevel = ({ spec }: Pick<Indicator, 'spec'>, thresholds: ThresholdTable): WarningLevel | undefined =>
  (Object.keys(spec.heights) as WarningLevel[]).find((level) => thresholds.unresolved?.(spec.id, level));

/** Inputs nothing is known of, and thresholds that can't be. */
export function missingInputs(
  { indicators, thresholds }: Standing,
  devices: readonly { deviceId: string }[],
  neighbours: Neighbours,
  now: number,
): PointState['missing'] {
  const missing: PointState['missing'] = [];
  const heard = new Set<string>(neighbours.devices);
  const unresolved = new Set<string>();
  const ungraded = new Set<string>();
  for (const {
    spec,
    place: { deviceId, series },
    why: cause,
    leftOut,
  } of indicators) {
    heard.add(deviceId);
    const place = deviceId === everyDevice ? { channel: series } : { deviceId, channel: series };
    for (const { source, why: own } of leftOut ?? []) {
      const [device = '', channel = ''] = source.split(' ');
      missing.push({ indicator: spec.id, deviceId: device, channel, why: why(own) });
    }
    if (cause && !leftOut) missing.push({ indicator: spec.id, ...place, why: why(cause) });
    if (unresolvedLevel({ spec }, thresholds)) unresolved.add(spec.id);
    if (spec.grades && warningLevels.some((level) => thresholds.unresolved?.(spec.id, level))) ungraded.add(spec.id);
  }
  for (const deviceId of neighbours.silentAt(now))
    if (!missing.some((one) => one.deviceId === deviceId)) missing.push({ indicator: '*', deviceId, why: why('silent') });
  for (const indicator of unresolved) missing.push({ indicator, why: why('no-slope-height') });
  for (const indicator of ungraded) missing.push({ indicator, why: why('no-dam-grade') });
  for (const { deviceId } of devices) if (!heard.has(deviceId)) missing.push({ indicator: '*', deviceId, why: why('no-data') });
  if (missing.length === 0 && indicators.length === 0) missing.push({ indicator: '*', why: why('no-data') });
  return missing;
}

/** The strongest level given up lately, while the rulebook asks for extended watch. */
export function extendedWatch({ machines, rulebook }: Standing, now: number): PointState['watch'] {
  for (const { level, certainty, releasedAt } of machines) {
    if (certainty !== null) return undefined;
    if (releasedAt !== null && now < releasedAt + rulebook.watch) return { level, until: toIso(releasedAt + rulebook.watch) };
  }
  return undefined;
}
