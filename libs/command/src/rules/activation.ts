import { Problem, type RuleActivation, type RuleVersionView } from '#libs/contracts';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import type { ScopedView } from '../identity/scope.js';
import { requireFittingPoints } from './fitting.js';
import type { Activation, RuleVersion } from './ports.js';
import { previousVersion } from './previous-version.js';
import { endShadowOf } from './shadows.js';
import { shownVersion } from './shown.js';
import { findVersion, readRulebook, versionsOf } from './versions.js';

/**
 * Puts a version in force, by a named person who did not write it, resting on a dry run of this text against what is in force now.
 * `force` passes over the dry run and over points outside its scope; that is on record.
 * @throws Problem forbidden for a user of one area (a rulebook rules every point) and for the author, not-found,
 * invalid-rulebook when this release can't read it, rulebook-scope when it leaves out a point it would judge, illegal-transition when it is in
 * force already or was not tried, version-conflict when another came into force meanwhile
 */
export async function activateRule(
  context: CommandContext,
  view: ScopedView,
  rulebook: string,
  { version, reason, force }: RuleActivation,
): Promise<RuleVersionView> {
  view.requireWholeStation(`Rulebook ${rulebook}`);
  const versions = await versionsOf(context, rulebook);
  const wanted = await findVersion(context, rulebook, version);
  const inForce = versions.find((each) => each.active);
  if (inForce?.version === version)
    throw new Problem(
      'illegal-transition',
      `Version ${version} of ${rulebook} is in force already, since ${shownVersion(inForce).activatedAt ?? ''}`,
      {
        legal: [],
      },
    );
  const book = readRulebook(wanted.text, `${rulebook}@${version}`, version);
  if (!force) requireFittingPoints(context, book);
  // Four eyes. The administrator has every right until the powers are separated (contract.md).
  if (wanted.author === view.user.username && !view.user.roles.includes('admin'))
    throw new Problem('forbidden', `${view.user.username} has written version ${version}; another person puts it in force`);
  const run = await context.store.dryRuns.finished(rulebook, version, inForce?.version ?? null);
  if (!run && !force)
    throw new Problem(
      'illegal-transition',
      `Version ${version} of ${rulebook} has no finished dry run against version ${inForce?.version ?? '(none in force)'}: POST /rules/${rulebook}/dry-run first, or give "force": true, which is on record`,
      { legal: ['dry-run', 'force'] },
    );
  return putInForce(context, view, wanted, {
    rulebook,
    version,
    instead: inForce?.version ?? null,
    kind: 'activate',
    reason,
    dryRun: run?.id ?? null,
    forced: !run,
  });
}

/**
 * Back to the version that was in force before, at once and without a dry run: it has been lived with.
 * @throws Problem forbidden for a user of one area, not-found, illegal-transition when there is nothing to return to
 */
export async function rollbackRule(context: CommandContext, view: ScopedView, rulebook: string, reason: string): Promise<RuleVersionView> {
  view.requireWholeStation(`Rulebook ${rulebook}`);
  const inForce = (await versionsOf(context, rulebook)).find((each) => each.active);
  const before = previousVersion(await context.store.rules.activations(rulebook));
  if (!inForce || before === undefined)
    throw new Problem('illegal-transition', `Rulebook ${rulebook} has no earlier version in force to return to`, { legal: ['activate'] });
  const wanted = await findVersion(context, rulebook, before);
  return putInForce(context, view, wanted, {
    rulebook,
    version: before,
    instead: inForce.version,
    kind: 'rollback',
    reason,
    dryRun: null,
    forced: false,
  });
}

async function putInForce(
  context: CommandContext,
  view: ScopedView,
  wanted: RuleVersion,
  activation: Omit<Activation, 'by' | 'at'>,
): Promise<RuleVersionView> {
  const by = view.user.username;
  const at = context.clock.now();
  const { rulebook, version, instead, kind, reason, dryRun, forced } = activation;
  await context.store.rules.activate({ ...activation, by, at });
  // On record before anyone acts on it: what judges people must not be in force without a name.
  const action = kind === 'rollback' ? 'rule.rolled-back' : 'rule.activated';
  await record(context, by, action, `rulebook:${rulebook}`, { version, instead, reason, dryRun, forced });
  await endShadowOf(context, rulebook, version, by);
  await context.bus.publish('rules.changed', { rulebooks: [rulebook] });
  return shownVersion({ ...wanted, active: true, activatedAt: at, activatedBy: by });
}
