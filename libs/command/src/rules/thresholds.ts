import { randomUUID } from 'node:crypto';
import { Problem, toIso, type HazardPoint, type Page, type PageQuery, type PointThreshold, type ThresholdChange } from '#libs/contracts';
import { thresholdFaults } from '#libs/evaluate';
import type { CommandContext } from '../context.js';
import type { ScopedView } from '../identity/scope.js';

/** Said of a change nobody gave a reason for: the contract leaves it optional, and an empty field would look lost. */
const noReason = '未说明 not given';

export interface ThresholdReason {
  reason?: string | undefined;
  /** Id of the trial run it rests on. */
  trial?: string | undefined;
}

/**
 * The record of a change of a point's own thresholds; undefined when they stay as they are.
 * @throws Problem illegal-transition when the trial run named is not finished, or tried something else; invalid-request for a threshold that could not mean what it says
 */
export async function thresholdChange(
  context: CommandContext,
  view: ScopedView,
  before: readonly PointThreshold[],
  point: HazardPoint,
  { reason, trial }: ThresholdReason,
): Promise<ThresholdChange | undefined> {
  if (trial !== undefined) await requireTrial(context, point, trial);
  if (same(before, point.thresholds)) return undefined;
  requireSound(context, before, point);
  return {
    id: randomUUID(),
    hazardPoint: point.unifiedCode,
    at: toIso(context.clock.now()),
    by: view.user.username,
    reason: reason ?? noReason,
    trial: trial ?? null,
    before: [...before],
    after: point.thresholds,
    pointVersion: point.version,
  };
}

/** One that names no indicator may be meant for a rulebook that is still to come: an alarm says so. What is already there is not refused again. */
function requireSound(context: CommandContext, before: readonly PointThreshold[], point: HazardPoint): void {
  const book = context.rulebook(point.rulebook);
  if (!book) return;
  const known = new Set(before.map((one) => key([one])));
  const fault = thresholdFaults(
    book,
    point.thresholds.filter((one) => !known.has(key([one]))),
  ).find(({ code }) => code !== 'names-nothing');
  if (fault) throw new Problem('invalid-request', `thresholds: ${fault.text.en} / ${fault.text.zh}`);
}

/** Newest first. @throws Problem out-of-scope */
export function listThresholdChanges(
  context: CommandContext,
  view: ScopedView,
  unifiedCode: string,
  query: PageQuery,
): Promise<Page<ThresholdChange>> {
  return context.store.thresholds.list({ ...query, hazardPoint: view.point(unifiedCode).unifiedCode });
}

async function requireTrial(context: CommandContext, point: HazardPoint, id: string): Promise<void> {
  const run = await context.store.dryRuns.find(id);
  if (run?.trial?.hazardPoint === point.unifiedCode && run.state === 'done' && same(run.trial.thresholds, point.thresholds)) return;
  throw new Problem(
    'illegal-transition',
    `trial: ${id} is no finished trial run of exactly these thresholds at ${point.unifiedCode}; POST /hazard-points/${point.unifiedCode}/thresholds/trial makes one`,
    { legal: ['thresholds/trial'] },
  );
}

const same = (a: readonly PointThreshold[], b: readonly PointThreshold[]): boolean => key(a) === key(b);
const key = (thresholds: readonly PointThreshold[]): string =>
  JSON.stringify(thresholds.map(({ rule, level, value }) => [rule, level, value]).toSorted());
