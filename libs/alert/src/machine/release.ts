import type { ReleaseScope, ReleaseState } from '#libs/contracts';

/** What can happen to the release of one scope. `plan-*` are policies, `automatic` is the internal scope's own, the rest are people. */
export const releaseTriggers = [
  'propose',
  'consult',
  'decide',
  'sign',
  'publish',
  'adjust',
  'cancel',
  'all-clear',
  'ratify',
  'plan-publish',
  'plan-adjust',
  'automatic',
  'expire',
] as const;
export type ReleaseTrigger = (typeof releaseTriggers)[number];

type Table = Readonly<Record<ReleaseState, Partial<Record<ReleaseTrigger, ReleaseState>>>>;

/**
 * Public scope (T/CAGHP 064 §4.7: 建议 → 技术会商 → 行政会商 → 审核签发 → 发布 → 调整/解除). A plan may jump to published
 * from every state before it: a meeting under way must not hold back what the plan allows at once. Nothing leads out of
 * cancelled and all-clear: a slope that moves again is a new episode with a message of its own. `expire` tells people that their message has lapsed and moves
 * nothing: that nobody watches a warning any more is no word that it is safe, which is still owed.
 */
const publicTable: Table = {
  none: { propose: 'proposed', 'plan-publish': 'published' },
  proposed: { consult: 'technical', 'plan-publish': 'published' },
  technical: { decide: 'administrative', 'plan-publish': 'published' },
  administrative: { sign: 'signed', 'plan-publish': 'published' },
  signed: { publish: 'published', 'plan-publish': 'published' },
  published: {
    adjust: 'adjusted',
    'plan-adjust': 'adjusted',
    ratify: 'published',
    cancel: 'cancelled',
    'all-clear': 'all-clear',
    expire: 'published',
  },
  adjusted: {
    adjust: 'adjusted',
    'plan-adjust': 'adjusted',
    ratify: 'adjusted',
    cancel: 'cancelled',
    'all-clear': 'all-clear',
    expire: 'adjusted',
  },
  cancelled: {},
  'all-clear': {},
};

/** Internal scope: monitors, responsible persons and duty are told without a meeting; a person publishes only what late data kept silent. */
const internalTable: Table = {
  none: { automatic: 'published', publish: 'published' },
  proposed: {},
  technical: {},
  administrative: {},
  signed: {},
  published: { automatic: 'adjusted', adjust: 'adjusted', cancel: 'cancelled', 'all-clear': 'all-clear', expire: 'published' },
  adjusted: { automatic: 'adjusted', adjust: 'adjusted', cancel: 'cancelled', 'all-clear': 'all-clear', expire: 'adjusted' },
  cancelled: {},
  'all-clear': {},
};

export const releaseTables: Readonly<Record<ReleaseScope, Table>> = { internal: internalTable, public: publicTable };

/** What can be done next with a release of this scope, whoever does it. */
export const legalReleaseTriggers = (scope: ReleaseScope, state: ReleaseState): ReleaseTrigger[] =>
  Object.keys(releaseTables[scope][state]) as ReleaseTrigger[];

/** People of the scope have a message in hand that still stands. */
export const isOut = (state: ReleaseState): boolean => state === 'published' || state === 'adjusted';
/** The last word of the scope has been said. */
export const isOver = (state: ReleaseState): boolean => state === 'cancelled' || state === 'all-clear';

export type ReleaseStep = { ok: true; state: ReleaseState } | { ok: false; reason: 'illegal-transition'; legal: ReleaseTrigger[] };

/** Next state, or the refusal naming what is legal. */
export function stepRelease(scope: ReleaseScope, state: ReleaseState, trigger: ReleaseTrigger): ReleaseStep {
  const next = releaseTables[scope][state][trigger];
  return next ? { ok: true, state: next } : { ok: false, reason: 'illegal-transition', legal: legalReleaseTriggers(scope, state) };
}
