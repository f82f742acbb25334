import { request as requestHttp, type Agent, type IncomingHttpHeaders } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { within } from '#libs/platform';
import { isPublicAddress, publicLookup } from './addresses.js';

export interface PostRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Gives up; so does `timeoutMs`. */
  signal: AbortSignal;
  timeoutMs: number;
  /** Connections are kept where many messages go to one place. */
  agent?: Agent;
  /** Refuses to connect to anything but the public internet. */
  publicOnly?: boolean;
}

/**
 * An answer, or none. `not-sent`: no byte of the request left, so that it may be sent again at once. `unknown`: it may have been taken.
 */
export type PostOutcome = { status: number; headers: IncomingHttpHeaders; body: string } | { failed: 'not-sent' | 'unknown'; code: string };

/** No answer of a message gateway is longer; what is would fill memory for nothing. */
const MAX_ANSWER_BYTES = 65_536;

/**
 * POSTs once: never again, never after a redirect (the receiver of a warning is who was configured). Total: never throws for what the other side
 * did, and its error texts, which carry the address, stay here.
 */
export function post({ url, headers, body, signal, timeoutMs, agent, publicOnly }: PostRequest): Promise<PostOutcome> {
  const target = new URL(url);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  if (signal.aborted) return Promise.resolve({ failed: 'not-sent', code: 'aborted-before-send' });
  if (publicOnly && isIP(host) && !isPublicAddress(host)) return Promise.resolve({ failed: 'not-sent', code: 'private-address' });
  const secure = target.protocol === 'https:';
  const limit = within(signal, timeoutMs);
  return new Promise((resolve) => {
    let left = false;
    const request = (secure ? requestHttps : requestHttp)(target, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      signal: limit,
      ...(agent ? { agent } : {}),
      ...(publicOnly ? { lookup: publicLookup } : {}),
    });
    const failed = (error: unknown) =>
      resolve({ failed: left ? 'unknown' : 'not-sent', code: limit.aborted ? 'no-answer' : codeOf(error) });
    request.once('socket', (socket) => {
      if (!socket.connecting) left = true;
      else socket.once(secure ? 'secureConnect' : 'connect', () => (left = true));
    });
    request.once('error', failed);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= MAX_ANSWER_BYTES) chunks.push(chunk);
      });
      response.once('error', failed);
      response.once('close', () => failed(new Error('the answer broke off')));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    request.end(body);
  });
}

function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : 'connection-lost';
}
