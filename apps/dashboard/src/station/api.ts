import { operation, operationUrl, problemCodes } from '#libs/contracts';
import type { AnswerOf, BodyInput, OperationId, ParamsOf, QueryInput } from '#libs/contracts';

/** What went wrong with a request, in the station's words (RFC 9457) or, without an answer, in ours. `code` has a text in i18n `problem.*`. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'ApiError';
  }
}

export interface Call<Id extends OperationId> {
  params?: ParamsOf<Id>;
  query?: Partial<QueryInput<Id>>;
  body?: BodyInput<Id>;
  /** Repeating a call with the same key acts once. */
  key?: string;
}

let onSignedOut: () => void = () => undefined;
/** Calls back when the station no longer knows the session. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

/**
 * One operation of the station's HTTP surface, its answer checked against the contract both sides share.
 * @throws ApiError `unreachable` (no answer), `unexpected-answer` (not the contract's shape: page and station are of
 * different versions), or the station's own problem code
 */
export async function call<Id extends OperationId>(id: Id, { params, query, body, key }: Call<Id> = {}): Promise<AnswerOf<Id>> {
  const { method, response: schema } = operation(id);
  const url = operationUrl(id, params as Record<string, string>, query);
  const where = `${method} ${url.split('?')[0] ?? url}`;
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (key !== undefined) headers['idempotency-key'] = key;
  const init = { method, headers, credentials: 'same-origin' as const, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };

  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    throw new ApiError(0, 'unreachable', error instanceof Error ? error.message : String(error));
  }
  const answer = parseJson(await response.text());
  if (!response.ok) {
    if (response.status === 401 && id !== 'createSession' && id !== 'getSession') onSignedOut();
    throw problemFrom(response.status, answer, where);
  }
  if (schema === null) return undefined as AnswerOf<Id>;
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data as AnswerOf<Id>;
  const issue = parsed.error.issues[0];
  throw new ApiError(response.status, 'unexpected-answer', `${where}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
}

/** The problem an answer tells of. Anything that isn't the station's form was answered by something in between. */
export function problemFrom(status: number, answer: unknown, where: string): ApiError {
  const { code, detail } = (typeof answer === 'object' && answer !== null ? answer : {}) as { code?: unknown; detail?: unknown };
  if (typeof code !== 'string' || !(code in problemCodes)) return new ApiError(status, 'unexpected-answer', `${where}: HTTP ${status}`);
  return new ApiError(status, code, typeof detail === 'string' ? detail : '');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // an answer without JSON fails its schema, with the path in the message
  }
}

/** `crypto.randomUUID` does not exist on plain HTTP over a LAN; `getRandomValues` does. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A sign of life over HTTP, for when the wall's socket has nothing to say. @throws ApiError `unreachable` */
export async function pulse(timeoutMs: number): Promise<void> {
  const response = await fetch('/healthz', { signal: AbortSignal.timeout(timeoutMs), cache: 'no-store' });
  if (!response.ok) throw new ApiError(response.status, 'unreachable', '/healthz');
}
