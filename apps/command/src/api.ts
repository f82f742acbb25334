import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { operation, operationIds, Problem, type FileAnswer, type OperationId, type User } from '#libs/contracts';
import { authenticate, carryOut, problemBody, type CommandContext, type Idempotency, type RawCall } from '#libs/command';
import { clearSessionCookie, credentialsOf, requireSameOrigin, setSessionCookie } from './http-session.js';
import { nothingThere, pathOf } from './problems.js';

/** What the routes work with once the service has started. */
export interface Api {
  context: CommandContext;
  idempotency: Idempotency;
}

/** Notes status and duration of an operation; called once an answer has been sent. */
export type Observe = (id: OperationId, status: number, seconds: number) => void;

/** Methods that change nothing (RFC 9110 §9.2.1). Express answers HEAD from the GET route. */
const safe: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Largest JSON body: a work card has 3 kB. */
const bodyLimit = '1mb';

/**
 * One Express route for each operation of the table (docs/adr/0003-routes-are-data.md).
 * @param api answers undefined until the service has started; requests until then get 503
 */
export function apiRouter(api: () => Api | undefined, observe: Observe): Router {
  const router = express.Router();
  router.use((_, response, next) => {
    // Answers are personal and change every second.
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  router.use(express.json({ limit: bodyLimit, strict: false, type: ['application/json', 'application/*+json'] }));
  for (const id of operationIds) {
    const { method, path } = operation(id);
    const route = path.replace(/\{(\w+)\}/g, ':$1');
    const handler: RequestHandler = async (request, response) => {
      const began = performance.now();
      response.once('finish', () => observe(id, response.statusCode, (performance.now() - began) / 1000));
      const running = api();
      if (!running) throw new Problem('not-ready', 'The station is starting; try again in a moment');
      await answer(running, id, request, response);
    };
    if (method === 'GET') router.get(route, handler);
    else if (method === 'POST') router.post(route, handler);
    else if (method === 'PUT') router.put(route, handler);
    else if (method === 'PATCH') router.patch(route, handler);
    else router.delete(route, handler);
  }
  router.use(nothingThere);
  return router;
}

async function answer(api: Api, id: OperationId, request: Request, response: Response): Promise<void> {
  const it = operation(id);
  requireJson(request);
  const session = await sessionOf(api, request);
  const raw: RawCall = {
    params: request.params as Record<string, string>,
    query: request.query,
    body: request.body,
    address: request.socket.remoteAddress ?? '',
    origin: originOf(request),
    session,
  };
  const key = request.headers['idempotency-key'];
  const status = it.status ?? (it.response === null ? 204 : 200);
  const outcome =
    it.method === 'POST' && session && typeof key === 'string'
      ? await api.idempotency.once(
          { key, actor: session.user.id, request: { id, params: raw.params, query: raw.query, body: raw.body } },
          () => settled(api, id, raw, status, pathOf(request)),
        )
      : { status, body: await carryOut(api.context, id, raw) };
  if (id === 'createSession') setSessionCookie(request, response, (outcome.body as { token: string }).token);
  if (id === 'deleteSession') clearSessionCookie(request, response);
  if (outcome.status === 202) response.setHeader('Location', (outcome.body as { statusUrl: string }).statusUrl);
  if (outcome.body === undefined) response.status(outcome.status).end();
  else if (it.file) await sendFile(request, response, outcome.body as FileAnswer);
  else {
    const type = outcome.status >= 400 ? 'application/problem+json' : 'application/json';
    response.status(outcome.status).type(type).send(JSON.stringify(outcome.body));
  }
}

/** Streams. A client that goes away half-way is no fault; anything else is logged, and the connection cut, by the problem handler. */
async function sendFile(request: Request, response: Response, { type, name, body, tag }: FileAnswer): Promise<void> {
  response
    .status(200)
    .type(type)
    .setHeader('Content-Disposition', `${tag === undefined ? 'attachment' : 'inline'}; filename="${name}"`);
  if (tag !== undefined) {
    // Hubs ask every minute: whoever has this very document is told so (RFC 9110 §13.1.2).
    response.setHeader('Cache-Control', 'no-cache').setHeader('ETag', `"${tag}"`);
    if (request.fresh) return void response.status(304).end();
  }
  await pipeline(Readable.from(body), response).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

/** A refusal is an outcome too, so that the same key gets the same refusal. */
async function settled(api: Api, id: OperationId, raw: RawCall, status: number, path: string): Promise<{ status: number; body: unknown }> {
  try {
    return { status, body: await carryOut(api.context, id, raw) };
  } catch (error) {
    if (error instanceof Problem) return { status: error.status, body: problemBody(error, path) };
    throw error;
  }
}

/** As the client named us; a name that is none does not get into our answers. */
function originOf(request: Request): string {
  const host = request.headers.host ?? '';
  return `${request.protocol}://${/^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i.test(host) ? host : 'localhost'}`;
}

async function sessionOf({ context }: Api, request: Request): Promise<{ token: string; expiresAt: number; user: User } | undefined> {
  const credentials = credentialsOf(request);
  if (!credentials) {
    // Logging a victim in as someone else from a foreign page is refused too.
    if (!safe.has(request.method) && request.headers.origin !== undefined) requireSameOrigin(request);
    return undefined;
  }
  if (credentials.by === 'cookie' && !safe.has(request.method)) requireSameOrigin(request);
  const session = await authenticate(context, credentials.token);
  return session && { ...session, token: credentials.token };
}

/** @throws Problem invalid-request for a body in another form: silently ignored, it would look like an empty one */
function requireJson(request: Request): void {
  const hasBody = Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined;
  if (hasBody && !safe.has(request.method) && !/^application\/([\w.-]+\+)?json\b/i.test(request.headers['content-type'] ?? ''))
    throw new Problem('invalid-request', 'Content-Type: send the body as application/json');
}
