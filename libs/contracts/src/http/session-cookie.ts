/** The browser's session cookie: httpOnly, SameSite=Strict. The wall and the consultation room read it too. */
export const sessionCookie = 'wangshan_session';

/**
 * Beside it, readable by the page and worth nothing: whether there is a session to ask about. Without it the sign-in page would have to
 * ask, and the browser would log the refusal as an error.
 */
export const sessionHintCookie = 'wangshan_signed_in';

/** Whether a `Cookie` string (a page's `document.cookie`) says that there is a session. */
export const hintsAtSession = (cookies: string): boolean =>
  cookies.split(';').some((pair) => pair.trim().startsWith(`${sessionHintCookie}=`));

/** The session token in a `Cookie` header, if there is one. */
export function sessionTokenOf(cookieHeader: string | undefined): string | undefined {
  for (const pair of (cookieHeader ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === sessionCookie) return pair.slice(at + 1).trim() || undefined;
  }
  return undefined;
}
