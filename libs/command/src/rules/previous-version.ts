import type { RuleActivationView } from '#libs/contracts';

/**
 * The version a rollback returns to. Activations are read as a stack: a rollback takes the top away, so that two rollbacks go back two steps
 * and do not swing between two versions.
 * @param newestFirst of one rulebook
 */
export function previousVersion(newestFirst: readonly Pick<RuleActivationView, 'version' | 'kind'>[]): string | undefined {
  const stack: string[] = [];
  for (const { version, kind } of newestFirst.toReversed()) {
    if (kind === 'rollback') stack.pop();
    else if (stack.at(-1) !== version) stack.push(version);
  }
  return stack.at(-2);
}
