/** The browser's session cookie: httpOnly, SameSite=Strict. The wall and the consultation room read it too. */
export const sessionCookie = 'wangshan_session';

/** The session token in a `Cookie` header, if there is one. */
export function sessionTokenOf(cookieHeader: string | undefined): string | undefined {
  for (const pair of (cookieHeader ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === sessionCookie) return pair.slice(at + 1).trim() || undefined;
  }
  return undefined;
}
