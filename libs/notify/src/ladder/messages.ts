import {
  fromIso,
  MINUTE,
  normalPhone,
  type Callout,
  type CalloutParty,
  type CalloutPerson,
  type DeliveryChannel,
  type DeliveryIntent,
  type ReplyMeaning,
  type Settings,
} from '#libs/contracts';
import { fill, templateOf, variablesOf, type TemplateName } from '../message/catalogue.js';
import { clockTime } from '../message/civil-time.js';
import { smsLength } from '../message/length.js';
import { intentOf, type Hash } from '../ways/intent.js';
import { renderMessage } from '../message/template.js';
import { cleanVariable, fitPlace, placeOf, VARIABLE_CAP } from '../message/variables.js';
import { PLACE_UNNAMED } from '../message/words.js';

export interface MessageTools {
  settings: Pick<Settings, 'smsSign' | 'smsTemplateCodes'>;
  /** Wall clock, epoch ms. */
  now: number;
  hash: Hash;
}

/**
 * Numbers of the deliveries of a step. Those of the release itself and what stands in for them count from 0; a hundred for each step of the
 * ladder leaves room for what stands in for one of ours.
 */
export const deliveryStep = (n: number): number => 100 * n;
/** Steps of what we write back lie above any ladder. */
const REPLY_STEP = 1_000_000;
/** An answer to an answer is of no use later. */
const REPLY_DEADLINE_MS = 10 * MINUTE;
/** Not in front of anybody's warning, and not worth the journal. */
const REPLY_PRIORITY = 2;

/** The message of the release once more, to one number of a household or to one person of the chain. */
export function sayAgain(
  callout: Callout,
  party: CalloutParty,
  person: CalloutPerson,
  channel: DeliveryChannel,
  n: number,
  tools: MessageTools,
): DeliveryIntent {
  const { settings } = tools;
  const { code, params, text, parts } = renderMessage({
    kind: callout.kind,
    role: person.role,
    level: callout.level,
    exercise: callout.exercise,
    pointName: callout.pointName,
    hazardKind: callout.hazardKind,
    ...(party.route === undefined ? {} : { route: party.route }),
    ...(party.shelter === undefined ? {} : { shelter: party.shelter }),
    ...(person.part === undefined ? {} : { part: person.part }),
    ...(callout.first ? { first: { at: fromIso(callout.first.at), level: callout.first.level } } : {}),
    people: callout.threatenedPeople,
    // When it was published, not when it is said again: a second time of day would look like a second warning.
    at: fromIso(callout.startedAt),
    sign: settings.smsSign,
    codes: settings.smsTemplateCodes,
  });
  return intent(callout, person, { channel, step: deliveryStep(n), template: { code, params, text, parts } }, tools);
}

/** Who has not answered, for somebody who can go there. Names as far as they fit; the whole list is in the report. */
export function tellSilent(
  callout: Callout,
  silent: readonly CalloutParty[],
  person: CalloutPerson,
  n: number,
  tools: MessageTools,
): DeliveryIntent {
  const name: TemplateName = silent.some(({ kind }) => kind === 'household') ? 'staff:silent' : 'staff:silent-staff';
  return intent(callout, person, { channel: 'sms', step: deliveryStep(n), template: listTemplate(callout, name, silent, tools) }, tools);
}

/** Somebody cries for help. @param nth how often this household has */
export function tellHelp(callout: Callout, party: CalloutParty, person: CalloutPerson, nth: number, tools: MessageTools): DeliveryIntent {
  const step = Number.parseInt(tools.hash('help', party.id, nth).slice(0, 6), 16) + 2 * REPLY_STEP;
  return intent(callout, person, { channel: 'sms', step, template: listTemplate(callout, 'staff:help', [party], tools) }, tools);
}

/** What we write back. */
export function writeBack(callout: Callout, person: CalloutPerson, meaning: ReplyMeaning, tools: MessageTools): DeliveryIntent {
  const { settings, now } = tools;
  const template = templateOf(`reply:${meaning}`, callout.exercise, settings.smsTemplateCodes);
  const step = REPLY_STEP + Math.floor((now - fromIso(callout.startedAt)) / 1000);
  return {
    ...intent(
      callout,
      person,
      {
        channel: 'sms',
        step,
        template: { code: template.code, params: {}, text: template.text, parts: smsLength(settings.smsSign, template.text).parts },
      },
      tools,
    ),
    priority: REPLY_PRIORITY,
    deadline: now + REPLY_DEADLINE_MS,
  };
}

function listTemplate(
  callout: Callout,
  name: TemplateName,
  parties: readonly CalloutParty[],
  { settings, now }: MessageTools,
): DeliveryIntent['template'] {
  const template = templateOf(name, callout.exercise, settings.smsTemplateCodes);
  const values: Record<string, string> = {
    where: fitPlace(placeOf(callout.pointName) || PLACE_UNNAMED, VARIABLE_CAP),
    people: String(parties.length),
    names: namesIn(parties),
    time: clockTime(now),
  };
  const params = Object.fromEntries(variablesOf(template.text).map((one) => [one, values[one] ?? '']));
  const text = fill(template.text, params);
  return { code: template.code, params, text, parts: smsLength(settings.smsSign, text).parts };
}

const AND_OTHERS = '等';

/** As many names as a variable holds, in the order of the cards. The vendor lets no 、 pass. */
function namesIn(parties: readonly CalloutParty[]): string {
  let names = '';
  for (const [n, { name }] of parties.entries()) {
    const next = names === '' ? cleanVariable(name) : `${names}-${cleanVariable(name)}`;
    const more = n < parties.length - 1 ? AND_OTHERS.length : 0;
    if (next.length + more > VARIABLE_CAP) return `${names}${AND_OTHERS}`;
    names = next;
  }
  return names;
}

const intent = (
  callout: Callout,
  { recipient, role, phone }: CalloutPerson,
  way: Pick<DeliveryIntent, 'channel' | 'step' | 'template'>,
  { now, hash }: MessageTools,
): DeliveryIntent => {
  const { warningId, scope, releaseVersion: version, level, kind, exercise, deliver, hazardPoint: site } = callout;
  const telling = { warningId, scope, version, level, kind, exercise, deliver, site };
  return intentOf(telling, { recipient, role, address: normalPhone(phone) }, way, now, hash);
};
