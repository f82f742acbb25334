import type { WarningRecord } from '#libs/contracts';
import { fromIso, levelRank } from '#libs/contracts';
import { nothing, together, type Effects, type StepContext } from './step/effects.js';
import { isOpen } from './machine/episode.js';
import { isRatifyDue, publishDue, ratifyOverdue, releaseHeldBack } from './judge/policy.js';
import { heldStill } from './judge/quiet.js';
import { isOut } from './machine/release.js';
import { Step } from './step/step.js';
import { nextAsked } from './step/waiting.js';

/** Whether the wall clock asks anything of this warning now; cheap enough to ask every second of every open warning. */
export const isDue = (record: WarningRecord, context: StepContext): boolean =>
  isOpen(record.state) &&
  (exerciseOver(record, context.point.closed) ||
    fromIso(record.expiresAt) <= context.now ||
    isRatifyDue(record, context.now) ||
    nextAsked(record, context) !== undefined ||
    (record.heldBack !== undefined && !heldStill(record, record.heldBack, context)) ||
    (record.releases.public.dueAt !== null && fromIso(record.releases.public.dueAt) <= context.now));

/** A drill that was ended takes its warnings with it; of a real point a person decides, however long it has been closed. */
const exerciseOver = (record: WarningRecord, closed: boolean): boolean => record.exercise && closed;

/** What the wall clock does to a warning: what a silence held back, the delayed release of its plan, what waits for a
 * person, then the end of its validity. */
export function tick(record: WarningRecord, context: StepContext): Effects {
  if (isOpen(record.state) && exerciseOver(record, context.point.closed)) return end(record, context, 'exercise-ended');
  let effects = nothing('not-due');
  let current = record;
  if (current.heldBack !== undefined && !heldStill(current, current.heldBack, context)) {
    const step = new Step(current, context, { actor: 'station', eventAt: context.eventNow });
    releaseHeldBack(step, current.heldBack);
    effects = together(effects, step.finish(false));
    current = step.record;
  }
  const due = current.releases.public.dueAt;
  if (isOpen(current.state) && due !== null && fromIso(due) <= context.now) {
    const step = new Step(current, context, { actor: 'station', eventAt: context.eventNow });
    publishDue(step);
    effects = together(effects, step.finish(false));
    current = step.record;
  }
  if (isRatifyDue(current, context.now)) {
    const step = new Step(current, context, { actor: 'station', eventAt: context.eventNow });
    ratifyOverdue(step);
    effects = together(effects, step.finish(false));
    current = step.record;
  }
  if (isOpen(current.state) && nextAsked(current, context)) {
    const step = new Step(current, context, { actor: 'station', eventAt: context.eventNow });
    effects = together(effects, step.finish(false));
    current = step.record;
  }
  if (isOpen(current.state) && fromIso(current.expiresAt) <= context.now) effects = together(effects, endValidity(current, context));
  return effects;
}

/**
 * Validity ends (24 h, domain.md §2.8). While the rule still holds a level the warning is renewed instead: expiring it
 * would turn a slope that is still moving quiet, for the rulebook speaks only when something changes. A closed point is
 * judged no more, so its warnings end.
 */
function endValidity(record: WarningRecord, context: StepContext): Effects {
  const stillHeld = record.active && levelRank(record.held?.level ?? 'none') > 0 && !context.point.closed;
  if (!stillHeld) return end(record, context, 'validity-ended');
  const step = new Step(record, context, { actor: 'station', eventAt: context.eventNow });
  step.extendValidity();
  step.note('note', 'validity-renewed');
  step.show('warning.state');
  return step.finish(false);
}

function end(record: WarningRecord, context: StepContext, reason: 'validity-ended' | 'exercise-ended'): Effects {
  const step = new Step(record, context, { actor: 'station', eventAt: context.eventNow });
  step.patch('public', { dueAt: null });
  step.episode('validity-end', reason);
  if (reason === 'validity-ended') tellOfExpiry(step);
  return step.finish(false);
}

/**
 * Who holds a message that has lapsed is told so: an old message that stays in the hand says "go", or "be ready", for ever (domain.md §7c 11). It is
 * not an all-clear, which only a person gives; the people on duty are told to settle that.
 */
function tellOfExpiry(step: Step): void {
  for (const scope of ['public', 'internal'] as const) {
    const { state, level } = step.record.releases[scope];
    if (isOut(state)) step.tell(scope, 'expire', 'expired', level ?? step.record.level, 'told-of-expiry');
  }
}
