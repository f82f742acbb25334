import { operationUrl, toIso, type DryRun, type DryRunView, type PointImpact, type RuleVersionView } from '#libs/contracts';
import { impactTotals } from '#libs/evaluate';
import type { ScopedView } from '../identity/scope.js';
import type { RuleVersion } from './ports.js';

export const shownVersion = (version: RuleVersion): RuleVersionView => ({
  ...version,
  createdAt: toIso(version.createdAt),
  activatedAt: version.activatedAt === null ? null : toIso(version.activatedAt),
});

/** Points of the user's area only. */
export const impactInScope = (view: ScopedView, items: readonly PointImpact[]): PointImpact[] => {
  const mine = new Set(view.points().map((point) => point.unifiedCode));
  return items.filter((item) => mine.has(item.hazardPoint));
};

/** A dry run as this user sees it: sums are those of the points shown, so that they say nothing of a neighbour's. */
export function shownRun(view: ScopedView, run: Omit<DryRun, 'totals'>): DryRunView {
  const items = impactInScope(view, run.items);
  return {
    ...run,
    items,
    totals: run.state === 'done' ? impactTotals(items) : null,
    statusUrl: operationUrl('getDryRun', { id: run.rulebook, run: run.id }),
  };
}
