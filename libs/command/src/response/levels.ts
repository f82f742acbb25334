import { randomUUID } from 'node:crypto';
import {
  Problem,
  toIso,
  type DefenceResponse,
  type DefenceResponseAdjust,
  type DefenceResponseCreate,
  type DefenceResponseEnd,
  type Page,
  type QueryOf,
  type ResponseStep,
} from '#libs/contracts';
import type { CommandContext } from '../context.js';
import type { ScopedView } from '../identity/scope.js';

/**
 * Starts a response; one a point, one a division at a time, so that nobody reads two levels of one place.
 * @throws Problem out-of-scope, illegal-transition when one is in force there
 */
export async function startResponse(context: CommandContext, view: ScopedView, input: DefenceResponseCreate): Promise<DefenceResponse> {
  const point = input.hazardPoint === undefined ? undefined : view.point(input.hazardPoint);
  const divisionCode = point?.divisionCode ?? input.divisionCode ?? '';
  view.requireArea(divisionCode);
  if (input.warning !== undefined) await view.warning(input.warning);
  return context.registry.exclusively(async () => {
    const { items } = await context.store.responses.list({
      scope: divisionCode,
      open: true,
      limit: 1000,
      ...(point ? { hazardPoint: point.unifiedCode } : { division: divisionCode }),
    });
    const standing = items.find(({ hazardPoint, divisionCode: of }) => hazardPoint === point?.unifiedCode && of === divisionCode);
    if (standing)
      throw new Problem('illegal-transition', `response ${standing.id} (level ${standing.level}) is in force there; adjust or end it`, {
        response: standing.id,
        legal: ['adjust', 'end'],
      });
    const { level, authority, reason, warning } = input;
    const response: DefenceResponse = {
      id: randomUUID(),
      divisionCode,
      ...(point ? { hazardPoint: point.unifiedCode } : {}),
      level,
      state: 'in-force',
      ...(warning === undefined ? {} : { warning }),
      steps: [stepOf(context, view, 'start', { level, authority, reason })],
      version: 1,
    };
    return keep(context, response);
  });
}

/** Responses of the area of the user, newest first. @throws Problem out-of-scope */
export function listResponses(
  context: CommandContext,
  view: ScopedView,
  { hazardPoint, division, open, ...page }: QueryOf<'listResponses'>,
): Promise<Page<DefenceResponse>> {
  if (hazardPoint !== undefined) view.point(hazardPoint);
  return context.store.responses.list({
    ...page,
    scope: view.user.scope,
    ...(hazardPoint === undefined ? {} : { hazardPoint }),
    ...(division === undefined ? {} : { division }),
    ...(open === 'true' ? { open: true } : {}),
  });
}

/** @throws Problem out-of-scope, illegal-transition when it has ended or stands at that level */
export function adjustResponse(
  context: CommandContext,
  view: ScopedView,
  id: string,
  input: DefenceResponseAdjust,
): Promise<DefenceResponse> {
  return change(context, view, id, 'adjust', (before) => {
    if (before.level === input.level)
      throw new Problem('illegal-transition', `response ${id} stands at level ${input.level}`, { legal: ['adjust', 'end'] });
    return { ...before, level: input.level, steps: [...before.steps, stepOf(context, view, 'adjust', input)] };
  });
}

/** @throws Problem out-of-scope, illegal-transition when it has ended */
export function endResponse(context: CommandContext, view: ScopedView, id: string, input: DefenceResponseEnd): Promise<DefenceResponse> {
  return change(context, view, id, 'end', (before) => ({
    ...before,
    state: 'ended',
    steps: [...before.steps, stepOf(context, view, 'end', { ...input, level: before.level })],
  }));
}

function change(
  context: CommandContext,
  view: ScopedView,
  id: string,
  what: ResponseStep['what'],
  to: (before: DefenceResponse) => DefenceResponse,
): Promise<DefenceResponse> {
  return context.registry.exclusively(async () => {
    const before = await view.response(id);
    if (before.state === 'ended')
      throw new Problem('illegal-transition', `response ${id} has ended; ${what} is not possible`, { legal: [] });
    return keep(context, { ...to(before), version: before.version + 1 });
  });
}

function stepOf(
  { clock }: CommandContext,
  view: ScopedView,
  what: ResponseStep['what'],
  { level, authority, reason }: DefenceResponseAdjust,
): ResponseStep {
  return { at: toIso(clock.now()), by: view.user.username, authority, what, level, reason };
}

/** Record, event and audit line in one entry. */
async function keep(context: CommandContext, response: DefenceResponse): Promise<DefenceResponse> {
  const at = context.clock.now();
  const { id, version, divisionCode, hazardPoint, level, state } = response;
  const last = response.steps.at(-1);
  await context.store.ledger.write({
    responses: [response],
    events: [{ id: `response-${id}-${version}`, type: 'response.changed', at, divisionCode, payload: response }],
    audit: [
      {
        id: randomUUID(),
        at,
        actor: last?.by ?? '',
        action: `response.${last?.what ?? 'start'}`,
        object: hazardPoint === undefined ? `division:${divisionCode}` : `hazard-point:${hazardPoint}`,
        detail: { id, level, state, authority: last?.authority, reason: last?.reason },
      },
    ],
  });
  return response;
}
