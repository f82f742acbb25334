import type { Presence } from './presence.js';

/**
 * A port that has only the database: each call rejects with StoreAway at once while that is away, and does not wait out a time limit when it
 * goes away meanwhile.
 * @param called told after each call that succeeded
 */
export function guarded<T extends object>(port: T, presence: Pick<Presence, 'run'>, called?: (method: string) => void): T {
  return new Proxy(port, {
    get(target, name): unknown {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) =>
        presence.run(async () => {
          const answer: unknown = await Reflect.apply(member, target, args);
          called?.(String(name));
          return answer;
        });
    },
  });
}
