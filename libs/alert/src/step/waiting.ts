import type { Asked, WarningLevel, WarningRecord } from '#libs/contracts';
import { fromIso, levelRank, MINUTE, toIso } from '#libs/contracts';
import { publicPolicy } from '../act/authority.js';
import { isOut, isOver } from '../machine/release.js';
import type { StepContext } from './effects.js';

/**
 * Times somebody is asked: the officer on duty, then whoever stands next above, each when the time of the one before has passed. Fewer: a red slope
 * waits for one telephone that is switched off. More: there is nobody above who has not been told three times.
 */
const LAST_STEP = 3;

/**
 * What a warning waits for a person to do. `ratify`: a plan told the public and nobody stands behind it. `decide`: orange or red is confirmed, no plan
 * publishes it, and the households hold nothing as strong. Below orange nobody has to be woken for a decision (domain.md §2.8, green channel).
 */
export function waitsFor(record: WarningRecord, { point, settings }: Pick<StepContext, 'point' | 'settings'>): Asked['what'] | undefined {
  const { state, ratified, dueAt, level: told } = record.releases.public;
  if (isOut(state) && !ratified) return 'ratify';
  const strong = record.state === 'confirmed' && record.active && levelRank(record.level) >= levelRank('orange');
  // What a silence or late data keep from the people inside is not asked of them either.
  if (!strong || record.late === true || record.heldBack !== undefined || isOver(state) || point.closed) return undefined;
  if (dueAt !== null || publicPolicy(point, record.level, settings) !== 'manual') return undefined;
  // A signer who published less than the rule holds has decided; a later rise asks again.
  const decided = Math.max(levelRank(told ?? 'none'), levelRank(record.releases.public.told?.warning ?? 'none'));
  return isOut(state) && decided >= levelRank(record.level) ? undefined : 'decide';
}

/**
 * Who is to be asked now, if anybody: at once when something begins to wait or its level rises, then again each time the county's time to ratify has
 * passed (`alert.ratifyMinutes`), counted from the last asking, so that a station that was down does not ask everybody in one minute.
 */
export function nextAsked(record: WarningRecord, context: Pick<StepContext, 'point' | 'settings' | 'now'>): Asked | undefined {
  const what = waitsFor(record, context);
  if (what === undefined) return undefined;
  const { asked, ratifyBy, level: told } = record.releases.public;
  const level: WarningLevel = what === 'ratify' ? (told ?? record.level) : record.level;
  const later = toIso(context.now + context.settings.alert.ratifyMinutes * MINUTE);
  if (!asked || asked.what !== what || levelRank(level) > levelRank(asked.level)) {
    const promised = what === 'ratify' && ratifyBy !== undefined && fromIso(ratifyBy) > context.now;
    return { what, level, step: 0, by: promised ? ratifyBy : later };
  }
  if (asked.step >= LAST_STEP || fromIso(asked.by) > context.now) return undefined;
  return { ...asked, step: asked.step + 1, by: later };
}
