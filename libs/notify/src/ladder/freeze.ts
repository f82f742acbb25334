import type { TellOrder } from '#libs/alert';
import {
  insideDivision,
  normalPhone,
  toIso,
  type Callout,
  type CalloutParty,
  type CalloutPerson,
  type HazardPoint,
  type HouseholdCard,
  type ReleaseScope,
  type Settings,
  type WarningLevel,
  type WarningRecord,
  type WorkCard,
} from '#libs/contracts';
import { deliverOf, type Hash } from '../ways/intent.js';
import { peopleOf } from '../ways/people.js';

export interface FreezeInput {
  order: Pick<TellOrder, 'scope' | 'kind' | 'level' | 'version'> & Partial<Pick<TellOrder, 'references'>>;
  warning: Pick<WarningRecord, 'id' | 'exercise' | 'deliver' | 'divisionCode'>;
  point: Pick<HazardPoint, 'unifiedCode' | 'name' | 'kind' | 'divisionCode' | 'threatenedPeople'>;
  cards: { workCards: readonly WorkCard[]; householdCards: readonly HouseholdCard[] };
  settings: Pick<Settings, 'dutyRoster' | 'callout'> & Partial<Pick<Settings, 'alert'>>;
  /** Wall clock, epoch ms: a call-out never runs on a drill's clock. */
  now: number;
  hash: Hash;
}

export interface FrozenCallout {
  callout: Callout;
  parties: CalloutParty[];
}

/**
 * Levels at which whoever does not answer is called again and, in the end, visited (notify.md §4.3 "ack required"). Households: red and orange,
 * whose texts ask for a 1; to knock at night because of a yellow one would teach people to unplug the phone. The chain: yellow as well.
 * Elsewhere answers are taken and nobody is called.
 */
const answerRequired: Readonly<Record<ReleaseScope, readonly WarningLevel[]>> = {
  public: ['red', 'orange'],
  internal: ['red', 'orange', 'yellow'],
};

/** Numbers of one household that are called. More would be called after somebody has knocked already. */
const MOST_PHONES = 4;

/**
 * Who has to answer a message, by which numbers, and who hears of those who don't: frozen as it is when the message is released, so that a card
 * changed meanwhile does not lose a household. @returns undefined when nobody has to answer (cancel, all-clear, nobody on the cards)
 */
export function freezeCallout(input: FreezeInput): FrozenCallout | undefined {
  const { order, warning, point, settings, now, hash } = input;
  if (order.kind === 'cancel' || order.kind === 'all-clear') return undefined;
  const id = hash('callout', warning.id, order.scope, order.version);
  const parties = (order.scope === 'public' ? households(input) : staff(input)).map((party): CalloutParty => ({
    ...party,
    id: hash('party', id, party.subject),
    calloutId: id,
    ack: 'none',
    ackAt: null,
    ackBy: null,
    version: 1,
  }));
  if (parties.length === 0) return undefined;
  const required = answerRequired[order.scope].includes(order.level);
  const callout: Callout = {
    id,
    warningId: warning.id,
    hazardPoint: point.unifiedCode,
    pointName: point.name,
    hazardKind: point.kind,
    divisionCode: warning.divisionCode,
    scope: order.scope,
    releaseVersion: order.version,
    level: order.level,
    kind: order.kind,
    ...(order.references ? { first: { at: order.references.at, level: order.references.level } } : {}),
    exercise: warning.exercise,
    deliver: deliverOf(warning),
    threatenedPeople: point.threatenedPeople,
    startedAt: toIso(now),
    knockAfterSeconds: required && order.level !== 'blue' ? settings.callout.knockAfterSeconds[order.level] : null,
    chain: chainOf(input),
    steps: [],
    endedAt: null,
    endReason: null,
    version: 1,
  };
  return { callout, parties };
}

type Party = Pick<CalloutParty, 'subject' | 'kind' | 'name' | 'people'> & Partial<CalloutParty>;

function households({ order, cards }: FreezeInput): Party[] {
  if (order.kind === 'inspect') return [];
  return cards.householdCards.toSorted(byId).map((card): Party => {
    const subject = `household:${card.id}`;
    const members = card.members.map(({ name, phone }, n) => ({ name, phone: phone ?? '', recipient: `${subject}:member-${n + 1}` }));
    const people = [{ name: card.householder, phone: card.phone, recipient: `${subject}:householder` }, ...members]
      .filter(({ phone }) => phone !== '')
      .map((person): CalloutPerson => ({ ...person, role: 'household' }));
    return {
      subject,
      kind: 'household',
      name: card.householder,
      address: card.address,
      memberCount: card.memberCount,
      route: card.evacuationRoute,
      shelter: card.shelter,
      people: distinct(people).slice(0, MOST_PHONES),
    };
  });
}

/** Of those who were told (ways/people.ts), the ones who answer for the slope; who stands above them is not called again. */
function staff(input: FreezeInput): Party[] {
  const { monitors, village, township, county } = chainOf(input);
  const told = new Map(
    peopleOf(input)
      .toReversed()
      .map(({ phone, part }) => [normalPhone(phone), part]),
  );
  const responsible = onCards(input, 'responsible', 'responsible');
  const orderers = onCards(input, 'evacuationOrderedBy', 'ordered-by');
  return distinct([...monitors, ...responsible, ...orderers, ...village, ...township, ...county])
    .filter(({ phone }) => told.has(normalPhone(phone)))
    .map((person) => {
      const part = told.get(normalPhone(person.phone));
      return {
        subject: person.recipient,
        kind: 'staff',
        name: person.name,
        people: [part === undefined ? person : { ...person, part }],
      };
    });
}

/**
 * Monitors of the cards; for village, township and county who stands on a card of the point, then who stands in the roster of the county;
 * without either, for the village the responsible person, for the township who may order people to leave.
 */
function chainOf(input: FreezeInput): Callout['chain'] {
  const { settings, point, cards } = input;
  const of = (post: ChainPost): CalloutPerson[] => {
    const named = cards.workCards
      .toSorted(byId)
      .flatMap(({ id, chain = [] }) =>
        chain.flatMap((person, n) =>
          person.post === post
            ? [{ name: person.name, phone: person.phone, role: 'responsible', recipient: `work:${id}:chain-${n}` } as const]
            : [],
        ),
      );
    const roster = settings.dutyRoster.flatMap((person, n) =>
      (person.post ?? 'county') === post && insideDivision(point.divisionCode, person.divisionCode ?? '')
        ? [{ name: person.name, phone: person.phone, role: 'duty', recipient: `duty:${n}` } as const]
        : [],
    );
    return distinct(post === 'county' ? [...named, ...roster] : named.length > 0 ? named : roster);
  };
  const orElse = (first: CalloutPerson[], other: CalloutPerson[]): CalloutPerson[] => (first.length > 0 ? first : distinct(other));
  return {
    monitors: distinct(onCards(input, 'monitor', 'monitor')),
    village: orElse(of('village'), onCards(input, 'responsible', 'responsible')),
    township: orElse(of('township'), onCards(input, 'evacuationOrderedBy', 'ordered-by')),
    county: of('county'),
  };
}
type ChainPost = 'village' | 'township' | 'county';

/** @param word how a delivery names the place on the card */
function onCards({ cards }: FreezeInput, of: 'monitor' | 'responsible' | 'evacuationOrderedBy', word: string): CalloutPerson[] {
  return cards.workCards.toSorted(byId).flatMap((card) => {
    const person = card[of];
    const role = of === 'monitor' ? 'monitor' : 'responsible';
    return person ? [{ name: person.name, phone: person.phone, role, recipient: `work:${card.id}:${word}` } as const] : [];
  });
}

function distinct(people: readonly CalloutPerson[]): CalloutPerson[] {
  const seen = new Set<string>();
  return people.filter(({ phone }) => {
    const number = normalPhone(phone);
    if (seen.has(number)) return false;
    seen.add(number);
    return true;
  });
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
