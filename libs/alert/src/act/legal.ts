import type { ReleaseScope, Role, SignOff, WarningAction, WarningRecord } from '#libs/contracts';
import { releaseScopes, warningActions } from '#libs/contracts';
import { isOpen } from '../machine/episode.js';
import { isOut, stepRelease, type ReleaseTrigger } from '../machine/release.js';
import { secondPerson } from './second-person.js';

export type LegalAction = { action: WarningAction; scope?: ReleaseScope };

/** Who may take which action; an administrator may take all. */
export const actionRoles: Readonly<Record<WarningAction, readonly Role[]>> = {
  acknowledge: ['duty', 'signer'],
  confirm: ['duty', 'signer'],
  propose: ['duty'],
  consult: ['expert', 'duty'],
  decide: ['signer'],
  sign: ['signer'],
  publish: ['signer'],
  adjust: ['signer'],
  cancel: ['signer'],
  'all-clear': ['signer'],
  close: ['duty', 'signer'],
  dispose: ['duty', 'signer'],
};

/** Whether one of these roles may take the action, legal now or not. */
export const mayAct = (roles: readonly Role[], action: WarningAction): boolean =>
  roles.includes('admin') || actionRoles[action].some((role) => roles.includes(role));

/** Actions on the episode; the others move the release of a scope. */
const unscoped: ReadonlySet<WarningAction> = new Set(['acknowledge', 'confirm', 'close', 'dispose']);

/** The trigger an action is to the release machine: a signature under a published plan ratifies it. */
export function releaseTrigger(record: WarningRecord, action: WarningAction, scope: ReleaseScope): ReleaseTrigger {
  if (action === 'acknowledge' || action === 'confirm' || action === 'close' || action === 'dispose')
    throw new TypeError(`${action} is no release action`);
  return action === 'sign' && isOut(record.releases[scope].state) ? 'ratify' : action;
}

/** What the county and the point say of public messages. */
export interface ReleaseRules {
  signOff: SignOff;
  bluePublic: boolean;
}

/** Why an action can't be taken now, or null when it can. */
export function obstacle(record: WarningRecord, action: WarningAction, scope: ReleaseScope, rules?: ReleaseRules): string | null {
  const open = isOpen(record.state);
  switch (action) {
    case 'acknowledge':
      if (!open) return 'episode-over';
      return record.acknowledged ? 'already-acknowledged' : null;
    case 'confirm':
      return record.state === 'candidate' ? null : 'not-a-candidate';
    case 'close':
      return open ? null : 'episode-over';
    case 'dispose':
      // One that expired or was withdrawn ended without a word about what it was; the rates of the season need that word.
      if (open) return 'episode-not-over';
      return record.disposal === undefined ? null : 'already-disposed';
    case 'propose':
    case 'consult':
    case 'decide':
    case 'sign':
    case 'publish':
    case 'adjust':
    case 'cancel':
    case 'all-clear':
      return releaseObstacle(record, action, scope) ?? blueObstacle(record, action, scope, rules);
  }
}

function releaseObstacle(record: WarningRecord, action: WarningAction, scope: ReleaseScope): string | null {
  const release = record.releases[scope];
  const trigger = releaseTrigger(record, action, scope);
  if (!stepRelease(scope, release.state, trigger).ok) return `release-is-${release.state}`;
  if (trigger === 'ratify' && release.ratified) return 'already-ratified';
  // The last word to people already told is always possible; anything else needs a living episode.
  if (action === 'cancel' || action === 'all-clear') {
    // Withdrawing inside while households still hold the message would leave nobody looking after them.
    return scope === 'internal' && isOut(record.releases.public.state) ? 'public-still-out' : null;
  }
  if (trigger === 'ratify') return null;
  if (!isOpen(record.state)) return 'episode-over';
  // A public message says "confirmed": the candidate is confirmed first, by rule or person (domain.md §7c 10).
  if (action === 'publish' && scope === 'public' && record.state !== 'confirmed') return 'not-confirmed';
  return null;
}

/** Blue is not for the public (domain.md §2.8). What is out may fall to blue: people who were told of more are told of less. */
function blueObstacle(record: WarningRecord, action: WarningAction, scope: ReleaseScope, rules: ReleaseRules | undefined): string | null {
  if (!rules || rules.bluePublic || scope !== 'public' || action !== 'publish') return null;
  return record.level === 'blue' ? 'blue-not-public' : null;
}

/** Every action that is legal now, whoever asks. */
export function legalActions(record: WarningRecord, rules?: ReleaseRules): LegalAction[] {
  return warningActions.flatMap((action): LegalAction[] => {
    if (unscoped.has(action)) return obstacle(record, action, 'public', rules) === null ? [{ action }] : [];
    return releaseScopes.filter((scope) => obstacle(record, action, scope, rules) === null).map((scope) => ({ action, scope }));
  });
}

/** The legal actions these roles may take. */
export const legalFor = (
  record: WarningRecord,
  { roles, username }: { roles: readonly Role[]; username?: string },
  now?: number,
  rules?: ReleaseRules,
): LegalAction[] =>
  legalActions(record, rules).filter(({ action, scope }) => {
    if (!mayAct(roles, action)) return false;
    if (rules?.signOff !== 'two' || username === undefined || now === undefined) return true;
    return isTheOther(record, action, scope ?? 'public', username, now);
  });

/** Where two sign: not who proposed, nor who already asked for this. */
function isTheOther(record: WarningRecord, action: WarningAction, scope: ReleaseScope, username: string, now: number): boolean {
  if (action === 'sign' && isOut(record.releases[scope].state)) return true;
  const level = record.countersign?.level ?? record.level;
  return action === 'adjust' || secondPerson(record, { action, scope, level }, { username }, now) !== 'second-person';
}
