import { Problem, toIso, type AnswerOf, type Page, type PageQuery } from '#libs/contracts';
import { record } from './audit.js';
import type { CommandContext } from './context.js';
import { pageOfList } from './paging.js';
import type { RuleVersion } from './ports.js';
import type { ScopedView } from './scope.js';

type RuleVersionView = AnswerOf<'activateRule'>;

export async function listRules(context: CommandContext, query: PageQuery): Promise<Page<RuleVersionView>> {
  const page = pageOfList(await context.store.rules.active(), (version) => version.rulebook, query);
  return { ...page, items: page.items.map(shown) };
}

const newestFirst = (version: RuleVersion): string => `${String(9e15 - version.createdAt).padStart(16, '0')} ${version.version}`;

/** Newest first. @throws Problem not-found */
export async function listRuleVersions(context: CommandContext, rulebook: string, query: PageQuery): Promise<Page<RuleVersionView>> {
  const versions = await context.store.rules.versions(rulebook);
  if (versions.length === 0) throw new Problem('not-found', `There is no rulebook ${rulebook}; GET /rules lists those in force`);
  const page = pageOfList(versions, newestFirst, query);
  return { ...page, items: page.items.map(shown) };
}

/**
 * Puts a version in force, by a named person and with a reason (design.md §5 Rulebook). An earlier version may be named.
 * @throws Problem forbidden for a user of one area (a rulebook rules every point), not-found
 */
export async function activateRule(
  context: CommandContext,
  view: ScopedView,
  rulebook: string,
  { version, reason }: { version: string; reason: string },
): Promise<RuleVersionView> {
  view.requireWholeStation(`Rulebook ${rulebook}`);
  const { rules } = context.store;
  if (!(await rules.versions(rulebook)).some((each) => each.version === version))
    throw new Problem('not-found', `Rulebook ${rulebook} has no version ${version}; GET /rules/${rulebook}/versions lists them`);
  await rules.activate(rulebook, version, view.user.username, context.clock.now());
  await context.bus.publish('rules.changed', { rulebooks: [rulebook] });
  await record(context, view.user.username, 'rule.activated', `rulebook:${rulebook}`, { version, reason });
  const active = (await rules.active()).find((each) => each.rulebook === rulebook);
  if (active?.version !== version)
    throw new Problem('internal', `Rulebook ${rulebook} was activated but version ${version} is not in force`);
  return shown(active);
}

const shown = (version: RuleVersion): RuleVersionView => ({
  ...version,
  createdAt: toIso(version.createdAt),
  activatedAt: version.activatedAt === null ? null : toIso(version.activatedAt),
});
