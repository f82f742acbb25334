import type { WarningLevel } from '#libs/contracts';
import { fill, templateOf, variablesOf, type TemplateName } from './catalogue.js';
import { clockTime, momentOf } from './civil-time.js';
import { ONE_PART, RED_CEILING, smsLength } from './length.js';
import { fitPlace, placeOf, VARIABLE_CAP } from './variables.js';
import { levelWord, PLACE_UNNAMED } from './words.js';

export interface ReminderFacts {
  /** `ratify`: a plan published and nobody stands behind it. `decide`: confirmed, and no household has been told. */
  what: 'ratify' | 'decide';
  /** The time for it has passed: said to whoever stands next above. */
  overdue: boolean;
  level: WarningLevel;
  exercise: boolean;
  pointName: string;
  /** By when, epoch ms. */
  by: number;
  /** When it is said, epoch ms. */
  at: number;
  /** Sign as registered, without brackets. */
  sign: string;
  codes?: Readonly<Record<string, string>>;
}

/** What waits for a person, as a message to whoever may do it. In one part at red whatever the point is called: the place gives way. */
export function renderReminder(facts: ReminderFacts): { code: string; params: Record<string, string>; text: string; parts: number } {
  const name: TemplateName = facts.overdue ? `duty:${facts.what}:overdue` : `duty:${facts.what}`;
  const template = templateOf(name, facts.exercise, facts.codes);
  const build = (where: string) => {
    const values: Record<string, string> = {
      where,
      level: levelWord[facts.level],
      by: momentOf(facts.by, facts.at),
      time: clockTime(facts.at),
    };
    const params = Object.fromEntries(variablesOf(template.text).map((one) => [one, values[one] ?? '']));
    return { code: template.code, params, text: fill(template.text, params) };
  };
  const place = fitPlace(placeOf(facts.pointName) || PLACE_UNNAMED, VARIABLE_CAP);
  const whole = build(place);
  const over = smsLength(facts.sign, whole.text).chars - (facts.exercise ? ONE_PART : RED_CEILING);
  const fitted = over > 0 ? build(fitPlace(place, place.length - over)) : whole;
  return { ...fitted, parts: smsLength(facts.sign, fitted.text).parts };
}
