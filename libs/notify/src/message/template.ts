import type { HazardKind, MessageKind, RecipientRole, WarningLevel } from '#libs/contracts';
import { fill, householdAdjust, householdWarning, staffWarning, templateOf, variablesOf, type TemplateName } from './catalogue.js';
import { clockTime, momentOf } from './civil-time.js';
import { ONE_PART, RED_CEILING, smsLength } from './length.js';
import { VARIABLE_CAP, cleanVariable, fitPlace, placeOf } from './variables.js';
import { PLACE_UNNAMED, SHELTER_ON_CARD, impactWord, levelWord } from './words.js';

export interface MessageFacts {
  kind: MessageKind;
  role: RecipientRole;
  level: WarningLevel;
  exercise: boolean;
  pointName: string;
  hazardKind: HazardKind;
  /** From the household card; absent for staff. */
  route?: string;
  shelter?: string;
  people: number;
  /** The first message of the scope, which this one changes, withdraws or ends; absent for the first itself. */
  first?: { at: number; level: WarningLevel };
  /** `orders`: who says that people leave. `informed`: who stands above and has no post of his own at the slope. */
  part?: 'orders' | 'informed';
  /** When it is published, epoch ms. */
  at: number;
  /** Sign as registered, without brackets. */
  sign: string;
  codes?: Readonly<Record<string, string>>;
}

/** What had to give way so that a red message stays in one part, in this order. The action never does; a place keeps its nearest part. */
export type Shortening = 'impact' | 'advice' | 'route' | 'shelter-on-card' | 'place';

export interface RenderedMessage {
  id: string;
  code: string;
  params: Record<string, string>;
  /** Exactly what the provider's template yields with `params`; without the sign. */
  text: string;
  parts: number;
  /** Sign included, as the carrier counts. */
  chars: number;
  shortened: Shortening[];
}

interface Attempt {
  name: TemplateName;
  where: string;
  shelter: string;
  shortened: Shortening[];
}

/**
 * Renders one message. A red one fits one part whatever the card says: first the impact is dropped, then the route, then a
 * long shelter name becomes "the one on your card", last the place loses its outer divisions.
 */
export function renderMessage(facts: MessageFacts): RenderedMessage {
  const ceiling = facts.level === 'red' ? (facts.exercise ? ONE_PART : RED_CEILING) : Number.POSITIVE_INFINITY;
  const attempts = attemptsFor(facts);
  const build = (attempt: Attempt): RenderedMessage => rendered(facts, attempt);
  let last: RenderedMessage | undefined;
  for (const attempt of attempts) {
    last = build(attempt);
    if (last.chars <= ceiling) return last;
  }
  const shortest = attempts[attempts.length - 1];
  if (!last || !shortest) throw new Error('libs/notify: a message without a template');
  // The rest of the text is fixed and its longest case is proved by template.spec.ts, so there is room for at least nine characters of place.
  const room = shortest.where.length - (last.chars - ceiling);
  return build({ ...shortest, where: fitPlace(shortest.where, room), shortened: [...shortest.shortened, 'place'] });
}

function attemptsFor(facts: MessageFacts): Attempt[] {
  const name = templateName(facts);
  const wholePlace = placeOf(facts.pointName) || PLACE_UNNAMED;
  const place = fitPlace(wholePlace, VARIABLE_CAP);
  const placeCut: Shortening[] = place === wholePlace ? [] : ['place'];
  const givenShelter = cleanVariable(facts.shelter ?? '');
  const fits = givenShelter !== '' && givenShelter.length <= VARIABLE_CAP;
  const shelter = fits ? givenShelter : SHELTER_ON_CARD;
  const shelterCut: Shortening[] = fits ? [] : ['shelter-on-card'];
  const already = [...placeCut, ...shelterCut];

  const withImpact = place + impactWord[facts.hazardKind];
  const saysImpact = facts.kind === 'warning' || facts.kind === 'adjust';
  const attempts: Attempt[] = [];
  if (saysImpact && withImpact.length <= VARIABLE_CAP) attempts.push({ name, where: withImpact, shelter, shortened: already });
  const noImpact: Shortening[] = saysImpact ? [...already, 'impact'] : already;
  attempts.push({ name, where: place, shelter, shortened: noImpact });
  if (name === 'household:all-clear') attempts.push({ name: 'household:all-clear:short', where: place, shelter, shortened: ['advice'] });
  if (name !== 'household:red') return attempts;

  const noRoute: Shortening[] = [...noImpact, 'route'];
  const route = routeOf(facts);
  const usable = route !== '' && route.length <= VARIABLE_CAP;
  const bare: Attempt = { name: 'household:red:no-route', where: place, shelter, shortened: noRoute };
  const onCard: Attempt = { ...bare, shelter: SHELTER_ON_CARD, shortened: [...noRoute, 'shelter-on-card'] };
  if (!usable) {
    const impactWithoutRoute = attempts.map((one): Attempt => ({ ...one, name: bare.name, shortened: [...one.shortened, 'route'] }));
    return shelter.length > SHELTER_ON_CARD.length ? [...impactWithoutRoute, onCard] : impactWithoutRoute;
  }
  return shelter.length > SHELTER_ON_CARD.length ? [...attempts, bare, onCard] : [...attempts, bare];
}

const routeOf = (facts: MessageFacts): string => cleanVariable(facts.route ?? '');

function rendered(facts: MessageFacts, attempt: Attempt): RenderedMessage {
  const template = templateOf(attempt.name, facts.exercise, facts.codes);
  const values: Record<string, string> = {
    where: attempt.where,
    route: routeOf(facts),
    shelter: attempt.shelter,
    level: levelWord[facts.level],
    people: String(Math.min(facts.people, 99_999)),
    time: clockTime(facts.at),
    // A message of before the first was kept names no time.
    first: facts.first ? momentOf(facts.first.at, facts.at) : '此前',
    was: levelWord[facts.first?.level ?? facts.level],
  };
  const params = Object.fromEntries(variablesOf(template.text).map((name) => [name, values[name] ?? '']));
  const text = fill(template.text, params);
  return { id: template.id, code: template.code, params, text, ...smsLength(facts.sign, text), shortened: attempt.shortened };
}

/** The form of a message that holds no word of a card: what a vendor's filter can't refuse for its content. */
export function renderPlain(facts: MessageFacts): RenderedMessage {
  const calm = facts.kind === 'cancel' || facts.kind === 'all-clear' || facts.kind === 'expired';
  const household: TemplateName = facts.level === 'red' ? 'plain:household:red' : 'plain:household';
  const name: TemplateName = calm ? 'plain:calm' : facts.role === 'household' ? household : 'plain:staff';
  return rendered(facts, { name, where: '', shelter: '', shortened: [] });
}

const askedInWriting = /。?收到回1(，求助回2)?$/;

/** What is read out (notify.md §4.4); the call itself says it twice. */
export const spokenText = (text: string): string => `${text.replace(askedInWriting, '')}。按1确认收到，按2需要帮助`;

function templateName(facts: MessageFacts): TemplateName {
  if (facts.role !== 'household') return facts.kind === 'warning' ? warningOfStaff(facts) : `staff:${facts.kind}`;
  switch (facts.kind) {
    case 'cancel':
    case 'all-clear':
    case 'expired':
      return `household:${facts.kind}`;
    case 'adjust':
      return householdAdjust[facts.level];
    case 'warning':
      return householdWarning[facts.level];
    case 'inspect':
      throw new Error('libs/notify: an inspection is never asked of a household');
  }
}

function warningOfStaff({ part, level }: MessageFacts): TemplateName {
  if (part === 'orders' && (level === 'red' || level === 'orange')) return `staff:order:${level}`;
  return part === 'informed' ? 'staff:informed' : staffWarning[level];
}
