import { defaultPlan, Problem, toIso, type ResponsePlan, type ResponsePlanPut } from '#libs/contracts';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import type { ScopedView } from '../identity/scope.js';

/** @throws Problem out-of-scope */
export function getPlan(context: CommandContext, view: ScopedView, unifiedCode: string): ResponsePlan {
  const { unifiedCode: code } = view.point(unifiedCode);
  return context.registry.planOf(code) ?? defaultPlan(code);
}

/**
 * Writes the plan of a point; the next level that is released asks for its steps. Tasks that were made stay as they are.
 * @throws Problem out-of-scope, version-conflict, invalid-request (closed point)
 */
export async function putPlan(context: CommandContext, view: ScopedView, unifiedCode: string, put: ResponsePlanPut): Promise<ResponsePlan> {
  const point = view.point(unifiedCode);
  if (point.closed) throw new Problem('invalid-request', `hazardPoint: ${point.unifiedCode} is closed; nothing is released for it`);
  return context.registry.exclusively(async () => {
    const before = getPlan(context, view, unifiedCode);
    if (put.version !== undefined && put.version !== before.version)
      throw new Problem(
        'version-conflict',
        `The plan of ${unifiedCode} is at version ${before.version}, not ${put.version}; read it again`,
        {
          version: before.version,
        },
      );
    const plan: ResponsePlan = {
      hazardPoint: point.unifiedCode,
      levels: put.levels,
      version: before.version + 1,
      updatedBy: view.user.username,
      updatedAt: toIso(context.clock.now()),
    };
    await context.store.plans.save(plan, point.divisionCode);
    context.registry.putPlan(plan);
    await record(context, view.user.username, 'plan.written', `hazard-point:${point.unifiedCode}`, {
      version: plan.version,
      levels: plan.levels,
    });
    return plan;
  });
}
