import { randomUUID } from 'node:crypto';
import {
  DAY,
  fromIso,
  MAX_SHADOW_MS,
  MAX_SHADOW_POINTS,
  MAX_SHADOWS,
  Problem,
  toIso,
  type PointImpact,
  type RuleShadow,
  type ShadowStart,
  type ShadowStop,
  type ShadowSummary,
} from '#libs/contracts';
import { impactTotals, levelRecord, warningsMore, type SaidAt } from '#libs/evaluate';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import type { ScopedView } from '../identity/scope.js';
import type { ShadowDecision } from './ports.js';
import { impactInScope } from './shown.js';
import { findVersion } from './versions.js';

/** Length of a shadow run nobody gave one: a week has its rain, its sun and its weekend. */
const USUAL_MS = 7 * DAY;

/**
 * Runs a version beside the one in force on every point of its rulebook until a given time. It records and never sounds.
 * @throws Problem forbidden for a user of one area, not-found, invalid-request for a time that is past or too far ahead,
 * illegal-transition when it is in force, runs already, or too many run
 */
export async function startShadow(
  context: CommandContext,
  view: ScopedView,
  rulebook: string,
  { version, reason, until }: ShadowStart,
): Promise<RuleShadow> {
  view.requireWholeStation(`Rulebook ${rulebook}`);
  const wanted = await findVersion(context, rulebook, version);
  if (wanted.active)
    throw new Problem('illegal-transition', `Version ${version} of ${rulebook} is in force; it needs no shadow`, { legal: [] });
  const now = context.clock.now();
  const end = until === undefined ? now + USUAL_MS : fromIso(until);
  if (end <= now) throw new Problem('invalid-request', 'until: must lie in the future');
  if (end > now + MAX_SHADOW_MS)
    throw new Problem('invalid-request', 'until: a shadow runs 31 days at most; start it again when they are over');
  const shadow: RuleShadow = {
    id: randomUUID(),
    rulebook,
    version,
    startedAt: toIso(now),
    startedBy: view.user.username,
    reason,
    until: toIso(end),
    endedAt: null,
    endedBy: null,
    end: null,
  };
  const judged = [rulebook, ...(await context.store.shadows.running()).map((each) => each.rulebook)];
  const points = judged.reduce((sum, each) => sum + pointsUnder(context, each), 0);
  if (points > MAX_SHADOW_POINTS)
    throw new Problem(
      'illegal-transition',
      `Shadows would judge ${points} points beside the live ones; ${MAX_SHADOW_POINTS} is the limit`,
      {
        legal: ['stop', 'dry-run'],
      },
    );
  await context.store.shadows.start(shadow, MAX_SHADOWS);
  await record(context, view.user.username, 'rule.shadow-started', `rulebook:${rulebook}`, { version, reason, until: shadow.until });
  context.ruleWork.shadowsChanged();
  return shadow;
}

/** @throws Problem forbidden for a user of one area, not-found, illegal-transition when it does not run */
export async function stopShadow(
  context: CommandContext,
  view: ScopedView,
  rulebook: string,
  { version, reason }: ShadowStop,
): Promise<RuleShadow> {
  view.requireWholeStation(`Rulebook ${rulebook}`);
  const { shadows } = context.store;
  const shadow = await newestShadow(context, rulebook, version);
  const by = view.user.username;
  const now = context.clock.now();
  if (shadow.endedAt !== null || !(await shadows.end(shadow.id, 'stopped', by, now)))
    throw new Problem('illegal-transition', `Version ${version} of ${rulebook} does not run in shadow`, { legal: ['shadow'] });
  await record(context, by, 'rule.shadow-stopped', `rulebook:${rulebook}`, { version, reason });
  context.ruleWork.shadowsChanged();
  return { ...shadow, endedAt: toIso(now), endedBy: by, end: 'stopped' };
}

/** A version that comes into force no longer needs its shadow. */
export async function endShadowOf(context: CommandContext, rulebook: string, version: string, by: string): Promise<void> {
  const shadow = await context.store.shadows.newest(rulebook, version);
  if (!shadow || shadow.endedAt !== null) return;
  await context.store.shadows.end(shadow.id, 'activated', by, context.clock.now());
  context.ruleWork.shadowsChanged();
}

const pointsUnder = (context: CommandContext, rulebook: string): number =>
  [...context.registry.points()].filter((point) => point.rulebook === rulebook && !point.closed).length;

/** What the newest shadow run of a version would have done against what was in force meanwhile, for the points of the user's area. */
export async function shadowSummary(context: CommandContext, view: ScopedView, rulebook: string, version: string): Promise<ShadowSummary> {
  const shadow = await newestShadow(context, rulebook, version);
  const from = fromIso(shadow.startedAt);
  const to = Math.min(context.clock.now(), shadow.endedAt === null ? Number.POSITIVE_INFINITY : fromIso(shadow.endedAt));
  const decisions = await context.store.shadows.decisions(shadow.id);
  const items = impactInScope(view, impactsOf(context, decisions, from, to));
  return {
    shadow,
    from: toIso(from),
    to: toIso(to),
    decisions: decisions.filter((each) => each.judge === 'shadow').length,
    totals: impactTotals(items),
    items,
  };
}

/** What both judgements of each point said, over the stretch of event time it was said in; a drill's time is not the wall's. */
function impactsOf(context: CommandContext, decisions: readonly ShadowDecision[], from: number, to: number): PointImpact[] {
  const byPoint = new Map<string, ShadowDecision[]>();
  for (const each of decisions) {
    const { hazardPoint } = each.decision;
    const own = byPoint.get(hazardPoint);
    if (own) own.push(each);
    else byPoint.set(hazardPoint, [each]);
  }
  return [...byPoint].map(([hazardPoint, own]) => {
    const point = context.registry.point(hazardPoint);
    // What happens at a device is a little older than what the clock says when it is judged; late data much older, and no beginning.
    const times = own.filter(({ decision }) => !decision.late).map(({ decision }) => decision.eventAt);
    const [begin, end] = point?.drill ? [Math.min(...times), Math.max(...times)] : [Math.min(from, ...times), to];
    const said = (judge: 'shadow' | 'live'): SaidAt[] =>
      own
        .filter((each) => each.judge === judge)
        // The first line of each is what stood when the shadow began.
        .map(({ decision }, index) => ({ ...decision, at: index === 0 ? begin : decision.eventAt }));
    const live = levelRecord(said('live'), begin, end);
    const next = levelRecord(said('shadow'), begin, end);
    return { hazardPoint, name: point?.name ?? '', live, next, warningsMore: warningsMore(live, next) };
  });
}

async function newestShadow(context: CommandContext, rulebook: string, version: string): Promise<RuleShadow> {
  await findVersion(context, rulebook, version);
  const shadow = await context.store.shadows.newest(rulebook, version);
  if (shadow) return shadow;
  throw new Problem('not-found', `Version ${version} of ${rulebook} has never run in shadow; POST /rules/${rulebook}/shadow starts it`);
}
