import type { Request, Response } from 'express';
import { HOUR, Problem, sessionCookie, sessionHintCookie, sessionTokenOf } from '#libs/contracts';

export interface Credentials {
  token: string;
  by: 'bearer' | 'cookie';
}

/** Token of the request: bearer first; a page has only its cookie. */
export function credentialsOf(request: Request): Credentials | undefined {
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer) return { token: bearer, by: 'bearer' };
  const token = sessionTokenOf(request.headers.cookie);
  return token === undefined ? undefined : { token, by: 'cookie' };
}

/**
 * A browser sends its cookie by itself, so a write that rests on it must come from our own page (SameSite=Strict says the
 * same; this holds where another port of the same host serves something hostile: a "site" has no port).
 * @throws Problem forbidden when the request says it comes from elsewhere, or says nothing
 */
export function requireSameOrigin(request: Request): void {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const same = origin === undefined ? site === 'same-origin' : URL.canParse(origin) && new URL(origin).host === host;
  if (!same)
    throw new Problem(
      'forbidden',
      'This write comes with a cookie but not from our own page; scripts send "Authorization: Bearer …" instead',
    );
}

/** As long as a session lives on the server; the server's word counts. */
const maxAge = 12 * HOUR;

export function setSessionCookie(request: Request, response: Response, token: string): void {
  const attributes = { sameSite: 'strict', secure: request.secure, path: '/', maxAge } as const;
  response.cookie(sessionCookie, token, { ...attributes, httpOnly: true });
  response.cookie(sessionHintCookie, '1', attributes);
}

export function clearSessionCookie(request: Request, response: Response): void {
  const attributes = { sameSite: 'strict', secure: request.secure, path: '/' } as const;
  response.clearCookie(sessionCookie, { ...attributes, httpOnly: true });
  response.clearCookie(sessionHintCookie, attributes);
}
