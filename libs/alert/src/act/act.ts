import type { ReleaseScope, Role, WarningAction, WarningActionBody, WarningRecord } from '#libs/contracts';
import { levelRank, toIso } from '#libs/contracts';
import type { Effects, StepContext } from '../step/effects.js';
import { signOffOf } from './authority.js';
import { unlatch } from '../judge/latch.js';
import { legalActions, mayAct, obstacle, releaseTrigger, type LegalAction, type ReleaseRules } from './legal.js';
import { releaseInternally, releasePublicly, wantsConsultation } from '../judge/policy.js';
import { isOut } from '../machine/release.js';
import { secondPerson } from './second-person.js';
import { Step } from '../step/step.js';

/** Who acts: login name and roles. `authority` replaces the roles by a signed decision of a consultation. */
export interface Actor {
  username: string;
  roles: readonly Role[];
  authority?: 'signed-decision';
  /** Who wrote that decision. */
  decidedBy?: string | undefined;
}

export type Refusal =
  | { reason: 'forbidden'; action: WarningAction }
  | { reason: 'disposal-required'; action: WarningAction }
  | { reason: 'illegal-transition'; action: WarningAction; obstacle: string; legal: LegalAction[] };

export type ActOutcome = { ok: true; effects: Effects } | { ok: false; refusal: Refusal };

/**
 * One action of a person on a warning. The refusal names why and what is legal now (→ 409 `illegal-transition`).
 *
 * @param body `scope` public by default; `level` of publish and adjust (the level in force when absent); `disposal` of
 *             close and dispose, possible with cancel and all-clear (domain.md §2.11)
 */
export function act(record: WarningRecord, action: WarningAction, body: WarningActionBody, actor: Actor, context: StepContext): ActOutcome {
  if (actor.authority === undefined && !mayAct(actor.roles, action)) return { ok: false, refusal: { reason: 'forbidden', action } };
  const rules = rulesOf(context);
  const refuse = (why: string): ActOutcome => ({
    ok: false,
    refusal: { reason: 'illegal-transition', action, obstacle: why, legal: legalActions(record, rules) },
  });
  const blocked = obstacle(record, action, body.scope, rules);
  if (blocked !== null) return refuse(blocked);
  // A warning that is closed without a word about what it was teaches nobody anything (domain.md §7c 14).
  if ((action === 'close' || action === 'dispose') && body.disposal === undefined)
    return { ok: false, refusal: { reason: 'disposal-required', action } };
  const second = secondOf(record, action, body, actor, context, rules);
  if (second === 'second-person') return refuse('second-person');
  const step = new Step(record, context, {
    actor: actor.username,
    eventAt: context.eventNow,
    action,
    ...(body.text === undefined ? {} : { text: body.text }),
  });
  if (second === 'ask') {
    ask(step, action, body);
    return { ok: true, effects: step.finish(false) };
  }
  carryOut(step, action, body);
  return { ok: true, effects: step.finish(action === 'confirm' && wantsConsultation(step.record, null)) };
}

/** What holds for public messages here. */
export const rulesOf = ({ point, settings }: Pick<StepContext, 'point' | 'settings'>): ReleaseRules => ({
  signOff: signOffOf(point, settings),
  bluePublic: settings.alert.bluePublic,
});

function secondOf(
  record: WarningRecord,
  action: WarningAction,
  { scope, level = record.level }: WarningActionBody,
  { username, decidedBy }: Actor,
  { now }: StepContext,
  { signOff }: ReleaseRules,
): ReturnType<typeof secondPerson> {
  if (signOff === 'one') return 'go';
  if (action === 'sign' && releaseTrigger(record, action, scope) === 'ratify') return 'go';
  return secondPerson(record, { action, scope, level }, { username, decidedBy }, now);
}

/** The first of two: nothing is told before the second. */
function ask(step: Step, action: WarningAction, { scope, level }: WarningActionBody): void {
  const { cause, context, record } = step;
  record.countersign = {
    action,
    scope,
    ...(action === 'adjust' ? { level: level ?? record.level } : {}),
    by: cause.actor,
    at: toIso(context.now),
  };
  step.note('action', 'second-asked', { scope });
  step.show('warning.release');
}

function carryOut(step: Step, action: WarningAction, body: WarningActionBody): void {
  const { record } = step;
  const { scope } = body;
  const level = body.level ?? record.level;
  switch (action) {
    case 'acknowledge':
      record.acknowledged = true;
      step.note('action', 'person-acknowledged');
      unlatch(step);
      return step.show('warning.state');
    case 'confirm':
      step.episode('person-confirms', 'person-confirmed');
      releaseInternally(step, null, 'person');
      return releasePublicly(step);
    case 'close':
      dispose(step, body);
      step.patch('public', { dueAt: null });
      return step.episode('person-closes', 'person-closed');
    case 'dispose':
      dispose(step, body);
      step.note('action', 'person-disposed');
      return step.show('warning.state');
    case 'propose':
      step.patch(scope, { proposedBy: step.cause.actor });
      return step.move(scope, action, 'person-released');
    case 'consult':
    case 'decide':
      return step.move(scope, action, 'person-released');
    case 'sign':
      step.patch(scope, { signedBy: step.cause.actor });
      if (releaseTrigger(record, action, scope) === 'sign') return step.move(scope, 'sign', 'person-released');
      step.ratified(scope);
      return step.move(scope, 'ratify', 'person-ratified');
    case 'publish':
      return step.tell(scope, 'publish', 'warning', level, 'person-published');
    case 'adjust': {
      // A rise needs the whole text again (route, shelter); anything else says what changed.
      const before = record.releases[scope].level;
      const rise = before === null || levelRank(level) > levelRank(before);
      // Somebody looked and said what holds: it holds another day.
      step.extendValidity();
      step.tell(scope, 'adjust', rise ? 'warning' : 'adjust', level, 'person-adjusted');
      // Decided with the level in force in view: the plan does not overrule it until the level rises again.
      if (scope === 'public' && levelRank(record.level) > levelRank(level))
        step.patch('public', { told: { inspect: null, warning: record.level } });
      return;
    }
    case 'cancel':
      lastWord(step, 'cancel', scope);
      if (body.disposal !== undefined) dispose(step, body);
      if (record.state === 'candidate' || record.state === 'confirmed') step.episode('person-cancels', 'person-cancelled');
      return;
    case 'all-clear':
      // The episode stays until it is closed with a disposal type; a new rise opens a new one.
      if (body.disposal !== undefined) dispose(step, body);
      return lastWord(step, 'all-clear', scope);
  }
}

/** Cancel and all-clear go to everyone who was told, in both scopes: who guards the slope hears what the households hear. */
function lastWord(step: Step, word: 'cancel' | 'all-clear', scope: ReleaseScope): void {
  const reason = word === 'cancel' ? 'person-cancelled' : 'person-all-clear';
  const scopes: ReleaseScope[] = scope === 'public' ? ['public', 'internal'] : ['internal'];
  for (const one of scopes) {
    const release = step.record.releases[one];
    if (isOut(release.state)) step.tell(one, word, word, release.level ?? step.record.level, reason);
  }
  step.patch('public', { dueAt: null });
  step.hold(undefined);
}

function dispose({ record, context, cause }: Step, body: WarningActionBody): void {
  if (body.disposal === undefined) return;
  const text = body.text === undefined ? {} : { text: body.text };
  record.disposal = { type: body.disposal, ...text, by: cause.actor, at: toIso(context.now) };
}
