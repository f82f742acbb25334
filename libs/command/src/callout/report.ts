import {
  fromIso,
  toIso,
  type AckState,
  type CalloutCounts,
  type CalloutParty,
  type CalloutReport,
  type ReplyRecord,
  type ReportParty,
  type Task,
  type User,
  type WarningRecord,
} from '#libs/contracts';
import type { CalloutDelivery, WholeCallout } from '#libs/notify';
import { mayReadPersonalData } from '../identity/access.js';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { hideIn, maskAddress, maskName, maskPhone, namesOn } from '../identity/masking.js';
import type { ScopedView } from '../identity/scope.js';

/**
 * Who was reached by a warning, who answered, who was not, by household, as of now. Names, numbers and places are masked by role; what is
 * shown in full is audited. @throws Problem out-of-scope
 */
export async function reportOf(context: CommandContext, view: ScopedView, id: string): Promise<CalloutReport> {
  const warning = await view.warning(id);
  const { callouts: store, tasks } = context.store;
  const [callouts, deliveries, replies, work] = await Promise.all([
    store.ofWarning(id),
    store.deliveries(id),
    store.replies(id),
    tasks.ofWarning(id),
  ]);
  const now = context.clock.now();
  const shown = await showing(context, view.user, warning.hazardPoint);
  const report = {
    warning: headOf(context, warning),
    at: toIso(now),
    callouts: callouts.toSorted(householdsFirst).map((whole) => shownCallout(context, whole, { deliveries, tasks: work, now, shown })),
    replies: replies.map((reply) => replyView(reply, nameOf(callouts, reply), shown)),
  };
  const people = report.callouts.reduce((sum, { parties }) => sum + parties.length, 0);
  if (shown.full && people > 0) await record(context, view.user.username, 'personal-data.read', `report:${id}`, { count: people });
  return report;
}

/** Households before the chain, newest message first. */
const householdsFirst = ({ callout: a }: WholeCallout, { callout: b }: WholeCallout): number =>
  a.scope === b.scope ? b.releaseVersion - a.releaseVersion : a.scope === 'public' ? -1 : 1;

/** What a reader may see of people. */
export interface Showing {
  full: boolean;
  name: (name: string) => string;
  phone: (phone: string) => string;
  address: (address: string) => string;
  text: (text: string) => string;
}

/** @param hazardPoint whose cards say which words in a text are names */
export async function showing(context: CommandContext, user: User, hazardPoint?: string): Promise<Showing> {
  const plain = (text: string): string => text;
  if (mayReadPersonalData(user)) return { full: true, name: plain, phone: plain, address: plain, text: plain };
  const cards = hazardPoint === undefined ? { workCards: [], householdCards: [] } : await context.store.cards.cardsOf(hazardPoint);
  const names = namesOn(cards, context.settings.current().dutyRoster);
  return { full: false, name: maskName, phone: maskPhone, address: maskAddress, text: (text) => hideIn(text, names) };
}

export const replyView = (reply: ReplyRecord, name: string | null, shown: Showing) => ({
  id: reply.id,
  channel: reply.channel,
  from: shown.phone(reply.from),
  name: name === null ? null : shown.name(name),
  content: shown.text(reply.content),
  meaning: reply.meaning,
  at: reply.at,
  subject: reply.subject,
  ambiguous: reply.ambiguous,
  ignored: reply.ignored,
});

const headOf = (context: CommandContext, warning: WarningRecord): CalloutReport['warning'] => ({
  id: warning.id,
  hazardPoint: warning.hazardPoint,
  pointName: context.registry.point(warning.hazardPoint)?.name ?? warning.hazardPoint,
  level: warning.level,
  exercise: warning.exercise,
  openedAt: warning.openedAt,
});

const nameOf = (callouts: readonly WholeCallout[], { partyId }: ReplyRecord): string | null =>
  callouts.flatMap(({ parties }) => parties).find((party) => party.id === partyId)?.name ?? null;

interface Around {
  deliveries: readonly CalloutDelivery[];
  tasks: readonly Task[];
  now: number;
  shown: Showing;
}

function shownCallout(context: CommandContext, { callout, parties }: WholeCallout, around: Around): CalloutReport['callouts'][number] {
  const ours = around.deliveries.filter(({ scope, version }) => scope === callout.scope && version === callout.releaseVersion);
  const views = parties.map((party) => partyView(callout, party, { ...around, deliveries: ours }));
  const next = context.callouts.next(callout);
  return {
    id: callout.id,
    scope: callout.scope,
    releaseVersion: callout.releaseVersion,
    level: callout.level,
    kind: callout.kind,
    startedAt: callout.startedAt,
    knockAfterSeconds: callout.knockAfterSeconds,
    steps: callout.steps,
    endedAt: callout.endedAt,
    endReason: callout.endReason,
    nextStep: next && views.some(({ ack }) => ack === 'none' || ack === 'help') ? { step: next.step, at: toIso(next.at) } : null,
    counts: countsOf(views),
    parties: views,
  };
}

function partyView(callout: WholeCallout['callout'], party: CalloutParty, { deliveries, tasks, now, shown }: Around): ReportParty {
  const own = deliveries.filter(({ recipient }) => recipient === party.subject || recipient.startsWith(`${party.subject}:`));
  const arrived = own.flatMap(({ deliveredAt }) => (deliveredAt === null ? [] : [deliveredAt]));
  const reachedAt = arrived.length === 0 ? null : toIso(Math.min(...arrived));
  const until = party.ackAt ?? callout.endedAt;
  return {
    id: party.id,
    subject: party.subject,
    kind: party.kind,
    name: shown.name(party.name),
    ...(party.address === undefined ? {} : { address: shown.address(party.address) }),
    ...(party.memberCount === undefined ? {} : { memberCount: party.memberCount }),
    ...(party.shelter === undefined ? {} : { shelter: party.shelter }),
    phones: party.people.map(({ phone }) => shown.phone(phone)),
    ack: party.ack,
    ackAt: party.ackAt,
    ackBy: party.ackBy,
    ...(party.helpAt === undefined ? {} : { helpAt: party.helpAt }),
    ...(party.helpTakenAt === undefined ? {} : { helpTakenAt: party.helpTakenAt }),
    state: party.ack === 'none' ? (reachedAt === null ? 'waiting' : 'reached') : party.ack,
    reachedAt,
    elapsedSeconds: Math.max(0, Math.round(((until === null ? now : fromIso(until)) - fromIso(callout.startedAt)) / 1000)),
    deliveries: own.map(({ createdAt, deliveredAt, scope: _scope, version: _version, ...one }) => ({
      ...one,
      createdAt: toIso(createdAt),
      deliveredAt: deliveredAt === null ? null : toIso(deliveredAt),
    })),
    tasks: tasks
      .filter(({ about }) => about === party.subject)
      .map(({ id, kind, state, outcome, dueAt }) => ({ id, kind, state, ...(outcome === undefined ? {} : { outcome }), dueAt })),
  };
}

function countsOf(parties: readonly ReportParty[]): CalloutCounts {
  const count = (ack: AckState): number => parties.filter((party) => party.ack === ack).length;
  return {
    total: parties.length,
    reached: parties.filter(({ state }) => state !== 'waiting').length,
    acknowledged: count('ack'),
    help: count('help'),
    safe: count('safe'),
    visited: count('visited'),
    silent: count('none'),
  };
}
