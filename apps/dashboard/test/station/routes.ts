import { operation, sessionHintCookie, type OperationId } from '#libs/contracts';
import type { Express, Request, Response } from 'express';

/** Answers of one operation. `undefined`: there is no such thing (404). */
type Answer = (request: Request) => unknown;
export type Route = (id: OperationId, answer: Answer) => void;

export const page = <T>(items: T[]): { items: T[]; nextCursor: null } => ({ items, nextCursor: null });
export const param = (request: Request, name: string): string => String(request.params[name]);
export const signedIn = (request: Pick<Request, 'headers'>): boolean => /(^|;\s*)wangshan=ok/.test(request.headers.cookie ?? '');

const sessionCookies = ['wangshan=ok; HttpOnly; SameSite=Strict; Path=/', `${sessionHintCookie}=1; SameSite=Strict; Path=/`];

const problem = (response: Response, status: number, code: string, detail: string): void =>
  void response
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', status, code, detail }));

/** Answers with the contract's own schema in between: a wrong shape here fails the test, not the page. */
export function routesOf(app: Express): Route {
  return (id, answer) => {
    const { method, path, response: schema, status } = operation(id);
    const handle = (request: Request, response: Response): void => {
      const signingIn = id === 'createSession';
      if (!signingIn && !signedIn(request)) return problem(response, 401, 'unauthenticated', 'no session');
      const body = answer(request);
      if (signingIn && body === undefined) return problem(response, 401, 'wrong-credentials', 'wrong user name or password');
      if (signingIn) response.setHeader('set-cookie', sessionCookies);
      if (body === undefined && schema !== null) return problem(response, 404, 'not-found', 'no such thing');
      if (schema === null) return void response.status(204).end();
      response.status(status ?? 200).json(schema.parse(body));
    };
    const url = `/api/v1${path.replace(/\{(\w+)\}/g, ':$1')}`;
    if (method === 'GET') app.get(url, handle);
    else if (method === 'POST') app.post(url, handle);
    else if (method === 'PUT') app.put(url, handle);
    else if (method === 'PATCH') app.patch(url, handle);
    else app.delete(url, handle);
  };
}
