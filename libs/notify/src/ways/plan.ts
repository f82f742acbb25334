import { setImmediate } from 'node:timers/promises';
import type { TellOrder, Told } from '#libs/alert';
import {
  HOUR,
  MINUTE,
  levelRank,
  normalPhone,
  type DeliveryChannel,
  type DeliveryIntent,
  type HazardPoint,
  type HouseholdCard,
  type RecipientRole,
  type Settings,
  type WarningLevel,
  type WarningRecord,
  type WorkCard,
} from '#libs/contracts';
import { heldUntil } from '../gate/quiet-hours.js';
import { renderMessage, renderPlain, spokenText, type RenderedMessage } from '../message/template.js';
import { alternativesOf, type Forms } from './alternatives.js';
import { groupsFor, personalChannels, type GroupWay } from './channels.js';

export interface PlanInput {
  /** Who is to be told what, from the release machine. */
  order: Pick<TellOrder, 'scope' | 'kind' | 'level' | 'version'>;
  warning: Pick<WarningRecord, 'id' | 'exercise' | 'deliver'>;
  point: Pick<HazardPoint, 'name' | 'kind' | 'threatenedPeople'> & Partial<Pick<HazardPoint, 'unifiedCode' | 'divisionCode'>>;
  cards: { workCards: readonly WorkCard[]; householdCards: readonly HouseholdCard[] };
  /** Who was told of this warning and scope before, whatever the cards say today. */
  former?: readonly Told[];
  settings: Pick<Settings, 'smsSign' | 'smsTemplateCodes' | 'dutyRoster'>;
  /** Channels that have a driver. Absent: SMS alone. */
  channels?: ReadonlySet<DeliveryChannel>;
  /** Robots, loudspeakers, mail: whoever is told with everybody. */
  groups?: readonly GroupWay[];
  /** When the danger begins, where that is known (a forecast), epoch ms; absent: now. */
  onsetAt?: number;
  /** Wall clock, epoch ms: deadlines are never on a drill's clock. */
  now: number;
  /** Hex digest of the parts, at least 16 digits, the same for the same parts. */
  hash: (...parts: readonly (string | number)[]) => string;
}

/**
 * How long a message may still be worth sending, by level (notify.md §4.3). Shorter gives up on people a slow carrier would still reach;
 * longer hides behind retries that somebody has to knock on a door.
 */
export const deliveryDeadlineMs: Readonly<Record<WarningLevel, number>> = {
  red: 3 * MINUTE,
  orange: 15 * MINUTE,
  yellow: 2 * HOUR,
  blue: 12 * HOUR,
};
/** "You may go home" loses nothing by arriving an hour late, and nobody is to be left out because a gateway was down three minutes. */
const CALM_DEADLINE_MS = 2 * HOUR;

interface Person {
  recipient: string;
  role: RecipientRole;
  phone: string;
  route?: string;
  shelter?: string;
  /** Others on the card who can take the message on. */
  contacts?: readonly { recipient: string; address: string }[];
}

/**
 * Who gets which message by which way. Public: each household on the cards of the point; internal: responsible person and monitor of each work card,
 * then the duty roster; whoever was told before, for nobody may be left with a message that no longer holds; then the groups. One message a distinct
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
  for (const group of groupsFor(groups, order)) yield make(group, group.channel, group.address, forms({ role: group.role }).full);
}

const smsOnly: ReadonlySet<DeliveryChannel> = new Set(['sms']);

/** A message in its forms, rendered once for all who get the same words. */
function formsOf({ order, warning, point, settings, now }: PlanInput): (who: Pick<Person, 'role' | 'route' | 'shelter'>) => Forms {
  const known = new Map<string, Forms>();
  return ({ role, route, shelter }) => {
    const key = JSON.stringify([role, route, shelter]);
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
  const calm = order.kind === 'cancel' || order.kind === 'all-clear' || order.kind === 'expired';
  const byLevel = 4 - levelRank(order.level);
  const worth = calm ? Math.max(CALM_DEADLINE_MS, deliveryDeadlineMs[order.level]) : deliveryDeadlineMs[order.level];
  // 64 bits in base 36 are at most 13 characters: `d` + those fit the 15 bytes a voice OutId may have (notify.md §3.2).
  const idOf: Maker['idOf'] = (recipient, channel, step) =>
    `d${BigInt(`0x${hash('delivery', warning.id, order.scope, order.version, recipient, channel, step).slice(0, 16)}`).toString(36)}`;
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
    const id = idOf(recipient, channel, 0);
    const notBefore = heldUntil({ level: order.level, role, kind: order.kind, version: order.version }, now, onsetAt) ?? now;
    return {
      id,
      outId: id,
      warningId: warning.id,
      scope: order.scope,
      version: order.version,
      recipient,
      role,
      channel,
      step: 0,
      // An all-clear never stands in front of somebody else's evacuation.
      priority: calm ? Math.max(1, byLevel) : byLevel,
      level: order.level,
      kind: order.kind,
      exercise: warning.exercise,
      deliver: warning.exercise ? warning.deliver : 'real',
      address,
      template,
      notBefore,
      deadline: notBefore + worth,
      createdAt: now,
      ...(point.unifiedCode === undefined ? {} : { site: point.unifiedCode }),
      content: contentOf(template),
    };
  };
  return Object.assign(make, { idOf });
}

/** Those told before: an address that has gone from its card keeps a place of its own, or its message would be taken for the card's. */
function formerOf({ order, former = [], hash }: PlanInput, today: readonly Person[]): Person[] {
  if (order.kind === 'inspect') return [];
  const taken = new Set(today.map(({ recipient }) => recipient));
  return former.map(({ recipient, role, address }) => ({
    recipient: taken.has(recipient) ? `${recipient}:former-${hash('former', normalPhone(address)).slice(0, 8)}` : recipient,
    role,
    phone: address,
  }));
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

function peopleOf({ order, cards, settings, point }: PlanInput): Person[] {
  if (order.scope === 'public') {
    // Households are told to go, to be ready, or to return; they are never sent to inspect a slope.
    if (order.kind === 'inspect') return [];
    return cards.householdCards.toSorted(byId).map((card) => ({
      recipient: `household:${card.id}:householder`,
      role: 'household',
      phone: card.phone,
      route: card.evacuationRoute,
      shelter: card.shelter,
      contacts: card.members.flatMap(({ phone }, n) =>
        phone === undefined ? [] : [{ recipient: `household:${card.id}:member-${n + 1}`, address: phone }],
      ),
    }));
  }
  const onCards = cards.workCards.toSorted(byId).flatMap((card): Person[] => [
    { recipient: `work:${card.id}:monitor`, role: 'monitor', phone: card.monitor.phone },
    { recipient: `work:${card.id}:responsible`, role: 'responsible', phone: card.responsible.phone },
  ]);
  // Who answers for another division is not told; the place in the roster stays, by which he is known.
  const onDuty = settings.dutyRoster.flatMap((person, index): Person[] =>
    (point.divisionCode ?? '').startsWith(person.divisionCode ?? '')
      ? [{ recipient: `duty:${index}`, role: 'duty', phone: person.phone }]
      : [],
  );
  return [...onCards, ...onDuty];
}
