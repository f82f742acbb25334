import type { NextFunction, Request, Response } from 'express';
import { Problem } from '#libs/contracts';
import { problemBody } from '#libs/command';
import { randomSecret, type Logger } from '#libs/platform';

/** Errors of body-parser, which carry a `type`. */
const bodyProblems: Record<string, (error: Error) => Problem> = {
  'entity.too.large': () => new Problem('too-large', 'The body is larger than 1 MiB'),
  'entity.parse.failed': (error) =>
    new Problem('invalid-request', `body: not JSON: ${error.message}`, { errors: [{ path: 'body', message: error.message }] }),
};

/** PostgreSQL and socket errors that say "the database is away", by SQLSTATE class or errno. */
const databaseAway = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT|08...|57P0.|53...)$/;

/** Every error becomes a problem. What nobody foresaw is logged under a number the answer names; its text stays inside. */
export function toProblem(error: unknown, logger: Logger): Problem {
  if (error instanceof Problem) return error;
  const { type, status, code, name } = error as { type?: unknown; status?: unknown; code?: unknown; name?: unknown };
  if (error instanceof Error && typeof type === 'string' && type in bodyProblems) return bodyProblems[type]!(error);
  if (error instanceof Error && typeof status === 'number' && status >= 400 && status < 500)
    return new Problem('invalid-request', error.message);
  // Known and temporary: no log line for each request of an outage.
  if (name === 'StoreAway')
    return new Problem('not-ready', 'The database is away: what it holds can be read again when it is back; readings and warnings go on', {
      retryAfter: 5,
    });
  const id = randomSecret(6);
  logger.error({ err: error, errorId: id }, 'a request failed');
  if (name === 'WorkerBusy')
    return new Problem('too-many-attempts', 'Too many passwords are being checked; try again in a moment', { retryAfter: 2 });
  return typeof code === 'string' && databaseAway.test(code)
    ? new Problem('not-ready', `The database is not answering; try again in a moment (log entry ${id})`)
    : new Problem('internal', `Something went wrong that should not; the station's log has it as ${id}`);
}

/** The path as it was asked for: inside a mounted router `request.path` has lost its prefix. */
export const pathOf = (request: Request): string => request.originalUrl.split('?')[0] ?? '/';

export function sendProblem(request: Request, response: Response, problem: Problem): void {
  const { retryAfter } = problem.extra;
  if (typeof retryAfter === 'number') response.setHeader('Retry-After', String(retryAfter));
  if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="wangshan"');
  response
    .status(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify(problemBody(problem, pathOf(request))));
}

/** Express knows an error handler by its four parameters. */
export const problemHandler =
  (logger: Logger) =>
  (error: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const problem = toProblem(error, logger);
    // An answer that has begun can't become a problem: it is cut, so that a part is never taken for the whole.
    if (response.headersSent) response.destroy();
    else sendProblem(request, response, problem);
  };

/** Last of all routes: whatever nobody answered. */
export function nothingThere(request: Request): never {
  throw new Problem('not-found', `There is no ${request.method} ${pathOf(request)}; /api/docs lists what there is`);
}
