import { randomUUID } from 'node:crypto';
import type { CommandContext } from './context.js';

/**
 * One line in the hash-chained log. `actor` is a user name; `detail` never holds phones, names of persons or secrets.
 * Rejects when the log can't be written: an action nobody can prove must not look done.
 */
export async function record(
  { store, clock }: Pick<CommandContext, 'store' | 'clock'>,
  actor: string,
  action: string,
  object: string,
  detail: Record<string, unknown> = {},
): Promise<void> {
  await store.audit.append([{ id: randomUUID(), at: clock.now(), actor, action, object, detail }]);
}
