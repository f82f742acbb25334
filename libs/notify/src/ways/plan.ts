import { setImmediate } from 'node:timers/promises';
import type { TellOrder, Told } from '#libs/alert';
import {
  HOUR,
  fromIso,
  levelRank,
  normalPhone,
  type DeliveryChannel,
  type DeliveryIntent,
  type HazardPoint,
  type HouseholdCard,
  type MessageKind,
  type RecipientRole,
  type Settings,
  type WarningRecord,
  type WorkCard,
} from '#libs/contracts';
import { heldUntil } from '../gate/quiet-hours.js';
import { renderMessage, renderPlain, spokenText, type RenderedMessage } from '../message/template.js';
import { alternativesOf, beforeTheWall, type Forms } from './alternatives.js';
import { groupsFor, personalChannels, type GroupWay } from './channels.js';
import { deliverOf, deliveryDeadlineMs, deliveryId, intentOf, type Hash } from './intent.js';
import { onDutyOf, peopleOf, type Person } from './people.js';

export interface PlanInput {
  /** Who is to be told what, from the release machine. */
  order: Pick<TellOrder, 'scope' | 'kind' | 'level' | 'version'> & Partial<Pick<TellOrder, 'references'>>;
  warning: Pick<WarningRecord, 'id' | 'exercise' | 'deliver'>;
  point: Pick<HazardPoint, 'name' | 'kind' | 'threatenedPeople'> & Partial<Pick<HazardPoint, 'unifiedCode' | 'divisionCode'>>;
  cards: { workCards: readonly WorkCard[]; householdCards: readonly HouseholdCard[] };
  /** Who was told of this warning and scope before, whatever the cards say today. */
  former?: readonly Told[];
  settings: Pick<Settings, 'smsSign' | 'smsTemplateCodes' | 'dutyRoster'> & Partial<Pick<Settings, 'alert'>>;
  /** Channels that have a driver. Absent: SMS alone. */
  channels?: ReadonlySet<DeliveryChannel>;
  /** Robots, loudspeakers, mail: whoever is told with everybody. */
  groups?: readonly GroupWay[];
  /** When the danger begins, where that is known (a forecast), epoch ms; absent: now. */
  onsetAt?: number;
  /** Wall clock, epoch ms: deadlines are never on a drill's clock. */
  now: number;
  hash: Hash;
}

/** "You may go home" loses nothing by arriving an hour late, and nobody is to be left out because a gateway was down three minutes. */
const CALM_DEADLINE_MS = 2 * HOUR;

/**
 * Who gets which message by which way. Public: each household on the cards of the point; internal: those of the work cards
 * and of the roster whose post is told at the level; whoever was told before, for nobody may be left with a message that no longer holds; then the groups. One message a distinct
 * number and channel. Ids follow from warning, scope, version, recipient, channel and step, so planning the same order twice plans the same
 * deliveries (promise 4).
 */
export const planDeliveries = (input: PlanInput): DeliveryIntent[] => [...deliveriesOf(input)];

/** Deliveries planned before others have a turn: about five milliseconds of work. */
const SLICE = 250;

/** As `planDeliveries`, giving the event loop back between slices: a province's hundred thousand recipients must not hold up a PUBACK. */
export async function planInSlices(input: PlanInput): Promise<DeliveryIntent[]> {
  const intents: DeliveryIntent[] = [];
  for (const intent of deliveriesOf(input)) if (intents.push(intent) % SLICE === 0) await setImmediate();
  return intents;
}

function* deliveriesOf(input: PlanInput): Generator<DeliveryIntent> {
  const { order, channels = smsOnly, groups = [] } = input;
  const make = intentMaker(input);
  const forms = formsOf(input);
  const at0 = personalChannels(order.level, order.kind, channels);
  const urgent = levelRank(order.level) >= levelRank('orange') && order.kind !== 'inspect';
  const told = new Set<string>();
  const today = peopleOf(input);
  for (const person of [...today, ...formerOf(input, today)]) {
    const address = normalPhone(person.phone);
    if (told.has(address)) continue;
    told.add(address);
    const form = forms(person);
    const contacts = (person.contacts ?? []).map((next) => ({ ...next, address: normalPhone(next.address) }));
    const others = contacts.filter((next) => next.address !== address);
    const { recipient } = person;
    yield {
      ...make(person, 'sms', address, form.full),
      alternatives: alternativesOf({ recipient, address, contacts: others, forms: form, at0, there: channels, urgent, idOf: make.idOf }),
    };
    if (at0.includes('voice')) yield make(person, 'voice', address, form.spoken);
  }
  const onDuty = onDutyOf(input.settings, input.point).map(({ recipient, phone }) => ({ recipient, address: normalPhone(phone) }));
  const called = urgent && !isCalm(order.kind);
  for (const group of groupsOfToday(input, groups)) {
    const { full, spoken } = forms({ role: group.role });
    const intent = make(group, group.channel, group.address, full);
    const instead = beforeTheWall({ onDuty, spoken, at0, there: channels, urgent: called, idOf: make.idOf });
    yield group.channel === 'wall' ? { ...intent, alternatives: instead } : intent;
  }
}

/**
 * Groups of the settings, and those that were told before and are not among them any more, or not at this level: a work group that was told to be
 * ready is told that it is over, whoever has edited the settings meanwhile.
 */
function groupsOfToday({ order, former = [], hash }: PlanInput, groups: readonly GroupWay[]): GroupWay[] {
  const today = groupsFor(groups, order);
  if (order.kind === 'inspect') return today;
  const there = new Set(today.map(({ channel, address }) => `${channel} ${address}`));
  const names = new Set(today.map(({ recipient }) => recipient));
  const left = former.flatMap(({ recipient, role, address, group }): GroupWay[] => {
    if (!group || there.has(`${group} ${address}`)) return [];
    const name = names.has(recipient) ? formerName(recipient, address, hash) : recipient;
    return [{ recipient: name, channel: group, address, role, scope: order.scope, from: 'blue' }];
  });
  return [...today, ...left];
}

const smsOnly: ReadonlySet<DeliveryChannel> = new Set(['sms']);

/** A message in its forms, rendered once for all who get the same words. */
function formsOf({ order, warning, point, settings, now }: PlanInput): (who: Pick<Person, 'role' | 'route' | 'shelter' | 'part'>) => Forms {
  const known = new Map<string, Forms>();
  const first = order.references ? { at: fromIso(order.references.at), level: order.references.level } : undefined;
  return ({ role, route, shelter, part }) => {
    const key = JSON.stringify([role, route, shelter, part]);
    const found = known.get(key);
    if (found) return found;
    const facts = {
      kind: order.kind,
      role,
      level: order.level,
      exercise: warning.exercise,
      pointName: point.name,
      hazardKind: point.kind,
      route,
      shelter,
      part,
      first,
      people: point.threatenedPeople,
      at: now,
      sign: settings.smsSign,
      codes: settings.smsTemplateCodes,
    };
    const formOf = ({ code, params, text, parts }: RenderedMessage) => ({ code, params, text, parts });
    const full = formOf(renderMessage(facts));
    const forms = { full, plain: formOf(renderPlain(facts)), spoken: { ...full, text: spokenText(full.text), parts: 1 } };
    known.set(key, forms);
    return forms;
  };
}

/** It is over: nobody has to hurry. */
const isCalm = (kind: MessageKind): boolean => kind === 'cancel' || kind === 'all-clear' || kind === 'expired';

type Maker = {
  (
    who: { recipient: string; role: RecipientRole },
    channel: DeliveryChannel,
    address: string,
    template: DeliveryIntent['template'],
  ): DeliveryIntent;
  idOf: (recipient: string, channel: DeliveryChannel, step: number) => string;
};

function intentMaker({ order, warning, point, now, onsetAt, hash }: PlanInput): Maker {
  const { scope, version, level, kind } = order;
  const { id: warningId, exercise } = warning;
  const telling = { warningId, scope, version, level, kind, exercise, deliver: deliverOf(warning), site: point.unifiedCode };
  const calm = isCalm(kind);
  const worth = calm ? Math.max(CALM_DEADLINE_MS, deliveryDeadlineMs[level]) : deliveryDeadlineMs[level];
  const said = new Map<string, string>();
  /** The time of day is no part of what is said. */
  const contentOf = ({ code, params }: DeliveryIntent['template']): string => {
    const { time: _, ...rest } = params;
    const key = JSON.stringify([code, rest]);
    const content = said.get(key) ?? hash('content', key).slice(0, 16);
    said.set(key, content);
    return content;
  };
  const make = (
    { recipient, role }: { recipient: string; role: RecipientRole },
    channel: DeliveryChannel,
    address: string,
    template: DeliveryIntent['template'],
  ): DeliveryIntent => {
    const intent = intentOf(telling, { recipient, role, address }, { channel, step: 0, template }, now, hash);
    // A wall wakes nobody.
    const notBefore = (channel === 'wall' ? undefined : heldUntil({ level, role, kind, version }, now, onsetAt)) ?? now;
    return {
      ...intent,
      // An all-clear never stands in front of somebody else's evacuation.
      priority: calm ? Math.max(1, intent.priority) : intent.priority,
      notBefore,
      deadline: notBefore + worth,
      content: contentOf(template),
    };
  };
  return Object.assign(make, {
    idOf: (recipient: string, channel: DeliveryChannel, step: number) => deliveryId(telling, recipient, channel, step, hash),
  });
}

/** Those told before: an address that has gone from its card keeps a place of its own, or its message would be taken for the card's. */
function formerOf({ order, former = [], hash }: PlanInput, today: readonly Person[]): Person[] {
  if (order.kind === 'inspect') return [];
  const taken = new Set(today.map(({ recipient }) => recipient));
  return former
    .filter(({ group }) => group === undefined)
    .map(({ recipient, role, address }) => ({
      recipient: taken.has(recipient) ? formerName(recipient, normalPhone(address), hash) : recipient,
      role,
      phone: address,
    }));
}

const formerName = (recipient: string, address: string, hash: PlanInput['hash']): string =>
  `${recipient}:former-${hash('former', address).slice(0, 8)}`;
