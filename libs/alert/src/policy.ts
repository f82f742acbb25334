import type { PointDecision, WarningLevel, WarningRecord } from '#libs/contracts';
import { SECOND, fromIso, levelRank, toIso } from '#libs/contracts';
import { isOpen } from './episode.js';
import { isOut, isOver } from './release.js';
import type { Step } from './step.js';

const rank = (level: WarningLevel | null | undefined): number => (level ? levelRank(level) : 0);

/**
 * Internal scope, automatic (domain.md §2.7): an inspection request when a candidate awaits corroboration, the warning
 * itself once confirmed. Each level is told once in each form; a fall is never told by itself.
 */
export function releaseInternally(step: Step, certainty: PointDecision['certainty']): void {
  const { record } = step;
  if (!isOpen(record.state) || isOver(record.releases.internal.state)) return;
  if (record.state === 'confirmed' && rank(record.level) > rank(record.releases.internal.told?.warning))
    step.tell('internal', 'automatic', 'warning', record.level, 'internal-automatic');
  const held = record.held?.level;
  if (certainty !== 'awaiting-corroboration' || held === undefined || held === 'none' || held === 'unknown') return;
  const told = record.releases.internal.told;
  if (levelRank(held) <= Math.max(rank(told?.inspect), rank(told?.warning))) return;
  step.tell('internal', 'automatic', 'inspect', held, 'internal-automatic');
  // A red or orange candidate on too few instruments is somebody's way up the slope, now.
  if (levelRank(held) >= levelRank('orange')) step.note('task', 'inspection-ordered');
}

/** Seconds of `auto-after:<s>`, or undefined for another policy. */
const delayOf = (policy: string): number | undefined =>
  policy.startsWith('auto-after:') ? Number(policy.slice('auto-after:'.length)) : undefined;

/** A message at the level in force would be news to the public: none is out, or a weaker one is. */
const isNews = (record: WarningRecord): boolean =>
  !isOut(record.releases.public.state) || rank(record.level) > rank(record.releases.public.level);

const mayPublish = (record: WarningRecord): boolean =>
  record.state === 'confirmed' && record.active && !isOver(record.releases.public.state) && isNews(record);

const publishByPlan = (step: Step, reason: 'plan-immediate' | 'plan-delayed'): void =>
  step.tell('public', isOut(step.record.releases.public.state) ? 'plan-adjust' : 'plan-publish', 'warning', step.record.level, reason);

/**
 * Public scope, by the point's policy for the level in force, and only when confirmed: `immediate` publishes (to be
 * ratified), `auto-after` sets a due time, `manual` waits for people. Default everywhere is `manual`, blue included
 * (domain.md §2.8: blue is not for the public). A fall withdraws what was scheduled for a level no longer in force.
 */
export function releasePublicly(step: Step): void {
  const { record, context } = step;
  const release = record.releases.public;
  // A signer may have adjusted the message below the level in force: a new rise overrules that, the next decision does not.
  const fresh = step.rose || release.dueAt !== null || rank(record.level) > rank(release.told?.warning);
  const wanted = mayPublish(record) && (!isOut(release.state) || fresh);
  const policy = wanted ? context.point.release[record.level] : 'manual';
  if (policy === 'immediate') return publishByPlan(step, 'plan-immediate');
  const delay = delayOf(policy);
  if (delay === undefined) {
    if (release.dueAt === null) return;
    step.patch('public', { dueAt: null });
    step.note('note', 'plan-withdrawn', { scope: 'public' });
    step.show('warning.release');
    return;
  }
  // A rise may bring the moment forward, never push it back: the people were promised the earlier one.
  const due = context.now + delay * SECOND;
  if (release.dueAt !== null && fromIso(release.dueAt) <= due) return;
  step.patch('public', { dueAt: toIso(due) });
  step.note('note', 'plan-scheduled', { scope: 'public' });
  step.show('warning.release');
}

/** The due time of `auto-after` has come. Publishes what the plan allows now: the level may have moved since. */
export function publishDue(step: Step): void {
  const { record, context } = step;
  if (mayPublish(record) && context.point.release[record.level] !== 'manual') return publishByPlan(step, 'plan-delayed');
  step.patch('public', { dueAt: null });
  step.note('note', 'plan-withdrawn', { scope: 'public' });
  step.show('warning.release');
}

/** Orange and red are consulted on: confirmed, or a red candidate that somebody was sent to look at. */
export function wantsConsultation(record: WarningRecord, certainty: PointDecision['certainty']): boolean {
  if (record.state === 'confirmed' && rank(record.level) >= rank('orange')) return true;
  return certainty === 'awaiting-corroboration' && record.held?.level === 'red';
}
