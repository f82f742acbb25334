import type { Consultation, Decision, Role, User } from '#libs/contracts';
import { Problem, toIso } from '#libs/contracts';
import type { DecisionCreate, OpinionCreate, SignatureCreate } from '#libs/contracts';
import { hashId, sha256 } from '#libs/platform';
import { canonicalJson } from './canonical.js';

/** Who may do what in a consultation; an administrator may do all. */
export const consultRoles = {
  opinion: ['expert', 'duty', 'signer'],
  chat: ['expert', 'duty', 'signer'],
  decide: ['expert', 'duty', 'signer'],
  sign: ['signer'],
} as const satisfies Record<string, readonly Role[]>;
export type ConsultAct = keyof typeof consultRoles;

/** @throws Problem `forbidden` naming the roles that may */
export function requireRole(user: Pick<User, 'roles'>, action: ConsultAct): void {
  const allowed: readonly Role[] = consultRoles[action];
  if (user.roles.includes('admin') || allowed.some((role) => user.roles.includes(role))) return;
  throw new Problem('forbidden', `${action} in a consultation needs one of the roles ${allowed.join(', ')}`, { roles: allowed });
}

/** @throws Problem `illegal-transition` once nothing may be changed any more */
export function requireOpen(consultation: Consultation): void {
  if (consultation.state === 'open' || consultation.state === 'deliberating') return;
  throw new Problem('illegal-transition', `consultation ${consultation.id} is ${consultation.state}; its record no longer changes`, {
    state: consultation.state,
    legal: [],
  });
}

export function addOpinion(consultation: Consultation, body: OpinionCreate, user: User, now: number): Consultation {
  requireRole(user, 'opinion');
  requireOpen(consultation);
  const id = hashId(24, consultation.id, 'opinion', consultation.opinions.length);
  return {
    ...consultation,
    state: 'deliberating',
    version: consultation.version + 1,
    opinions: [...consultation.opinions, { ...body, id, by: user.username, byName: user.displayName, at: toIso(now) }],
  };
}

/** What a decision's hash covers: the decision and the evidence it was taken on. Signatures are over this hash. */
export function decisionHash(decision: Omit<Decision, 'hash' | 'signatures'>, consultationId: string, evidence: string): string {
  const { id, version, result, level, text, by, at } = decision;
  return sha256(canonicalJson({ consultation: consultationId, evidence, id, version, result, level, text, by, at }));
}

/** A decision, or the next version of one: signatures belong to a version, so a new version has none. */
export function decide(consultation: Consultation, body: DecisionCreate, user: User, now: number): Consultation {
  requireRole(user, 'decide');
  requireOpen(consultation);
  if ((body.result === 'upgrade' || body.result === 'downgrade') && body.level === undefined)
    throw new Problem('invalid-request', `${body.result} needs the level it leads to: give "level"`, { field: 'level' });
  const version = (consultation.decision?.version ?? 0) + 1;
  const content = { ...body, id: hashId(24, consultation.id, 'decision', version), version, by: user.username, at: toIso(now) };
  return {
    ...consultation,
    state: 'deliberating',
    version: consultation.version + 1,
    decision: {
      ...content,
      byName: user.displayName,
      hash: decisionHash(content, consultation.id, consultation.evidence.hash),
      signatures: [],
    },
  };
}

/** Signs the decision as it stands; from here on the record never changes. */
export function sign(consultation: Consultation, body: SignatureCreate, user: User, now: number): Consultation {
  requireRole(user, 'sign');
  requireOpen(consultation);
  const { decision } = consultation;
  if (!decision)
    throw new Problem('illegal-transition', `consultation ${consultation.id} has no decision to sign; decide first`, { legal: ['decide'] });
  const role: Role = user.roles.includes('signer') ? 'signer' : 'admin';
  const at = toIso(now);
  const hash = sha256(canonicalJson({ decision: decision.hash, by: user.username, role, at, comment: body.comment }));
  const signature = {
    by: user.username,
    byName: user.displayName,
    role,
    at,
    hash,
    ...(body.comment === undefined ? {} : { comment: body.comment }),
  };
  return {
    ...consultation,
    state: 'signed',
    version: consultation.version + 1,
    decision: { ...decision, signatures: [...decision.signatures, signature] },
  };
}
