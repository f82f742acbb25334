import type { PointDecision, PointLevel, WarningLevel, WarningRecord } from '#libs/contracts';
import { HOUR, levelRank, toIso } from '#libs/contracts';
import { nothing, together, type Effects, type StepContext } from '../step/effects.js';
import { isOpen } from '../machine/episode.js';
import { inherited, latched } from './latch.js';
import { holdForMaintenance, releaseInternally, releasePublicly, wantsConsultation } from './policy.js';
import { doubtOf, type Doubt } from './quiet.js';
import { because } from '../machine/reasons.js';
import { isOver } from '../machine/release.js';
import { Step, type StepCause } from '../step/step.js';

/** The point's newest warning: the open one, or the last that ended. */
export type Newest = WarningRecord | undefined;
type Held = { level: PointLevel; confirmed: PointLevel };
/** What is believed of a decision: nothing that rests on instruments somebody works on is confirmed by it. */
type Believed = { held: Held; doubt: Doubt | undefined };

const colour = (level: PointLevel): level is WarningLevel => levelRank(level) > 0;
/** What is no colour is nothing to stand at. */
const falling = (level: PointLevel): WarningLevel | 'none' => (colour(level) ? level : 'none');
const higher = (a: PointLevel, b: PointLevel): PointLevel => (levelRank(a) >= levelRank(b) ? a : b);

/** What the rulebook holds, made consistent: a confirmed level is also held. */
function heldBy(decision: PointDecision): Held {
  const confirmed = higher(decision.certainty === 'confirmed' ? decision.level : 'none', decision.confirmedLevel);
  return { level: higher(decision.level, confirmed), confirmed: colour(confirmed) ? confirmed : 'none' };
}

/** Work on the instruments confirms nothing that was not confirmed before it; a fall is a fall. */
function unconfirmed(held: Held, newest: Newest): Held {
  const before = newest && isOpen(newest.state) ? (newest.held?.confirmed ?? 'none') : 'none';
  return levelRank(held.confirmed) > levelRank(before) ? { ...held, confirmed: before } : held;
}

const rises = (from: Held | undefined, to: Held): boolean =>
  levelRank(to.level) > levelRank(from?.level ?? 'none') || levelRank(to.confirmed) > levelRank(from?.confirmed ?? 'none');

const causeOf = (decision: PointDecision): StepCause => ({
  actor: 'station',
  eventAt: decision.eventAt,
  rule: decision.rule,
  reasons: decision.reasons,
  evidence: decision.evidence,
});

/**
 * What one decision of the rulebook does to a point's warning. Pure: the same inputs in the same order give the same
 * records, and a decision that is already in the record gives nothing.
 *
 * @param newest   the point's open warning, else its last ended one (whose `held` says what the rule held since)
 * @param decision the decision, in the point's own order
 */
export function judge(newest: Newest, decision: PointDecision, context: StepContext): Effects {
  const doubt = doubtOf(decision, context.quiet);
  const held = doubt ? unconfirmed(heldBy(decision), newest) : heldBy(decision);
  if (newest && isOpen(newest.state)) return follow(newest, decision, { held, doubt }, context);
  if (decision.level === 'unknown') return nothing('cannot-judge');
  if (!rises(newest?.held, held)) return newest ? remember(newest, decision, held, context) : nothing('quiet');
  return open(newest, decision, { held, doubt }, context);
}

function open(previous: Newest, decision: PointDecision, { held, doubt }: Believed, context: StepContext): Effects {
  const { point, now, settings, hash } = context;
  const level = colour(held.confirmed) ? held.confirmed : held.level;
  if (!colour(level)) return nothing('quiet');
  const plain = hash(point.unifiedCode, decision.rule.id, decision.eventAt);
  // Two episodes may open at one event time (two instruments on the same minute): the second is named after the first.
  const id = previous?.id === plain ? hash(point.unifiedCode, decision.rule.id, decision.eventAt, plain) : plain;
  const release = { state: 'none', level: null, version: 0, publishedAt: null, ratified: true, dueAt: null } as const;
  const record: WarningRecord = {
    id,
    hazardPoint: point.unifiedCode,
    divisionCode: point.divisionCode,
    level,
    peak: level,
    active: true,
    state: colour(held.confirmed) ? 'confirmed' : 'candidate',
    exercise: point.drill !== undefined,
    deliver: point.drill?.deliver ?? 'real',
    openedAt: toIso(now),
    eventOpenedAt: toIso(decision.eventAt),
    expiresAt: toIso(now + settings.validityHours * HOUR),
    acknowledged: false,
    rule: decision.rule,
    held,
    reasons: decision.reasons,
    evidence: decision.evidence,
    releases: { internal: { ...release }, public: { ...release } },
    ...(colour(held.confirmed) ? { confirmedAt: toIso(now) } : {}),
    ...inherited(previous),
    version: 0,
    updatedAt: toIso(now),
  };
  const step = new Step(record, context, causeOf(decision), true);
  step.note('opened', record.state === 'confirmed' ? 'opened-confirmed' : 'opened-candidate');
  if (colour(held.confirmed) && levelRank(held.level) > levelRank(held.confirmed)) step.note('note', 'candidate-above');
  if (record.flutter) latched(step, 'none', level);
  return sound(step, decision, doubt);
}

/** An open warning meets a decision. */
function follow(current: WarningRecord, decision: PointDecision, { held, doubt }: Believed, context: StepContext): Effects {
  if (decision.level === 'unknown') return grey(current, decision, context);
  const rose = rises(current.held, held);
  if (rose && (isOver(current.releases.public.state) || isOver(current.releases.internal.state))) {
    // All-clear was given and the slope moves again: the old release can't speak any more, so a new episode does.
    const end = new Step({ ...current, held: { level: 'none', confirmed: 'none' } }, context, causeOf(decision));
    end.episode('new-episode', 'new-episode');
    return together(end.finish(false), open(end.record, decision, { held, doubt }, context));
  }
  const step = new Step(
    { ...current, held, rule: decision.rule, reasons: decision.reasons, evidence: decision.evidence },
    context,
    causeOf(decision),
  );
  if (current.state === 'candidate') followCandidate(step, held);
  else followConfirmed(step, current, held);
  const moved = current.held?.level !== held.level || current.held.confirmed !== held.confirmed;
  if (moved && isOpen(step.record.state)) noteCandidateAbove(step, current.held, held);
  if (rose && isOpen(step.record.state)) {
    step.extendValidity();
    step.record.acknowledged = false;
  }
  return sound(step, decision, doubt);
}

function followCandidate(step: Step, held: Held): void {
  const { record } = step;
  const level = latched(step, record.level, falling(colour(held.confirmed) ? held.confirmed : held.level));
  if (level === 'none') {
    record.active = false;
    return step.episode('rule-lapses', 'candidate-lapsed');
  }
  if (level !== record.level) step.level(level, levelRank(level) > levelRank(record.level) ? 'level-rise' : 'level-fall');
  if (colour(held.confirmed)) step.episode('rule-confirms', 'rule-confirmed');
}

function followConfirmed(step: Step, current: WarningRecord, held: Held): void {
  const { record } = step;
  if (!colour(held.level)) {
    if (!current.active || latched(step, record.level, 'none') !== 'none') return;
    record.active = false;
    return step.level(record.level, 'rule-released');
  }
  record.active = true;
  // The level stays while it lies between what is confirmed and what is held: a person's confirmation of a candidate
  // stands as long as the rule still holds that level.
  const floor = levelRank(held.confirmed) > levelRank(record.level) ? held.confirmed : record.level;
  const level = latched(
    step,
    current.active ? record.level : 'none',
    falling(levelRank(held.level) < levelRank(floor) ? held.level : floor),
  );
  if (level === 'none') return;
  if (level !== record.level) step.level(level, levelRank(level) > levelRank(record.level) ? 'level-rise' : 'level-fall');
  else if (!current.active) step.level(level, 'rule-returned');
}

/** A candidate standing above the confirmed level, or gone, or at another level: said, because level and state don't show it. */
function noteCandidateAbove(step: Step, before: Held | undefined, held: Held): void {
  const above = (one: Held | undefined): boolean =>
    one !== undefined && colour(one.confirmed) && levelRank(one.level) > levelRank(one.confirmed);
  if (above(held)) step.note('note', levelRank(held.level) > levelRank(before?.level ?? 'none') ? 'candidate-above' : 'candidate-moved');
  else if (above(before) && levelRank(held.level) < levelRank(before?.level ?? 'none')) step.note('note', 'candidate-ended');
  else if (!step.changed) step.note('note', 'candidate-moved');
}

/** No data to judge by: the warning stays, the record says so once. Grey ends nothing. */
function grey(current: WarningRecord, decision: PointDecision, context: StepContext): Effects {
  if (current.reasons.some((reason) => reason.code === 'cannot-judge')) return nothing('cannot-judge');
  const reasons = [because('cannot-judge'), ...decision.reasons];
  const step = new Step({ ...current, reasons }, context, causeOf(decision));
  step.note('note', 'cannot-judge');
  return step.finish(false);
}

/** After a person ended a warning the rule may still hold; what it holds is kept so that only a rise opens the next one. */
function remember(ended: WarningRecord, decision: PointDecision, held: Held, context: StepContext): Effects {
  if (ended.held?.level === held.level && ended.held.confirmed === held.confirmed) return nothing('unchanged');
  if (!colour(ended.held?.level ?? 'none')) return nothing('quiet');
  const step = new Step({ ...ended, held, active: colour(held.level) }, context, causeOf(decision));
  step.note('note', 'held-after-end');
  return step.finish(false);
}

/** The releases a step earns. Late data corrects the record and sounds nowhere (design.md §5 Time). */
function sound(step: Step, decision: PointDecision, doubt: Doubt | undefined): Effects {
  if (decision.late) {
    if (!step.changed) return nothing('unchanged');
    step.note('note', 'late-data');
    if (step.rose || step.opening || step.returned) step.record.late = true;
    return step.finish(false);
  }
  delete step.record.late;
  if (isOpen(step.record.state) && doubt) holdForMaintenance(step, doubt);
  else if (isOpen(step.record.state)) {
    releaseInternally(step, decision.certainty);
    releasePublicly(step);
  }
  const consult = wantsConsultation(step.record, doubt ? null : decision.certainty) && isOpen(step.record.state);
  return step.changed ? step.finish(consult) : { ...nothing('unchanged'), openConsultation: consult };
}
