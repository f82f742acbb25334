import {
  Problem,
  type Page,
  type PageQuery,
  type RuleActivationView,
  type RuleVersionCreate,
  type RuleVersionView,
  type RuleView,
} from '#libs/contracts';
import { parseRulebook, rulebookVersion, RulebookError, type Rulebook } from '#libs/evaluate';
import { sha256 } from '#libs/platform';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { pageOfList } from '../operation/paging.js';
import type { ScopedView } from '../identity/scope.js';
import type { RuleVersion } from './ports.js';
import { previousVersion } from './previous-version.js';
import { shownVersion } from './shown.js';

export async function listRules(context: CommandContext, query: PageQuery): Promise<Page<RuleVersionView>> {
  const page = pageOfList(await context.store.rules.active(), (version) => version.rulebook, query);
  return { ...page, items: page.items.map(shownVersion) };
}

const newestFirst = (version: RuleVersion): string => `${String(9e15 - version.createdAt).padStart(16, '0')} ${version.version}`;

/** Newest first. @throws Problem not-found */
export async function listRuleVersions(context: CommandContext, rulebook: string, query: PageQuery): Promise<Page<RuleVersionView>> {
  const page = pageOfList(await versionsOf(context, rulebook), newestFirst, query);
  return { ...page, items: page.items.map(shownVersion) };
}

/** @throws Problem not-found */
export async function getRuleVersion(context: CommandContext, rulebook: string, version: string): Promise<RuleVersionView> {
  return shownVersion(await findVersion(context, rulebook, version));
}

/** What is in force of a rulebook, what runs beside it, and where a rollback leads. @throws Problem not-found */
export async function getRule(context: CommandContext, view: ScopedView, rulebook: string): Promise<RuleView> {
  const versions = await versionsOf(context, rulebook);
  const active = versions.find((version) => version.active);
  return {
    rulebook,
    active: active ? shownVersion(active) : null,
    points: view.points().filter((point) => point.rulebook === rulebook && !point.closed).length,
    shadows: (await context.store.shadows.running()).filter((shadow) => shadow.rulebook === rulebook),
    rollbackTo: previousVersion(await context.store.rules.activations(rulebook)) ?? null,
  };
}

/** Newest first. @throws Problem not-found */
export async function listRuleActivations(context: CommandContext, rulebook: string, query: PageQuery): Promise<Page<RuleActivationView>> {
  await versionsOf(context, rulebook);
  const activations = await context.store.rules.activations(rulebook);
  const place = new Map(activations.map((activation, index) => [activation, String(index).padStart(9, '0')]));
  return pageOfList(activations, (activation) => place.get(activation) ?? '', query);
}

/**
 * Writes a version of the rulebook the text names. It changes nothing that is judged: it waits to be tried and put in force.
 * @param rulebook when the caller has named one, the text must be of it
 * @throws Problem forbidden for a user of one area (a rulebook rules every point), invalid-rulebook with every fault and its line,
 * already-exists when the same text is a version already
 */
export async function createRuleVersion(
  context: CommandContext,
  view: ScopedView,
  { text, reason }: RuleVersionCreate,
  rulebook?: string,
): Promise<RuleVersionView> {
  view.requireWholeStation('A rulebook');
  const version = rulebookVersion(text, sha256);
  const book = readRulebook(text, rulebook === undefined ? 'text' : `${rulebook}.rules.yaml`, version);
  if (rulebook !== undefined && book.id !== rulebook)
    throw invalid([{ file: `${rulebook}.rules.yaml`, line: 1, where: 'rulebook', message: `expected "${rulebook}", not "${book.id}"` }]);
  const { rules } = context.store;
  if ((await rules.versions(book.id)).some((each) => each.version === version))
    throw new Problem('already-exists', `This text is version ${version} of rulebook ${book.id} already`, { version });
  const author = view.user.username;
  await rules.insert({ rulebook: book.id, version, text, author, reason, createdAt: context.clock.now() });
  await record(context, author, 'rule.written', `rulebook:${book.id}`, { version, reason });
  return shownVersion(await findVersion(context, book.id, version));
}

/** @throws Problem invalid-rulebook: each fault with file, line, place and what was expected */
export function readRulebook(text: string, file: string, version: string): Rulebook {
  try {
    return parseRulebook(text, file, version);
  } catch (error) {
    if (error instanceof RulebookError) throw invalid(error.faults.map((fault) => ({ file: error.file, ...fault })));
    // What the YAML reader itself refuses, e.g. aliases that unfold without end.
    throw invalid([{ file, line: 1, where: '', message: error instanceof Error ? error.message : String(error) }]);
  }
}

interface Fault {
  file: string;
  line: number;
  where: string;
  message: string;
}
const invalid = (faults: readonly Fault[]): Problem => {
  const [first] = faults;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  return new Problem(
    'invalid-rulebook',
    `${first?.file ?? ''}:${first?.line ?? 1}: ${first?.where ? `${first.where}: ` : ''}${first?.message ?? ''}${more}`,
    { faults },
  );
};

/** @throws Problem not-found */
export async function versionsOf(context: CommandContext, rulebook: string): Promise<RuleVersion[]> {
  const versions = await context.store.rules.versions(rulebook);
  if (versions.length === 0) throw new Problem('not-found', `There is no rulebook ${rulebook}; GET /rules lists those in force`);
  return versions;
}

/** @throws Problem not-found */
export async function findVersion(context: CommandContext, rulebook: string, version: string): Promise<RuleVersion> {
  const found = (await versionsOf(context, rulebook)).find((each) => each.version === version);
  if (found) return found;
  throw new Problem('not-found', `Rulebook ${rulebook} has no version ${version}; GET /rules/${rulebook}/versions lists them`);
}
