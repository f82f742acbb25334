import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { type Config, serverCertificate } from '#libs/platform';

/** A port that can't be had: says which, and which variable changes it. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

export interface Listener {
  server: http.Server | https.Server;
  port: number;
}

/** Opens `server` on `port` of every address of this machine. */
export async function listen(server: http.Server | https.Server, port: number, variable: string): Promise<Listener> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, port, variable)));
    server.listen(port, () => resolve());
  });
  return { server, port: (server.address() as AddressInfo).port };
}

function portError(error: NodeJS.ErrnoException, port: number, variable: string): Error {
  const other = `set ${variable} to another port, or to 0 for any free one`;
  if (error.code === 'EADDRINUSE') return new PortError(`Port ${port} is in use by another program: stop it, or ${other}.`);
  if (error.code === 'EACCES') return new PortError(`Port ${port} may not be opened by this user: ${other}.`);
  return error;
}

/** HTTP, and HTTPS when it is asked for: both serve the same application. Not listening yet. */
export async function makeServers(
  app: INestApplication,
  config: Config,
  now: number,
): Promise<{ http: http.Server; https: https.Server | undefined }> {
  const handler = app.getHttpAdapter().getInstance() as http.RequestListener;
  if (config.httpsPort === undefined) return { http: http.createServer(handler), https: undefined };
  const files = await serverCertificate(config, now);
  return { http: http.createServer(handler), https: https.createServer(files, handler) };
}

/** Closes a server and the connections that are idle; those that are not get `graceMs`. */
export async function close({ server }: Listener, graceMs = 2_000): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(late);
}
