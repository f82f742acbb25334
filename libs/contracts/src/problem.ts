/**
 * Every error a client can meet, with its HTTP status. docs/errors.md explains each; a test keeps the two equal.
 */
export const problemCodes = {
  'invalid-request': 400,
  unauthenticated: 401,
  'wrong-credentials': 401,
  forbidden: 403,
  'out-of-scope': 404,
  'not-found': 404,
  'already-exists': 409,
  'illegal-transition': 409,
  'version-conflict': 409,
  'idempotency-mismatch': 409,
  'drill-immutable': 409,
  'too-large': 413,
  'unknown-profile': 422,
  'unknown-rulebook': 422,
  'invalid-rulebook': 422,
  'rulebook-scope': 422,
  'too-many-attempts': 429,
  internal: 500,
  'not-ready': 503,
} as const;
export type ProblemCode = keyof typeof problemCodes;

/** An error with a code; becomes `application/problem+json` (RFC 9457) at the HTTP edge. `detail` says what happened, where, and what to do. */
export class Problem extends Error {
  readonly status: number;
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly extra: Record<string, unknown> = {},
  ) {
    super(`${code}: ${detail}`);
    this.name = 'Problem';
    this.status = problemCodes[code];
  }
}
