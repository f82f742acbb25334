import type { SessionStore, StoredUser, UserStore } from '#libs/command';

/** Sessions and users remembered; a county has some hundred. More than that is somebody trying tokens. */
const KEPT = 5_000;

type Session = NonNullable<Awaited<ReturnType<SessionStore['find']>>>;
type Ask = <T>(database: () => Promise<T>, otherwise: () => T | undefined) => Promise<T>;

/**
 * Sessions and their users as they were last seen: who is logged in when the database goes away can go on watching, and open the wall
 * again. Nobody can log in without it.
 */
export function mirroredSessions(sessions: SessionStore, users: UserStore, ask: Ask): { sessions: SessionStore; users: UserStore } {
  const knownSessions = new Map<string, Session>();
  const knownUsers = new Map<string, StoredUser>();
  return {
    sessions: {
      insert: async (session) => {
        await ask(
          () => sessions.insert(session),
          () => undefined,
        );
        keep(knownSessions, session.tokenHash, session);
      },
      find: (tokenHash) =>
        ask(
          async () => {
            const session = await sessions.find(tokenHash);
            if (session) keep(knownSessions, tokenHash, session);
            else knownSessions.delete(tokenHash);
            return session;
          },
          () => knownSessions.get(tokenHash),
        ),
      remove: async (tokenHash) => {
        // Forgotten first: who logs out is out, also when the database can't be told.
        knownSessions.delete(tokenHash);
        await ask(
          () => sessions.remove(tokenHash),
          () => undefined,
        );
      },
    },
    users: {
      ...users,
      byId: (id) =>
        ask(
          async () => {
            const user = await users.byId(id);
            if (user) keep(knownUsers, id, user);
            else knownUsers.delete(id);
            return user;
          },
          () => knownUsers.get(id),
        ),
      byUsername: (name) =>
        ask(
          () => users.byUsername(name),
          () => undefined,
        ),
      insert: (user) =>
        ask(
          () => users.insert(user),
          () => undefined,
        ),
      setPassword: (id, hash) =>
        ask(
          () => users.setPassword(id, hash),
          () => undefined,
        ),
      list: (query) =>
        ask(
          () => users.list(query),
          () => undefined,
        ),
    },
  };
}

function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= KEPT) break;
    map.delete(oldest);
  }
}
