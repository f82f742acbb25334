import type { TellOrder } from '#libs/alert';
import {
  insideDivision,
  isTold,
  levelRank,
  normalPhone,
  toldOf,
  type HazardPoint,
  type HouseholdCard,
  type RecipientRole,
  type RosterPost,
  type Settings,
  type WorkCard,
} from '#libs/contracts';
import type { MessageFacts } from '../message/template.js';

/** Somebody a message goes to, by the place where they stand. */
export interface Person {
  recipient: string;
  role: RecipientRole;
  phone: string;
  route?: string;
  shelter?: string;
  /** Which text of the staff, where it is not everybody's. */
  part?: MessageFacts['part'];
  /** Others on the card who can take the message on. */
  contacts?: readonly { recipient: string; address: string }[];
}

export interface PeopleInput {
  order: Pick<TellOrder, 'scope' | 'kind' | 'level'>;
  point: Partial<Pick<HazardPoint, 'divisionCode'>>;
  cards: { workCards: readonly WorkCard[]; householdCards: readonly HouseholdCard[] };
  settings: Pick<Settings, 'dutyRoster'> & Partial<Pick<Settings, 'alert'>>;
}

/** Those who look when nobody else has to know yet: the three posts of the roster that answer for a slope. */
const atTheSlope: ReadonlySet<RosterPost> = new Set(['village', 'township', 'county']);

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

/** The people of the scope as they are today, most important first; a number may stand there more than once. */
export const peopleOf = (input: PeopleInput): Person[] => (input.order.scope === 'public' ? households(input) : staff(input));

function households({ order, cards }: PeopleInput): Person[] {
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

/**
 * Those of the work cards, then the roster, each from the level of their post on (domain.md §2.8); asked to look at a slope are only those who answer
 * for it. In the order of the call-out (ladder/freeze.ts), so that who stands at two places is told at the one that has to answer.
 */
function staff({ order, cards, settings, point }: PeopleInput): Person[] {
  const { level, kind } = order;
  const says = settings.alert ? toldOf(settings.alert, point.divisionCode ?? '') : [];
  const told = (post: Parameters<typeof isTold>[0]): boolean => isTold(post, level, says);
  const inspect = kind === 'inspect';
  const work = cards.workCards.toSorted(byId);
  const ordersOut = !inspect && levelRank(level) >= levelRank('orange') && told('orders');
  const orderers = new Set(ordersOut ? work.map((card) => normalPhone((card.evacuationOrderedBy ?? card.responsible).phone)) : []);
  /** Whoever may order people out is asked to, wherever else he stands. */
  const asked = (person: Person): Person => (orderers.has(normalPhone(person.phone)) ? { ...person, part: 'orders' } : person);
  const monitors = work.map(({ id, monitor }): Person => ({ recipient: `work:${id}:monitor`, role: 'monitor', phone: monitor.phone }));
  const responsible = work.map(({ id, responsible: { phone } }): Person => ({
    recipient: `work:${id}:responsible`,
    role: 'responsible',
    phone,
  }));
  const orderedBy = work.flatMap(({ id, evacuationOrderedBy: by }): Person[] =>
    by && ordersOut ? [{ recipient: `work:${id}:ordered-by`, role: 'responsible', phone: by.phone }] : [],
  );
  const chain = work.flatMap(({ id, chain: above = [] }) =>
    above.flatMap(({ post, phone }, n): Person[] =>
      !inspect && told(post) ? [{ recipient: `work:${id}:chain-${n}`, role: 'responsible', phone }] : [],
    ),
  );
  const roster = rosterOf(settings, point).flatMap(({ post, ...person }): Person[] => {
    const slope = atTheSlope.has(post);
    return told(post) && (slope || !inspect) ? [{ ...person, ...(slope ? {} : { part: 'informed' as const }) }] : [];
  });
  return [...monitors, ...(told('responsible') || inspect ? responsible : []), ...orderedBy, ...chain, ...roster].map(asked);
}

/** Those of the roster who answer for the division of a point. The place in the roster stays, by which they are known. */
export const rosterOf = (
  settings: Pick<Settings, 'dutyRoster'>,
  point: Partial<Pick<HazardPoint, 'divisionCode'>>,
): (Pick<Person, 'recipient' | 'role' | 'phone'> & { post: RosterPost })[] =>
  settings.dutyRoster.flatMap(({ post = 'county', phone, divisionCode = '' }, n) =>
    insideDivision(point.divisionCode ?? '', divisionCode) ? [{ recipient: `duty:${n}`, role: 'duty' as const, phone, post }] : [],
  );

/** The officers on duty of the county. */
export const onDutyOf = (settings: Pick<Settings, 'dutyRoster'>, point: Partial<Pick<HazardPoint, 'divisionCode'>>) =>
  rosterOf(settings, point).filter(({ post }) => post === 'county');
