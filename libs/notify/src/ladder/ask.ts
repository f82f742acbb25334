import type { AskOrder } from '#libs/alert';
import {
  fromIso,
  normalPhone,
  type DeliveryChannel,
  type DeliveryIntent,
  type HazardPoint,
  type RosterPost,
  type Settings,
  type WarningRecord,
} from '#libs/contracts';
import { renderReminder } from '../message/reminder.js';
import { rosterOf } from '../ways/people.js';
import { deliverOf, intentOf, type Hash } from '../ways/intent.js';

export interface AskInput {
  ask: AskOrder;
  warning: Pick<WarningRecord, 'id' | 'exercise' | 'deliver'>;
  point: Pick<HazardPoint, 'name' | 'unifiedCode' | 'divisionCode'>;
  settings: Pick<Settings, 'smsSign' | 'smsTemplateCodes' | 'dutyRoster'>;
  channels: ReadonlySet<DeliveryChannel>;
  /** Wall clock, epoch ms. */
  now: number;
  hash: Hash;
}

/** Who can release or order a release, from the officer on duty upwards: 县值班员, 县自规局领导, 分管县长, 县长 (domain.md §2.8). */
const above: readonly RosterPost[] = ['county', 'bureau', 'deputy-head', 'head'];

/** Deliveries of asking lie above those of releases, ladders and answers (messages.ts), so that no answer of a call-out is taken for one of them. */
const ASK_STEP = 20_000_000;

/**
 * What waits for a person, as messages to whoever is asked this time. Posts nobody fills are passed over; where nobody stands above, the last is
 * asked again: a county that has entered one number is not left without a second call. After the time has passed red is called as well, for a
 * text that was not read once will not be read a second time.
 */
export function planAsk(input: AskInput): DeliveryIntent[] {
  const { ask, settings, point, channels } = input;
  const roster = rosterOf(settings, point);
  const filled = above.filter((post) => roster.some((person) => person.post === post));
  const post = filled[Math.min(ask.step, filled.length - 1)];
  const ways: DeliveryChannel[] = ask.level === 'red' && ask.step > 0 && channels.has('voice') ? ['sms', 'voice'] : ['sms'];
  const template = templateOf(input);
  return roster
    .filter((person) => person.post === post)
    .flatMap((person) => ways.map((channel) => intent(input, person, channel, template)));
}

function templateOf({ ask, warning, point, settings, now }: AskInput): DeliveryIntent['template'] {
  return renderReminder({
    what: ask.what,
    overdue: ask.step > 0,
    level: ask.level,
    exercise: warning.exercise,
    pointName: point.name,
    by: fromIso(ask.by),
    at: now,
    sign: settings.smsSign,
    codes: settings.smsTemplateCodes,
  });
}

function intent(
  { ask, warning, point, now, hash }: AskInput,
  { recipient, phone }: { recipient: string; phone: string },
  channel: DeliveryChannel,
  template: DeliveryIntent['template'],
): DeliveryIntent {
  const { scope, version, level } = ask;
  const { id: warningId, exercise } = warning;
  const deliver = deliverOf(warning);
  const telling = { warningId, scope, version, level, kind: 'reminder', exercise, deliver, site: point.unifiedCode } as const;
  const step = ASK_STEP + Number.parseInt(hash('ask', ask.what, level, ask.step, ask.by).slice(0, 6), 16);
  const words = channel === 'voice' ? { ...template, parts: 1 } : template;
  return intentOf(telling, { recipient, role: 'duty', address: normalPhone(phone) }, { channel, step, template: words }, now, hash);
}
