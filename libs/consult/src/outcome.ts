import type { Decision, DecisionResult, ReleaseState, WarningAction, WarningActionBody, WarningRecord } from '#libs/contracts';

/** What a signed decision does to its warning. */
export type Outcome = 'release' | 'release-if-level' | 'adjust' | 'ratify' | 'all-clear' | 'withdraw' | 'record-only';

/**
 * Result of the consultation → outcome, by whether the public holds a message that stands. A signed decision is the
 * technical and administrative consultation and the signature in one, so an unreleased warning walks the rest of the
 * way to published on it.
 */
export const outcomes: Readonly<Record<DecisionResult, { out: Outcome; notOut: Outcome }>> = {
  upgrade: { out: 'adjust', notOut: 'release' },
  keep: { out: 'ratify', notOut: 'release-if-level' },
  downgrade: { out: 'adjust', notOut: 'record-only' },
  'all-clear': { out: 'all-clear', notOut: 'all-clear' },
  'false-alarm': { out: 'withdraw', notOut: 'withdraw' },
};

export interface OutcomeStep {
  action: WarningAction;
  body: WarningActionBody;
}

/** The people's way to a public message, by where the release stands. */
const wayToPublished: Partial<Record<ReleaseState, readonly WarningAction[]>> = {
  none: ['propose', 'consult', 'decide', 'sign', 'publish'],
  proposed: ['consult', 'decide', 'sign', 'publish'],
  technical: ['decide', 'sign', 'publish'],
  administrative: ['sign', 'publish'],
  signed: ['publish'],
};

const isOut = (state: ReleaseState): boolean => state === 'published' || state === 'adjusted';

/**
 * The actions a signed decision takes on its warning, in order; none when it only goes on record. False alarms end with
 * disposal type 0, an all-clear of something nobody was told of with type 3 (domain.md §2.11).
 */
export function stepsOf(decision: Pick<Decision, 'result' | 'level' | 'text'>, warning: WarningRecord): OutcomeStep[] {
  const { internal, public: open } = warning.releases;
  const living = warning.state === 'candidate' || warning.state === 'confirmed';
  const outcome = outcomes[decision.result][isOut(open.state) ? 'out' : 'notOut'];
  const body = (more: Partial<WarningActionBody> = {}): WarningActionBody => ({
    scope: 'public',
    text: decision.text.slice(0, 500),
    ...more,
  });
  const level = decision.level === undefined ? {} : { level: decision.level };
  switch (outcome) {
    case 'record-only':
      return [];
    case 'release-if-level':
      if (decision.level === undefined) return [];
      return living ? walk(warning, body(level)) : [];
    case 'release':
      return living ? walk(warning, body(level)) : [];
    case 'adjust':
      // What the plan already published at this very level is ratified, not sent a second time.
      if (decision.level === open.level) return ratify(warning, body());
      return living ? [{ action: 'adjust', body: body(level) }] : [];
    case 'ratify':
      return ratify(warning, body());
    case 'all-clear':
    case 'withdraw': {
      const disposal = outcome === 'withdraw' ? 0 : 3;
      const action = outcome === 'withdraw' ? 'cancel' : 'all-clear';
      if (isOut(open.state)) return [{ action, body: body({ disposal }) }];
      if (isOut(internal.state)) return [{ action, body: body({ disposal, scope: 'internal' }) }];
      return living ? [{ action: 'close', body: body({ disposal }) }] : [];
    }
  }
}

const ratify = (warning: WarningRecord, body: WarningActionBody): OutcomeStep[] =>
  warning.releases.public.ratified ? [] : [{ action: 'sign', body }];

/** Confirming may let the plan publish by itself: the caller asks again with the new record after a `confirm`. */
function walk(warning: WarningRecord, body: WarningActionBody): OutcomeStep[] {
  if (warning.state === 'candidate') return [{ action: 'confirm', body }];
  return (wayToPublished[warning.releases.public.state] ?? []).map((action) => ({ action, body }));
}
