import { randomBytes } from 'node:crypto';
import { runInWorker, sameHash } from '#libs/platform';

/**
 * scrypt with 32 MiB and three passes (OWASP's equal of N=2^17). Much less: a stolen table is guessed in days. Much more:
 * a morning's log-ins queue for seconds in the one worker thread.
 */
const cost = { N: 2 ** 15, r: 8, p: 3 };

interface Work {
  password: string;
  salt: string;
  N: number;
  r: number;
  p: number;
}

/** Travels to the worker thread as text: nothing outside it exists there. */
function derive({ password, salt, N, r, p }: Work): string {
  const { scryptSync } = process.getBuiltinModule('node:crypto');
  return scryptSync(password.normalize('NFKC'), Buffer.from(salt, 'base64url'), 32, { N, r, p, maxmem: 256 * N * r }).toString('base64url');
}

/** `scrypt$N$r$p$salt$hash`, made in the worker thread. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16).toString('base64url');
  const hash = await runInWorker(derive, { password, salt, ...cost });
  return ['scrypt', cost.N, cost.r, cost.p, salt, hash].join('$');
}

/** A hash no password has; a log-in of an unknown user is checked against it, so that it takes as long as one of a known user. */
export const nobodysHash = ['scrypt', cost.N, cost.r, cost.p, 'bm9ib2R5bm9ib2R5bm9ib2', 'A'.repeat(43)].join('$');

/** False also for a stored text that is no scrypt hash. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [scheme, N, r, p, salt, hash] = stored.split('$');
  if (scheme !== 'scrypt' || !salt || !hash) return false;
  return sameHash(await runInWorker(derive, { password, salt, N: Number(N), r: Number(r), p: Number(p) }), hash);
}
