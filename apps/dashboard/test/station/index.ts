import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import type { FrameValue, PointUpdate } from '#libs/contracts';
import express from 'express';
import helmet from 'helmet';
import { Server } from 'socket.io';
import { serveCards } from './cards.js';
import { serveConsultations } from './consultations.js';
import { serveOffice } from './office.js';
import { serveRegistry } from './registry.js';
import { routesOf } from './routes.js';
import { newScript, type Script } from './script.js';
import { serveRooms, serveWall } from './sockets.js';
import { serveWarnings } from './warnings.js';

/** The policy the station serves its pages with; one violation fails the page test. */
const contentSecurityPolicy = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  styleSrc: ["'self'", "'unsafe-inline'"],
  workerSrc: ["'self'"],
  connectSrc: ["'self'", 'ws:', 'wss:'],
  objectSrc: ["'none'"],
  frameAncestors: ["'none'"],
};

export interface ScriptedStation extends Script {
  origin: string;
  frame(values: FrameValue[]): void;
  /** New samples of indicators, as those who look at the point are sent them. */
  point(update: PointUpdate): void;
  /** Cuts every socket and answers nothing until `back()`. */
  away(): void;
  back(): void;
  /** Carries out what it is asked next, but its answer is lost by a proxy on the way. */
  loseNextAnswer(): void;
  stop(): Promise<void>;
}

/** A station of the contract's shapes with a script instead of stages: every answer passes the shared schemas, so it can't drift. */
export async function scriptedStation(pages: string): Promise<ScriptedStation> {
  const app = express();
  const server = createServer(app);
  // Pings as often as the station's, or a quiet page would call its link broken. A page that is slow to answer is not dropped:
  // the script tells nobody twice what a dropped page has missed.
  const io = new Server(server, { perMessageDeflate: false, pingInterval: 2_000, pingTimeout: 60_000 });
  const script = newScript((message) => io.of('/wall').emit('event', message));
  let silent = false;
  let losing = false;

  app.use((_, response, next) => (silent ? response.destroy() : next()));
  app.use((request, response, next) => {
    if (losing && request.method !== 'GET') {
      losing = false;
      response.json = () => response.status(502).type('html').send('<h1>Bad Gateway</h1>');
    }
    next();
  });
  app.use(helmet({ contentSecurityPolicy: { directives: contentSecurityPolicy, useDefaults: false }, strictTransportSecurity: false }));
  app.use(express.json());
  app.get('/healthz', (_, response) => void response.json({ status: 'ok' }));
  const route = routesOf(app);
  serveOffice(route);
  serveRegistry(route, script);
  serveWarnings(route, script);
  serveConsultations(route, script);
  serveCards(route);
  app.use(express.static(pages));
  app.use((request, response, next) =>
    request.method === 'GET' && request.accepts('html') ? response.sendFile('index.html', { root: pages }) : next(),
  );
  serveWall(io, script, () => !silent);
  serveRooms(io, script);

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(script, {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    point: (update: PointUpdate) => void io.of('/wall').emit('point', update),
    frame: (values: FrameValue[]) => void io.of('/wall').emit('frame', { at: Date.now(), values }),
    away: () => {
      silent = true;
      for (const name of ['/wall', '/consult']) io.of(name).disconnectSockets(true);
    },
    back: () => void (silent = false),
    loseNextAnswer: () => void (losing = true),
    stop: async () => {
      await io.close();
    },
  });
}
