import type { TellOrder, Told } from '#libs/alert';
import {
  HOUR,
  MINUTE,
  levelRank,
  normalPhone,
  type DeliveryIntent,
  type HazardPoint,
  type HouseholdCard,
  type RecipientRole,
  type Settings,
  type WarningLevel,
  type WarningRecord,
  type WorkCard,
} from '#libs/contracts';
import { renderMessage } from './template.js';

export interface PlanInput {
  /** Who is to be told what, from the release machine. */
  order: Pick<TellOrder, 'scope' | 'kind' | 'level' | 'version'>;
  warning: Pick<WarningRecord, 'id' | 'exercise' | 'deliver'>;
  point: Pick<HazardPoint, 'name' | 'kind' | 'threatenedPeople'>;
  cards: { workCards: readonly WorkCard[]; householdCards: readonly HouseholdCard[] };
  /** Who was told of this warning and scope before, whatever the cards say today. */
  former?: readonly Told[];
  settings: Pick<Settings, 'smsSign' | 'smsTemplateCodes' | 'dutyRoster'>;
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
}

/**
 * Who gets which message. Public: each household on the cards of the point; internal: responsible person and monitor of each work card,
 * then the duty roster. One SMS a distinct number. Ids follow from warning, scope, version, recipient, channel and step, so planning
 * the same order twice plans the same deliveries (promise 4).
 */
export function planDeliveries(input: PlanInput): DeliveryIntent[] {
  const { order, warning, point, settings, now, hash } = input;
  const calm = order.kind === 'cancel' || order.kind === 'all-clear' || order.kind === 'expired';
  const byLevel = 4 - levelRank(order.level);
  const told = new Set<string>();
  const intents: DeliveryIntent[] = [];
  const today = peopleOf(input);
  for (const person of [...today, ...formerOf(input, today)]) {
    const address = normalPhone(person.phone);
    if (told.has(address)) continue;
    told.add(address);
    const { code, params, text, parts } = renderMessage({
      kind: order.kind,
      role: person.role,
      level: order.level,
      exercise: warning.exercise,
      pointName: point.name,
      hazardKind: point.kind,
      route: person.route,
      shelter: person.shelter,
      people: point.threatenedPeople,
      at: now,
      sign: settings.smsSign,
      codes: settings.smsTemplateCodes,
    });
    const key = [warning.id, order.scope, order.version, person.recipient, 'sms', 0] as const;
    // 64 bits in base 36 are at most 13 characters: `d` + those fit the 15 bytes a voice OutId may have (notify.md §3.2).
    const outId = `d${BigInt(`0x${hash('delivery', ...key).slice(0, 16)}`).toString(36)}`;
    intents.push({
      id: outId,
      outId,
      warningId: warning.id,
      scope: order.scope,
      version: order.version,
      recipient: person.recipient,
      role: person.role,
      channel: 'sms',
      step: 0,
      // An all-clear never stands in front of somebody else's evacuation.
      priority: calm ? Math.max(1, byLevel) : byLevel,
      level: order.level,
      kind: order.kind,
      exercise: warning.exercise,
      deliver: warning.exercise ? warning.deliver : 'real',
      address,
      template: { code, params, text, parts },
      notBefore: now,
      deadline: now + (calm ? Math.max(CALM_DEADLINE_MS, deliveryDeadlineMs[order.level]) : deliveryDeadlineMs[order.level]),
      createdAt: now,
    });
  }
  return intents;
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

function peopleOf({ order, cards, settings }: PlanInput): Person[] {
  if (order.scope === 'public') {
    // Households are told to go, to be ready, or to return; they are never sent to inspect a slope.
    if (order.kind === 'inspect') return [];
    return cards.householdCards.toSorted(byId).map((card) => ({
      recipient: `household:${card.id}:householder`,
      role: 'household',
      phone: card.phone,
      route: card.evacuationRoute,
      shelter: card.shelter,
    }));
  }
  const onCards = cards.workCards.toSorted(byId).flatMap((card): Person[] => [
    { recipient: `work:${card.id}:monitor`, role: 'monitor', phone: card.monitor.phone },
    { recipient: `work:${card.id}:responsible`, role: 'responsible', phone: card.responsible.phone },
  ]);
  const onDuty = settings.dutyRoster.map((person, index): Person => ({ recipient: `duty:${index}`, role: 'duty', phone: person.phone }));
  return [...onCards, ...onDuty];
}
