import express, { type Router } from 'express';
import type { InboundAnswer, InboundRequest } from '#libs/notify';
import { nothingThere } from './problems.js';

/** Takes what a provider pushes; undefined when nothing is there for whoever asks. */
export type TakePush = (call: {
  driver: string;
  token: string;
  address: string;
  request: InboundRequest;
}) => Promise<InboundAnswer | undefined>;

/** Largest push: a batch of some hundred receipts. */
const bodyLimit = '1mb';

/**
 * `/hooks/{driver}/{token}`: providers tell receipts and replies. No session: the token in the path is the guard. A wrong one is answered like any
 * path that does not exist, so that nobody learns by trying which drivers there are.
 * @param take undefined until the station is composed; a provider pushes again
 */
export function hookRouter(take: () => TakePush | undefined): Router {
  const router = express.Router();
  router.use(express.raw({ type: () => true, limit: bodyLimit }));
  router.all(['/:driver/:token', '/:driver/:token/*rest'], async (request, response) => {
    const { driver = '', token = '' } = request.params as Record<string, string>;
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]));
    const body: unknown = request.body;
    const answer = await take()?.({
      driver,
      token,
      address: request.socket.remoteAddress ?? '',
      request: { method: request.method, url: request.originalUrl, headers, body: Buffer.isBuffer(body) ? body : Buffer.alloc(0) },
    });
    if (!answer) return nothingThere(request);
    response.status(answer.status).setHeader('Content-Type', answer.type).setHeader('Cache-Control', 'no-store').end(answer.body);
  });
  router.use(nothingThere);
  return router;
}
