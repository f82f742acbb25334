import type { ReleaseScope, Role, WarningAction, WarningActionBody, WarningRecord } from '#libs/contracts';
import { levelRank } from '#libs/contracts';
import type { Effects, StepContext } from './effects.js';
import { legalActions, mayAct, obstacle, releaseTrigger, type LegalAction } from './legal.js';
import { releaseInternally, releasePublicly, wantsConsultation } from './policy.js';
import { isOut } from './release.js';
import { Step } from './step.js';

/** Who acts: login name and roles. `authority` replaces the roles by a signed decision of a consultation. */
export interface Actor {
  username: string;
  roles: readonly Role[];
  authority?: 'signed-decision';
}

export type Refusal =
  | { reason: 'forbidden'; action: WarningAction }
  | { reason: 'illegal-transition'; action: WarningAction; obstacle: string; legal: LegalAction[] };

export type ActOutcome = { ok: true; effects: Effects } | { ok: false; refusal: Refusal };

/**
 * One action of a person on a warning. The refusal names why and what is legal now (→ 409 `illegal-transition`).
 *
 * @param body `scope` public by default; `level` of publish and adjust (the level in force when absent); `disposal` of
 *             close, cancel and all-clear (domain.md §2.11)
 */
export function act(record: WarningRecord, action: WarningAction, body: WarningActionBody, actor: Actor, context: StepContext): ActOutcome {
  if (actor.authority === undefined && !mayAct(actor.roles, action)) return { ok: false, refusal: { reason: 'forbidden', action } };
  const blocked = obstacle(record, action, body.scope);
  if (blocked !== null)
    return { ok: false, refusal: { reason: 'illegal-transition', action, obstacle: blocked, legal: legalActions(record) } };
  const step = new Step(record, context, {
    actor: actor.username,
    eventAt: context.eventNow,
    action,
    ...(body.text === undefined ? {} : { text: body.text }),
  });
  carryOut(step, action, body);
  return { ok: true, effects: step.finish(action === 'confirm' && wantsConsultation(step.record, null)) };
}

function carryOut(step: Step, action: WarningAction, body: WarningActionBody): void {
  const { record } = step;
  const { scope } = body;
  const level = body.level ?? record.level;
  switch (action) {
    case 'acknowledge':
      record.acknowledged = true;
      step.note('action', 'person-acknowledged');
      return step.show('warning.state');
    case 'confirm':
      step.episode('person-confirms', 'person-confirmed');
      releaseInternally(step, null, 'person');
      return releasePublicly(step);
    case 'close':
      dispose(record, body);
      step.patch('public', { dueAt: null });
      return step.episode('person-closes', 'person-closed');
    case 'propose':
    case 'consult':
    case 'decide':
      return step.move(scope, action, 'person-released');
    case 'sign':
      if (releaseTrigger(record, action, scope) === 'sign') return step.move(scope, 'sign', 'person-released');
      step.patch(scope, { ratified: true });
      return step.move(scope, 'ratify', 'person-ratified');
    case 'publish':
      return step.tell(scope, 'publish', 'warning', level, 'person-published');
    case 'adjust': {
      // A rise needs the whole text again (route, shelter); anything else says what changed.
      const before = record.releases[scope].level;
      const rise = before === null || levelRank(level) > levelRank(before);
      step.tell(scope, 'adjust', rise ? 'warning' : 'adjust', level, 'person-adjusted');
      // Decided with the level in force in view: the plan does not overrule it until the level rises again.
      if (scope === 'public' && levelRank(record.level) > levelRank(level))
        step.patch('public', { told: { inspect: null, warning: record.level } });
      return;
    }
    case 'cancel':
      lastWord(step, 'cancel', scope);
      if (body.disposal !== undefined) dispose(record, body);
      if (record.state === 'candidate' || record.state === 'confirmed') step.episode('person-cancels', 'person-cancelled');
      return;
    case 'all-clear':
      // The episode stays until it is closed with a disposal type; a new rise opens a new one.
      if (body.disposal !== undefined) dispose(record, body);
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

function dispose(record: WarningRecord, body: WarningActionBody): void {
  if (body.disposal === undefined) return;
  record.disposal = { type: body.disposal, ...(body.text === undefined ? {} : { text: body.text }) };
}
