import { hintsAtSession, type Role, type User } from '#libs/contracts';
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { ApiError, call } from './api.js';

/** Who is signed in. The session itself is an httpOnly cookie this page can't read. */
export const useSession = defineStore('session', () => {
  const user = shallowRef<User | null>(null);
  /** False until the station has been asked once. */
  const known = shallowRef(false);

  async function restore(): Promise<void> {
    if (known.value) return;
    if (!hintsAtSession(document.cookie)) {
      known.value = true;
      return;
    }
    try {
      user.value = (await call('getSession')).user;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      user.value = null; // not signed in, or the station is away: the sign-in page says which when tried
    }
    known.value = true;
  }
  async function signIn(username: string, password: string): Promise<void> {
    user.value = (await call('createSession', { body: { username, password } })).user;
    known.value = true;
  }
  async function signOut(): Promise<void> {
    try {
      await call('deleteSession');
    } finally {
      user.value = null;
    }
  }
  /** Has one of these roles; `admin` has every right until the powers are separated. What it hides the station refuses anyway. */
  function may(...roles: Role[]): boolean {
    const own = user.value?.roles ?? [];
    return own.includes('admin') || roles.some((role) => own.includes(role));
  }
  return { user, known, restore, signIn, signOut, may };
});
