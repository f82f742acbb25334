import { HOUR, Problem, toIso, type Session, type User } from '#libs/contracts';
import { randomSecret } from '#libs/platform';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { nobodysHash, verifyPassword } from './password.js';
import type { StoredUser } from '../ports.js';

/** One shift. Shorter: the wall of a night shift goes dark; longer: a forgotten browser stays open into the next day. */
const sessionLength = 12 * HOUR;
const tokenBytes = 32;

type Parts = Pick<CommandContext, 'store' | 'clock' | 'dataKey' | 'attempts'>;

export const withoutPassword = ({ id, username, displayName, roles, scope, createdAt }: StoredUser): User => ({
  id,
  username,
  displayName,
  roles,
  scope,
  createdAt,
});

/**
 * @param address where the request comes from, for the rate limit only
 * @throws Problem wrong-credentials (the same for an unknown user, after the same work), too-many-attempts
 */
export async function login(parts: Parts, credentials: { username: string; password: string }, address: string): Promise<Session> {
  const { store, clock, dataKey, attempts } = parts;
  const username = credentials.username.toLowerCase();
  attempts.check(username, address);
  const user = await store.users.byUsername(username);
  const right = await verifyPassword(credentials.password, user?.passwordHash ?? nobodysHash);
  if (!user || !right) {
    attempts.failed(username, address);
    // Only a known name is recorded: people type their password into the wrong field.
    await record(parts, user ? username : '-', 'session.refused', user ? `user:${user.id}` : 'user:unknown');
    throw new Problem('wrong-credentials', 'User name or password is wrong');
  }
  attempts.succeeded(username, address);
  const token = randomSecret(tokenBytes);
  const expiresAt = clock.now() + sessionLength;
  await store.sessions.insert({ tokenHash: dataKey.tokenHash(token), userId: user.id, expiresAt });
  await record(parts, username, 'session.opened', `user:${user.id}`);
  return { token, expiresAt: toIso(expiresAt), user: withoutPassword(user) };
}

/** The user behind a token; undefined for an unknown or expired one. The expiry runs on the wall clock. */
export async function authenticate(parts: Parts, token: string): Promise<{ user: User; expiresAt: number } | undefined> {
  if (token === '' || token.length > 200) return undefined;
  const session = await parts.store.sessions.find(parts.dataKey.tokenHash(token));
  if (!session || session.expiresAt <= parts.clock.now()) return undefined;
  const user = await parts.store.users.byId(session.userId);
  return user && { user: withoutPassword(user), expiresAt: session.expiresAt };
}

export async function logout(parts: Parts, token: string, user: User): Promise<void> {
  await parts.store.sessions.remove(parts.dataKey.tokenHash(token));
  await record(parts, user.username, 'session.closed', `user:${user.id}`);
}
