import { sessionTokenOf } from '#libs/contracts';
import { z } from 'zod';

const Given = z.object({
  token: z.string().min(1).max(512).optional(),
  offset: z.coerce.number().int().min(0).optional(),
  binary: z.boolean().optional(),
});
export type WallAuth = z.infer<typeof Given>;

/** What a client gave in `auth`; fields it spelled wrong count as not given. */
export function authOf(auth: unknown): WallAuth {
  const parsed = Given.safeParse(auth ?? {});
  if (parsed.success) return parsed.data;
  const { token } = (auth ?? {}) as { token?: unknown };
  return typeof token === 'string' ? { token } : {};
}

/** The session token of a handshake: `auth.token`, else the session cookie. */
export const credentialOf = (handshake: { auth: unknown; headers: { cookie?: string } }): string | undefined =>
  authOf(handshake.auth).token ?? sessionTokenOf(handshake.headers.cookie);
