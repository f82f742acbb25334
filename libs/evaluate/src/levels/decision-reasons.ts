import { levelRank, type Reason } from '#libs/contracts';
import { unresolvedLevel, type Standing } from './explain.js';
import type { LevelMachine } from './level-machine.js';
import type { Said } from '../point/said.js';
import * as say from './reasons.js';

/**
 * Why a decision was taken, in the order people want to hear it.
 * @param fallen levels given up by it
 * @param failure why the rulebook could not be evaluated
 */
export function decisionReasons(
  { machines, indicators, thresholds }: Standing,
  said: Said,
  fallen: readonly LevelMachine[],
  failure?: string,
): Reason[] {
  const reasons: Reason[] = failure === undefined ? [] : [say.evaluationFailed(failure)];
  const top = machines.find((machine) => machine.certainty !== null);
  if (top && levelRank(said.level) > 0) {
    const byKey = new Map(indicators.map((indicator) => [indicator.key, indicator]));
    for (const key of new Set(top.support)) {
      const indicator = byKey.get(key);
      if (indicator) reasons.push(say.thresholdReached(indicator));
    }
    const sure = say.certaintyReason(top);
    if (sure) reasons.push(sure);
    if (said.late) reasons.push(say.lateData());
  }
  for (const machine of fallen) reasons.push(say.fellBack(machine.level));
  if (said.level === 'unknown')
    for (const indicator of indicators) {
      const level = unresolvedLevel(indicator, thresholds);
      if (indicator.why) reasons.push(say.missingReason(indicator));
      else if (level) reasons.push(say.heightMissing(indicator, level));
    }
  if (reasons.length === 0) reasons.push(said.level === 'none' ? say.judgedQuiet() : say.noData());
  return reasons;
}
