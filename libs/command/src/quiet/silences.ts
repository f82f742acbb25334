import { randomUUID } from 'node:crypto';
import {
  fromIso,
  MAX_SILENCE_MS,
  Problem,
  silenceableLevels,
  silenceCovers,
  toIso,
  type HazardPoint,
  type Page,
  type PageQuery,
  type QueryOf,
  type Silence,
  type SilenceCreate,
} from '#libs/contracts';
import type { CommandContext } from '../context.js';
import { endedSpan } from './ended-span.js';
import type { ScopedView } from '../identity/scope.js';

/** Silences as they stand. They are written through the ledger: the record, the event the wall shows and the audit line are one. */
export interface SilenceStore {
  /** Silences that end after `since`, epoch ms. */
  endingAfter(since: number): Promise<Silence[]>;
  find(id: string): Promise<Silence | undefined>;
  list(query: PageQuery & { scope: string; hazardPoint?: string; openAt?: number }): Promise<Page<Silence>>;
}

/**
 * Holds back the messages inside of a point, a rulebook or both, up to a level; the user of the session answers for it. No level is hidden.
 * @throws Problem out-of-scope; invalid-request (no or too long a time, closed point, a level its plan publishes by itself); unknown-rulebook
 */
export async function createSilence(context: CommandContext, view: ScopedView, input: SilenceCreate): Promise<Silence> {
  const point = input.hazardPoint === undefined ? undefined : view.point(input.hazardPoint);
  const known = context.rulebooks();
  if (input.rule !== undefined && !known.includes(input.rule))
    throw new Problem('unknown-rulebook', `rule: there is no rulebook ${input.rule} in force`, { known });
  const now = context.clock.now();
  const until = fromIso(input.until);
  if (until <= now) throw new Problem('invalid-request', 'until: must lie in the future');
  if (until - now > MAX_SILENCE_MS)
    throw new Problem('invalid-request', 'until: a silence lasts 24 hours at most; declare another when they have passed');
  const silence: Silence = {
    id: randomUUID(),
    ...(point ? { hazardPoint: point.unifiedCode } : {}),
    ...(input.rule === undefined ? {} : { rule: input.rule }),
    divisionCode: point?.divisionCode ?? view.user.scope,
    level: input.level,
    owner: view.user.username,
    reason: input.reason,
    from: toIso(now),
    until: toIso(until),
    version: 1,
  };
  if (point) requireSilenceable(point, silence);
  await keep(context, silence, 'silence.declared', view.user.username);
  return silence;
}

/** Silences of the area of the user, newest first. */
export function listSilences(
  context: CommandContext,
  view: ScopedView,
  { hazardPoint, open, ...page }: QueryOf<'listSilences'>,
): Promise<Page<Silence>> {
  return context.store.silences.list({
    ...page,
    scope: view.user.scope,
    ...(hazardPoint === undefined ? {} : { hazardPoint: view.point(hazardPoint).unifiedCode }),
    ...(open === 'true' ? { openAt: context.clock.now() } : {}),
  });
}

/**
 * Ends a silence now: what it held back and still holds is told within seconds.
 * @throws Problem not-found, out-of-scope, illegal-transition when it is over already
 */
export async function endSilence(context: CommandContext, view: ScopedView, id: string): Promise<Silence> {
  const silence = await view.silence(id);
  const ended = endedSpan(silence, 'silence', view.user.username, context.clock.now());
  await keep(context, ended, 'silence.ended', view.user.username);
  return ended;
}

/** A level the plan publishes by itself is told to the households at once: who silenced it would believe it held back. */
function requireSilenceable(point: HazardPoint, silence: Silence): void {
  if (point.closed) throw new Problem('invalid-request', `hazardPoint: ${point.unifiedCode} is closed; nothing is sent for it`);
  if (silence.rule !== undefined && silence.rule !== point.rulebook)
    throw new Problem('invalid-request', `rule: ${point.unifiedCode} is judged by ${point.rulebook}, not by ${silence.rule}`);
  const published = silenceableLevels.filter((level) => silenceCovers(silence, point.rulebook, level) && point.release[level] !== 'manual');
  if (published.length > 0)
    throw new Problem(
      'invalid-request',
      `level: the plan of ${point.unifiedCode} publishes ${published.join(', ')} by itself, which no silence holds back; change the plan first, or name a lower level`,
    );
}

/** Record, event and audit line in one entry; in force once that is durable. */
async function keep(context: CommandContext, silence: Silence, action: string, actor: string): Promise<void> {
  const at = context.clock.now();
  const { id, hazardPoint, rule, level, until, version, divisionCode } = silence;
  await context.store.ledger.write({
    silences: [silence],
    events: [{ id: `silence-${id}-${version}`, type: 'silence.changed', at, divisionCode, payload: silence }],
    audit: [
      {
        id: randomUUID(),
        at,
        actor,
        action,
        object: hazardPoint === undefined ? `rule:${rule ?? ''}` : `hazard-point:${hazardPoint}`,
        detail: { id, level, until, ...(rule === undefined ? {} : { rule }) },
      },
    ],
  });
  context.registry.putSilence(silence, at);
}
