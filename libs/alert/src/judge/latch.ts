import type { WarningLevel, WarningRecord } from '#libs/contracts';
import { fromIso, levelRank, MINUTE, toIso } from '#libs/contracts';
import type { Step } from '../step/step.js';

/**
 * A level that goes up and down (algorithms.md B14): after so many turns in so short a time it is held at the higher one until a person has looked.
 * A duty officer to whom the same point says red, yellow, red, yellow stops listening to it; and the low half of a flutter is no news that it is safe.
 * It holds back no message and lets every rise through: only a fall waits.
 *
 * @returns the level the warning stands at, of the one it would fall or rise to
 */
export function latched(step: Step, before: WarningLevel | 'none', to: WarningLevel | 'none'): WarningLevel | 'none' {
  const { record } = step;
  const hold = record.latched?.level;
  if (levelRank(to) === levelRank(before) || (hold !== undefined && levelRank(to) < levelRank(hold))) return hold ?? to;
  turned(step, levelRank(to) < levelRank(before) ? 'down' : 'up');
  if (hold !== undefined) {
    record.latched = { level: to === 'none' ? hold : to, since: record.latched?.since ?? toIso(step.context.now) };
    return to;
  }
  const { turns } = step.context.settings.alert.latch;
  if ((record.flutter?.turns.length ?? 0) < turns) return to;
  const higher = levelRank(to) > levelRank(before) ? to : before;
  if (higher === 'none') return to;
  record.latched = { level: higher, since: toIso(step.context.now) };
  step.note('note', 'latched');
  step.show('warning.state');
  return higher;
}

/** A change of direction is kept with its event time; what is longer ago than the window is forgotten. A warning opens on its way up. */
function turned({ record, cause, context }: Step, way: 'up' | 'down'): void {
  const { turns, heading } = record.flutter ?? { turns: [], heading: 'up' };
  if (heading === way) return;
  const earliest = cause.eventAt - context.settings.alert.latch.withinMinutes * MINUTE;
  record.flutter = { turns: [...turns.filter((at) => fromIso(at) > earliest), toIso(cause.eventAt)], heading: way };
}

/** A person has looked: the warning stands again at what the rule holds. */
export function unlatch(step: Step): void {
  const { record } = step;
  if (record.latched === undefined) return;
  delete record.latched;
  delete record.flutter;
  step.note('note', 'unlatched');
  const { level = record.level, confirmed = 'none' } = record.held ?? {};
  const held = record.state === 'confirmed' && levelRank(confirmed) > 0 ? confirmed : level;
  if (levelRank(held) === 0) {
    record.active = false;
    if (record.state === 'candidate') return step.episode('rule-lapses', 'candidate-lapsed');
    return step.level(record.level, 'rule-released');
  }
  if (held !== 'none' && held !== 'unknown' && levelRank(held) < levelRank(record.level)) step.level(held, 'level-fall');
}

/** What the episode before leaves behind when it ended only because its candidate fell back: a flutter goes on across them. */
export const inherited = (previous: WarningRecord | undefined): Pick<WarningRecord, 'flutter'> =>
  previous?.state === 'expired' && previous.flutter !== undefined ? { flutter: previous.flutter } : {};
