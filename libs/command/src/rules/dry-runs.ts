import { randomUUID } from 'node:crypto';
import {
  DAY,
  Problem,
  toIso,
  type DryRun,
  type DryRunRequest,
  type DryRunView,
  type Page,
  type PageQuery,
  type ThresholdTrialRequest,
} from '#libs/contracts';
import { thresholdFaults } from '#libs/evaluate';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import type { ScopedView } from '../identity/scope.js';
import { shownRun } from './shown.js';
import { findVersion, versionsOf } from './versions.js';

/** Runs that may wait. They run one after another: more would only be forgotten by those who asked. */
const MOST_WAITING = 10;

/**
 * Asks for a dry run of a version over the last days of every point of its rulebook, against what is in force. Answers at once.
 * @throws Problem forbidden for a user of one area, not-found, illegal-transition when one of this version waits or too many do
 */
export async function requestDryRun(
  context: CommandContext,
  view: ScopedView,
  rulebook: string,
  { version, days, reason }: DryRunRequest,
): Promise<DryRunView> {
  view.requireWholeStation(`Rulebook ${rulebook}`);
  await findVersion(context, rulebook, version);
  const now = context.clock.now();
  const against = (await versionsOf(context, rulebook)).find((each) => each.active)?.version ?? null;
  return request(context, view, { rulebook, version, against, trial: null, from: toIso(now - days * DAY), to: toIso(now), reason });
}

/**
 * Asks what other thresholds would have done at one point over its last days, under the rulebook version in force.
 * @throws Problem out-of-scope, invalid-request for a threshold that names no indicator, illegal-transition when the point is closed, its rulebook is not in force, or too many runs wait
 */
export async function tryThresholds(
  context: CommandContext,
  view: ScopedView,
  unifiedCode: string,
  { thresholds, days, reason }: ThresholdTrialRequest,
): Promise<DryRunView> {
  const point = view.point(unifiedCode);
  const active = (await context.store.rules.versions(point.rulebook)).find((each) => each.active);
  if (!active || point.closed)
    throw new Problem(
      'illegal-transition',
      `Hazard point ${unifiedCode} is ${point.closed ? 'closed' : 'under no rulebook in force'}; there is nothing to try`,
      {
        legal: [],
      },
    );
  const book = context.rulebook(point.rulebook);
  const [fault] = book ? thresholdFaults(book, thresholds) : [];
  if (fault) throw new Problem('invalid-request', `thresholds: ${fault.text.en} / ${fault.text.zh}`);
  const now = context.clock.now();
  return request(context, view, {
    rulebook: point.rulebook,
    version: active.version,
    against: active.version,
    trial: { hazardPoint: unifiedCode, thresholds },
    from: toIso(now - days * DAY),
    to: toIso(now),
    reason,
  });
}

/** Newest first, without their points. @throws Problem not-found */
export async function listDryRuns(
  context: CommandContext,
  view: ScopedView,
  rulebook: string,
  query: PageQuery,
): Promise<Page<DryRunView>> {
  await versionsOf(context, rulebook);
  const page = await context.store.dryRuns.list({ ...query, rulebook });
  return { ...page, items: page.items.filter((run) => mayRead(view, run)).map((run) => ({ ...shownRun(view, run), totals: null })) };
}

/** @throws Problem not-found; out-of-scope for a trial at a point of another area */
export async function getDryRun(context: CommandContext, view: ScopedView, rulebook: string, id: string): Promise<DryRunView> {
  const run = await context.store.dryRuns.find(id);
  if (!run || run.rulebook !== rulebook) throw new Problem('not-found', `Rulebook ${rulebook} has no dry run ${id}`);
  if (run.trial) view.point(run.trial.hazardPoint);
  return shownRun(view, run);
}

const mayRead = (view: ScopedView, { trial }: Pick<DryRun, 'trial'>): boolean =>
  trial === null || view.points().some((point) => point.unifiedCode === trial.hazardPoint);

async function request(
  context: CommandContext,
  view: ScopedView,
  wanted: Pick<DryRun, 'rulebook' | 'version' | 'against' | 'trial' | 'from' | 'to' | 'reason'>,
): Promise<DryRunView> {
  const { dryRuns } = context.store;
  const waiting = await dryRuns.unfinished();
  const same = waiting.find((run) => isSame(run, wanted));
  if (same) throw new Problem('illegal-transition', `This dry run is under way already as ${same.id}`, { legal: [], run: same.id });
  if (waiting.length >= MOST_WAITING)
    throw new Problem('illegal-transition', `${MOST_WAITING} dry runs wait already; try again when some have finished`, { legal: [] });
  const run: Omit<DryRun, 'totals'> = {
    ...wanted,
    id: randomUUID(),
    requestedBy: view.user.username,
    requestedAt: toIso(context.clock.now()),
    state: 'queued',
    progress: 0,
    finishedAt: null,
    fault: null,
    items: [],
  };
  await dryRuns.insert(run);
  const object = run.trial ? `hazard-point:${run.trial.hazardPoint}` : `rulebook:${run.rulebook}`;
  await record(context, view.user.username, 'rule.dry-run', object, {
    run: run.id,
    version: run.version,
    from: run.from,
    reason: run.reason,
  });
  context.ruleWork.dryRunsWait();
  return shownRun(view, run);
}

const isSame = (a: Pick<DryRun, 'rulebook' | 'version' | 'trial'>, b: Pick<DryRun, 'rulebook' | 'version' | 'trial'>): boolean =>
  a.rulebook === b.rulebook && a.version === b.version && JSON.stringify(a.trial) === JSON.stringify(b.trial);
