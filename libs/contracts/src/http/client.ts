import { problemCodes, Problem, type ProblemCode } from '../problem.js';
import { apiPrefix } from './operation.js';
import { operation, type AnswerOf, type BodyInput, type OperationId, type ParamsOf, type QueryInput } from './operations.js';

/** The part of `fetch` the client uses, so that it also runs where there is no DOM. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string; credentials?: 'same-origin' },
) => Promise<{ ok: boolean; status: number; text(): Promise<string> }>;

export interface CallOptions<Id extends OperationId> {
  params?: ParamsOf<Id>;
  query?: Partial<QueryInput<Id>>;
  body?: BodyInput<Id>;
  idempotencyKey?: string;
}
export interface ApiClientOptions {
  /** Origin of the station; '' (the page's own) in a browser. */
  baseUrl?: string;
  /** Bearer token; a browser leaves it out and uses its cookie. */
  token?: () => string | undefined;
}
export type ApiClient = <Id extends OperationId>(id: Id, options?: CallOptions<Id>) => Promise<AnswerOf<Id>>;

/** The address of an operation, with parameters and query filled in. */
export function operationUrl(id: OperationId, params: Record<string, string> = {}, query: Record<string, unknown> = {}): string {
  const path = operation(id).path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `${apiPrefix}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
}

/**
 * A typed client over any `fetch`.
 * @throws Problem with the station's code and detail; `not-ready` when what answered is not the station
 */
export function apiClient(fetch: Fetch, { baseUrl = '', token }: ApiClientOptions = {}): ApiClient {
  return async (id, { params, query, body, idempotencyKey } = {}) => {
    const bearer = token?.();
    const response = await fetch(baseUrl + operationUrl(id, params as Record<string, string>, query as Record<string, unknown>), {
      method: operation(id).method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
        ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: 'same-origin',
    });
    const text = await response.text();
    if (!response.ok) throw problemFrom(response.status, text);
    return (text === '' ? undefined : JSON.parse(text)) as never;
  };
}

function problemFrom(status: number, text: string): Problem {
  let body: { code?: unknown; detail?: unknown } = {};
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    return new Problem('not-ready', `HTTP ${status} with a body that is not the station's: something between answered`);
  }
  const { code, detail, ...extra } = body;
  const known = typeof code === 'string' && code in problemCodes ? (code as ProblemCode) : 'internal';
  return new Problem(known, typeof detail === 'string' ? detail : `HTTP ${status}`, extra);
}
