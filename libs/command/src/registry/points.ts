import {
  defaultRulebook,
  divisionRule,
  Problem,
  toIso,
  why,
  type HazardPoint,
  type HazardPointCreate,
  type HazardPointPatch,
  type IndicatorSeries,
  type Page,
  type PageQuery,
  type PointState,
} from '#libs/contracts';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { pageOfList } from '../operation/paging.js';
import { requirePublishable } from './publishable.js';
import { requireFitting } from '../rules/fitting.js';
import { thresholdChange, type ThresholdReason } from '../rules/thresholds.js';
import type { ScopedView } from '../identity/scope.js';

/**
 * Registers a hazard point. Levels without a release policy take their division's, then the county's; without a rulebook it takes its kind's.
 * @throws Problem out-of-scope, already-exists, unknown-rulebook, rulebook-scope
 */
export async function createPoint(context: CommandContext, view: ScopedView, input: HazardPointCreate): Promise<HazardPoint> {
  view.requireArea(input.divisionCode);
  const rulebook = input.rulebook ?? defaultRulebook(input.kind, input.material);
  requireFitting(context, { ...input, rulebook });
  return context.registry.exclusively(async () => {
    if (context.registry.point(input.unifiedCode))
      throw new Problem(
        'already-exists',
        `Hazard point ${input.unifiedCode} is registered already; PATCH /hazard-points/${input.unifiedCode} changes it`,
      );
    const now = toIso(context.clock.now());
    const { release: county, alert } = context.settings.current();
    const release = { ...county, ...given(divisionRule(alert, input.divisionCode)?.release ?? {}), ...given(input.release) };
    requirePublishable(release, context.settings.current());
    const point: HazardPoint = { ...input, rulebook, release, closed: false, version: 1, createdAt: now, updatedAt: now };
    await context.store.registry.insertPoint(point, await thresholdChange(context, view, [], point, { reason: '登记 registered' }));
    await announce(context, view, point, 'hazard-point.created', { rulebook, release, ...(point.drill ? { drill: point.drill } : {}) });
    return point;
  });
}

type Patch = HazardPointPatch & ThresholdReason & { drill?: unknown; version?: number };

/**
 * Changes the named fields. `version`, when given, must be the stored one. `reason` and `trial` go to the record of a change of thresholds.
 * @throws Problem out-of-scope, drill-immutable, version-conflict, unknown-rulebook, rulebook-scope, invalid-request, illegal-transition
 */
export async function updatePoint(context: CommandContext, view: ScopedView, unifiedCode: string, patch: Patch): Promise<HazardPoint> {
  const { drill, version, reason, trial, ...changes } = patch;
  if (drill !== undefined)
    throw new Problem(
      'drill-immutable',
      `The drill of hazard point ${view.point(unifiedCode).unifiedCode} can't be changed; register a new point for a new run`,
    );
  return context.registry.exclusively(async () => {
    const before = view.point(unifiedCode);
    if (version !== undefined && version !== before.version)
      throw new Problem('version-conflict', `Hazard point ${unifiedCode} is at version ${before.version}, not ${version}; read it again`, {
        version: before.version,
      });
    if (changes.divisionCode !== undefined && changes.divisionCode !== before.divisionCode)
      throw new Problem(
        'invalid-request',
        `divisionCode: the records of ${unifiedCode} belong to division ${before.divisionCode}; close it and register a new point there`,
      );
    if (before.closed && changes.closed === false)
      throw new Problem('illegal-transition', `Hazard point ${unifiedCode} is closed for good; register a new point`, { legal: [] });
    const point: HazardPoint = {
      ...before,
      ...given(changes),
      release: { ...before.release, ...given(changes.release ?? {}) },
      version: before.version + 1,
      updatedAt: toIso(context.clock.now()),
    };
    if (changes.release !== undefined) requirePublishable(changes.release, context.settings.current());
    if (changes.rulebook !== undefined || changes.kind !== undefined || changes.material !== undefined) requireFitting(context, point);
    await context.store.registry.updatePoint(point, await thresholdChange(context, view, before.thresholds, point, { reason, trial }));
    await announce(context, view, point, 'hazard-point.changed', { version: point.version, changes });
    return point;
  });
}

export function listPoints(view: ScopedView, query: PageQuery & { kind?: string }): Page<HazardPoint> {
  const points = view.points().filter((point) => query.kind === undefined || point.kind === query.kind);
  return pageOfList(points, (point) => point.unifiedCode, query);
}

/** A point nothing has been said of yet is `unknown`: grey is not green. */
export function statePoint(context: CommandContext, view: ScopedView, unifiedCode: string): PointState {
  const point = view.point(unifiedCode);
  return (
    context.pointState(point.unifiedCode) ?? {
      hazardPoint: point.unifiedCode,
      level: 'unknown',
      certainty: null,
      confirmedLevel: 'unknown',
      rule: { id: point.rulebook, version: '' },
      judgedTo: 0,
      eventAt: null,
      indicators: [],
      missing: [{ indicator: '*', why: why(point.closed ? 'closed-point' : 'not-judged-yet') }],
    }
  );
}

/** Empty for a point nothing has been said of yet. */
export function listIndicators(context: CommandContext, view: ScopedView, unifiedCode: string, query: PageQuery): Page<IndicatorSeries> {
  const series = context.pointSeries(view.point(unifiedCode).unifiedCode);
  return pageOfList(series, ({ id, deviceId, channel }) => `${id} ${deviceId ?? ''} ${channel ?? ''}`, query);
}

/** The store has it: now memory, then the log, then the stages. */
async function announce(
  context: CommandContext,
  view: ScopedView,
  point: HazardPoint,
  action: string,
  detail: Record<string, unknown>,
): Promise<void> {
  context.registry.putPoint(point);
  await context.bus.publish('registry.changed', { points: [point.unifiedCode] });
  await record(context, view.user.username, action, `hazard-point:${point.unifiedCode}`, detail);
}

/** Without the fields that are there but undefined: they mean "leave alone". */
const given = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
