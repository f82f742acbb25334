import type { HeldBack, PointDecision, Silence, WarningLevel, WarningRecord } from '#libs/contracts';
import { SECOND, fromIso, levelRank, toIso } from '#libs/contracts';
import { publicPolicy } from '../act/authority.js';
import { isOpen } from '../machine/episode.js';
import { byMaintenance, bySilence, silencedBy, workOn, type Doubt } from './quiet.js';
import type { AlertReason } from '../machine/reasons.js';
import { isOut, isOver } from '../machine/release.js';
import type { Step } from '../step/step.js';

const rank = (level: WarningLevel | null | undefined): number => (level ? levelRank(level) : 0);

/**
 * Internal scope, automatic (domain.md §2.7): an inspection request when a candidate awaits corroboration, the warning
 * itself once confirmed. Each level is told once in each form; a fall is never told by itself, nor is a level the rule no longer holds.
 * A silence keeps back what it covers, marked in the record; what a person caused is told whatever is silenced.
 */
export function releaseInternally(step: Step, certainty: PointDecision['certainty'], cause: 'rule' | 'person' = 'rule'): void {
  const { record, context } = step;
  // After the all-clear of the households nobody inside is warned of the same level; a rise opens a new warning.
  if (!isOpen(record.state) || isOver(record.releases.internal.state) || isOver(record.releases.public.state)) return;
  const silenceOf = (level: WarningLevel): Silence | undefined => (cause === 'person' ? undefined : silencedBy(record, level, context));
  const mark = { before: record.heldBack, now: undefined as HeldBack | undefined };
  const { level } = record;
  if (record.active && record.state === 'confirmed' && rank(level) > rank(record.releases.internal.told?.warning)) {
    const silence = silenceOf(level);
    if (silence) mark.now = bySilence(silence, { inspect: null, warning: level });
    else step.tell('internal', 'automatic', 'warning', level, 'internal-automatic');
  }
  const wanted = inspectionWanted(record, certainty);
  if (wanted) {
    const silence = silenceOf(wanted);
    if (silence) mark.now = bySilence(silence, { inspect: wanted, warning: mark.now?.warning ?? null });
    else {
      step.tell('internal', 'automatic', 'inspect', wanted, 'internal-automatic');
      // A red or orange candidate on too few instruments is somebody's way up the slope, now.
      if (levelRank(wanted) >= levelRank('orange')) step.note('task', 'inspection-ordered');
    }
  }
  noteHeldBack(step, mark.before, mark.now);
}

/** The level somebody should be sent to look at, when a candidate stands above everything told so far. */
function inspectionWanted(record: WarningRecord, certainty: PointDecision['certainty']): WarningLevel | undefined {
  const held = record.held?.level;
  if (certainty !== 'awaiting-corroboration' || held === undefined || held === 'none' || held === 'unknown') return undefined;
  const told = record.releases.internal.told;
  return levelRank(held) > Math.max(rank(told?.inspect), rank(told?.warning)) ? held : undefined;
}

/** Instruments somebody works on raised it: nobody is sent a message before the work is over or a person has confirmed it. */
export function holdForMaintenance(step: Step, doubt: Doubt): void {
  const { record } = step;
  const wanted = inspectionWanted(record, 'awaiting-corroboration');
  noteHeldBack(step, record.heldBack, wanted && byMaintenance(doubt, wanted), 'in-maintenance');
}

/** Puts the mark into the record and, when it says something new, into its history. */
function noteHeldBack(step: Step, before: HeldBack | undefined, now: HeldBack | undefined, reason: AlertReason = 'silenced'): void {
  step.hold(now);
  if (now === undefined) {
    if (before === undefined || step.changed) return;
    step.note('note', 'nothing-held-back', { scope: 'internal' });
  } else {
    const same = before?.id === now.id && before.until === now.until && before.inspect === now.inspect && before.warning === now.warning;
    if (same) return;
    step.note('note', reason, { scope: 'internal' });
  }
  step.show('warning.state');
}

/** What held messages back has ended, or is another now. What still holds is told; a level of touched instruments only as a request to look. */
export function releaseHeldBack(step: Step, mark: HeldBack): void {
  const { context } = step;
  if (context.point.closed) return noteHeldBack(step, mark, undefined);
  const work = mark.by === 'maintenance' ? workOn(mark.devices ?? [], context.quiet) : undefined;
  if (work) return holdForMaintenance(step, work);
  step.note('note', mark.by === 'maintenance' ? 'maintenance-over' : 'silence-ended', { scope: 'internal' });
  releaseInternally(step, mark.inspect === null ? null : 'awaiting-corroboration');
  step.show('warning.state');
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
  const policy = wanted ? publicPolicy(context.point, record.level, context.settings) : 'manual';
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
  if (mayPublish(record) && publicPolicy(context.point, record.level, context.settings) !== 'manual')
    return publishByPlan(step, 'plan-delayed');
  step.patch('public', { dueAt: null });
  step.note('note', 'plan-withdrawn', { scope: 'public' });
  step.show('warning.release');
}

/** The time to ratify what a plan published has passed: said once, and said again to whoever looks until somebody does. */
export function ratifyOverdue(step: Step): void {
  step.patch('public', { ratifyOverdue: true });
  step.note('note', 'ratify-overdue', { scope: 'public' });
  step.show('warning.release');
}

/** Whether nobody has ratified a message of the plan in time, and that has not been said. */
export const isRatifyDue = ({ releases: { public: release } }: WarningRecord, now: number): boolean =>
  isOut(release.state) &&
  !release.ratified &&
  release.ratifyOverdue !== true &&
  release.ratifyBy !== undefined &&
  fromIso(release.ratifyBy) <= now;

/** Orange and red are consulted on: confirmed, or a red candidate that somebody was sent to look at. */
export function wantsConsultation(record: WarningRecord, certainty: PointDecision['certainty']): boolean {
  if (record.state === 'confirmed' && record.active && rank(record.level) >= rank('orange')) return true;
  return certainty === 'awaiting-corroboration' && record.held?.level === 'red';
}
