import { Problem, operation, type OperationId, type User } from '#libs/contracts';
import { z } from 'zod';
import { requireAccess } from '../identity/access.js';
import type { CommandContext } from '../context.js';
import { handlers, publicHandlers, type Handler } from './handlers.js';
import { ScopedView } from '../identity/scope.js';

/** A request as the edge has read it: nothing in it is checked yet. */
export interface RawCall {
  params: Record<string, string>;
  query: unknown;
  body: unknown;
  address: string;
  /** Scheme and host the station was asked under, for addresses inside an answer. Absent: its own machine. */
  origin?: string;
  session?: { token: string; expiresAt: number; user: User };
}

/**
 * The one way into every use case: session, role, validation, the use case behind the user's
 * scope, and the answer filtered by its schema, so that a field nobody declared (a secret's hash) can't leave.
 * @returns the answer's body; undefined for an answer without one
 * @throws Problem
 */
export async function carryOut(context: CommandContext, id: OperationId, raw: RawCall): Promise<unknown> {
  const it = operation(id);
  for (const where of ['params', 'query', 'body'] as const) refuseNul(raw[where], where);
  if (it.access === 'public') {
    const call = {
      params: raw.params,
      query: checked(it.query, raw.query, 'query'),
      body: checked(it.body, raw.body, 'body'),
      address: raw.address,
      origin: raw.origin ?? 'http://localhost',
    };
    return filtered(id, await publicHandlers[id as keyof typeof publicHandlers](context, call as never));
  }
  if (!raw.session)
    throw new Problem('unauthenticated', 'No valid session: POST /api/v1/session answers a token, sent as "Authorization: Bearer …"');
  requireAccess(it, raw.session.user);
  const call = {
    params: raw.params,
    query: checked(it.query, raw.query, 'query'),
    body: checked(it.body, raw.body, 'body'),
    view: new ScopedView(context, raw.session.user),
    session: raw.session,
  };
  // The table ties each handler to its own call type; looked up by a variable id TypeScript sees only their union.
  const handler = handlers[id as keyof typeof handlers] as Handler<never>;
  return filtered(id, await handler(context, call as never));
}

/** PostgreSQL keeps no U+0000 in text: said here, where the field is still known. @throws Problem invalid-request */
function refuseNul(value: unknown, path: string): void {
  if (typeof value === 'string') {
    if (value.includes('\u0000'))
      throw new Problem('invalid-request', `${path}: the character U+0000 is not allowed; leave it out`, {
        errors: [{ path, message: 'holds U+0000' }],
      });
  } else if (typeof value === 'object' && value !== null)
    for (const [name, part] of Object.entries(value)) {
      refuseNul(name, path);
      refuseNul(part, `${path}.${name}`);
    }
}

/** @throws Problem invalid-request naming each bad field by its path */
function checked(schema: z.ZodType | undefined, value: unknown, where: 'query' | 'body'): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(where === 'body' && value === undefined ? {} : value);
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => ({ path: [where, ...issue.path.map(String)].join('.'), message: issue.message }));
  const [first] = errors;
  throw new Problem(
    'invalid-request',
    `${first?.path ?? where}: ${first?.message ?? 'not valid'}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''}`,
    { errors },
  );
}

function filtered(id: OperationId, answer: unknown): unknown {
  const { response, file } = operation(id);
  if (response === null) return undefined;
  // A stream can't be checked before it is read; its handler is typed by the same table.
  if (file !== undefined) return answer;
  const result = response.safeParse(answer);
  if (result.success) return result.data;
  throw new Error(`the answer of ${id} is not what its schema says: ${z.prettifyError(result.error)}`);
}
