import type { Presence } from './presence.js';

const AsyncGeneratorFunction = async function* () {
  // Only its constructor is wanted.
}.constructor as new () => object;

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
      // A method that answers portion by portion: awaited as a whole it would be no longer iterable.
      if (member instanceof AsyncGeneratorFunction)
        return (...args: unknown[]) => stepped(Reflect.apply(member, target, args) as AsyncIterator<unknown>, presence);
      return (...args: unknown[]) =>
        presence.run(async () => {
          const answer: unknown = await Reflect.apply(member, target, args);
          called?.(String(name));
          return answer;
        });
    },
  });
}

/** Each portion is a call of its own. Left early, the generator is ended, so that what it holds is given back. */
async function* stepped(portions: AsyncIterator<unknown>, presence: Pick<Presence, 'run'>): AsyncGenerator {
  try {
    for (;;) {
      const { done, value } = await presence.run(() => portions.next());
      if (done) return;
      yield value;
    }
  } finally {
    await portions.return?.();
  }
}
