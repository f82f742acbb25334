import { toIso, type OutOfService } from '#libs/contracts';
import type { CommandContext } from '../context.js';

/** Which of these numbers no message reaches, and by which receipt since when; by the number as it was given. */
export async function outOfServiceAmong(
  { store }: Pick<CommandContext, 'store'>,
  phones: readonly string[],
): Promise<ReadonlyMap<string, Omit<OutOfService, 'field'>>> {
  const dead = await store.numbers.deadAmong([...new Set(phones)]);
  return new Map(dead.map(({ phone, since, provider, code, delivery }) => [phone, { since: toIso(since), provider, code, delivery }]));
}
