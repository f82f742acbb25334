import { fromIso, HOUR, type PublicMessage, type TimelineEntry, type WarningLevel, type WarningRecord } from '#libs/contracts';
import type { CapInfo, CapMessage, CapReference, CapShape } from './message.js';
import { action, areaWords, calm, exerciseMark, exerciseNote, expectation, hazardWords, headline, levelWords } from './words.js';

/** Who sends, from the county's settings. */
export interface CapSender {
  countyName: string;
  divisionCode: string;
}

/**
 * Kilometres around a point whose danger zone nobody has drawn yet. Less leaves out people below a long run-out; more would clear a whole
 * valley for one slope. Half a kilometre covers the run-out of nearly all slopes of small and medium scale.
 */
const UNDRAWN_RADIUS_KM = 0.5;

/** How long "cancelled" and "all clear" are to be shown: whoever switches on a day later still learns that the warning is over. */
const CALM_SHOWN_MS = 24 * HOUR;

/** Urgency, severity and certainty of the colours, version 1 (algorithms.md §4.1). */
const meaning: Readonly<Record<WarningLevel, Pick<CapInfo, 'urgency' | 'severity' | 'certainty' | 'responseTypes'>>> = {
  red: { urgency: 'Immediate', severity: 'Extreme', certainty: 'Likely', responseTypes: ['Evacuate'] },
  orange: { urgency: 'Expected', severity: 'Severe', certainty: 'Likely', responseTypes: ['Prepare', 'Avoid'] },
  yellow: { urgency: 'Future', severity: 'Moderate', certainty: 'Possible', responseTypes: ['Prepare', 'Monitor'] },
  blue: { urgency: 'Future', severity: 'Minor', certainty: 'Possible', responseTypes: ['Monitor'] },
};

type CapKind = keyof typeof headline;
const capType: Readonly<Record<CapKind, CapMessage['type']>> = {
  warning: 'Update',
  adjust: 'Update',
  cancel: 'Cancel',
  // "All clear" is an update whose answer is AllClear, so that receivers keep showing it (algorithms.md §4.1).
  'all-clear': 'Update',
};

/** CAP 1.2 §3.2.1: neither blank nor comma nor < & in sender, identifier and incidents. */
export const plain = (text: string): string => text.replace(/[^\w.:-]/g, '-');

/**
 * Every CAP message of a warning, oldest first: one for each message the public got, the first an Alert, later ones referring to all
 * before them that had not expired. Follows from the record and its history alone, so the same question has the same answer for ever.
 * Empty for a warning that was never published.
 */
export function capMessages(
  warning: Pick<WarningRecord, 'id' | 'hazardPoint' | 'divisionCode' | 'exercise'>,
  timeline: readonly Pick<TimelineEntry, 'at' | 'message'>[],
  from: CapSender,
): CapMessage[] {
  const sender = plain(`cn.${from.divisionCode}.wangshan`);
  const messages: CapMessage[] = [];
  for (const { at, message } of timeline) {
    // That a message has lapsed is in its `expires`: CAP says it by itself.
    if (!message || message.kind === 'inspect' || message.kind === 'expired') continue;
    const { kind } = message;
    // CAP knows whole seconds: cut off, so that nothing is sent after what refers to it.
    const sent = Math.floor(fromIso(at) / 1000) * 1000;
    const isCalm = kind === 'cancel' || kind === 'all-clear';
    const expires = isCalm ? Math.max(fromIso(message.expiresAt), sent + CALM_SHOWN_MS) : fromIso(message.expiresAt);
    messages.push({
      sender,
      identifier: plain(`${warning.id}.${message.version}`),
      sent,
      status: warning.exercise ? 'Exercise' : 'Actual',
      type: messages.length === 0 ? 'Alert' : capType[kind],
      references: messages.filter((earlier) => earlier.expires > sent).map(reference),
      warningId: warning.id,
      version: message.version,
      ...(warning.exercise ? { note: exerciseNote } : {}),
      expires,
      infos: [info('zh', message, kind, warning.exercise, from), info('en', message, kind, warning.exercise, from)],
      shape: shapeOf(message.place),
      divisionCode: warning.divisionCode,
      unifiedCode: warning.hazardPoint,
      level: message.level,
    });
  }
  return messages;
}

const reference = ({ sender, identifier, sent }: CapMessage): CapReference => ({ sender, identifier, sent });

const shapeOf = ({ dangerZone, longitude, latitude }: PublicMessage['place']): CapShape =>
  dangerZone ? { ring: dangerZone } : { longitude, latitude, radiusKm: UNDRAWN_RADIUS_KM };

function info(tongue: 'zh' | 'en', message: PublicMessage, kind: CapKind, exercise: boolean, from: CapSender): CapInfo {
  const { place, level } = message;
  const [hazard, colour] = [hazardWords[place.kind], levelWords[level]];
  const mark = exercise ? exerciseMark[tongue] : '';
  const over = kind === 'cancel' || kind === 'all-clear' ? calm[kind] : undefined;
  const area = areaWords(place.name, place.dangerZone !== undefined)[tongue];
  const about = over ? over.description[tongue] : `${expectation[level][tongue]}${tongue === 'zh' ? '。' : '.'}`;
  return {
    language: tongue === 'zh' ? 'zh-CN' : 'en-US',
    event: tongue === 'zh' ? `${hazard.zh}预警` : `${hazard.en} warning`,
    ...(over ? { urgency: 'Past', severity: 'Minor', certainty: 'Unlikely', responseTypes: ['AllClear'] } : meaning[level]),
    senderName: from.countyName,
    headline: `${mark}${headline[kind](colour, hazard, place.name)[tongue]}`,
    description: `${mark}${area}${tongue === 'zh' ? '：' : ': '}${about}`,
    instruction: `${mark}${over ? over.action[tongue] : action[level][tongue]}`,
    areaDescription: area,
  };
}
