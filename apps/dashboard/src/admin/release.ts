import type { ReleasePolicy } from '#libs/contracts';

/** A release policy taken apart for a form. */
export interface PolicyChoice {
  kind: 'manual' | 'auto' | 'immediate';
  seconds: number;
}

export function choiceOf(policy: ReleasePolicy): PolicyChoice {
  const delayed = /^auto-after:(\d+)$/.exec(policy);
  if (delayed) return { kind: 'auto', seconds: Number(delayed[1]) };
  return { kind: policy === 'immediate' ? 'immediate' : 'manual', seconds: 600 };
}

export function policyOf({ kind, seconds }: PolicyChoice): ReleasePolicy {
  return kind === 'auto' ? `auto-after:${Math.max(0, Math.min(999_999, Math.round(seconds) || 0))}` : kind;
}
