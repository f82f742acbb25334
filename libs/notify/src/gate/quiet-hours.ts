import { civilMidnight, DAY, HOUR, type DeliveryIntent } from '#libs/contracts';

/**
 * 22:00–07:00. Wider keeps people without a notice they could still have used before dark; narrower wakes a village for "keep an eye on the
 * slope", and those who were woken for that switch the telephone off before the night it matters.
 */
const BEGINS = 22 * HOUR;
const ENDS = 7 * HOUR;

/** End of the quiet hours `at` lies in, epoch ms; undefined by day. */
export function quietUntil(at: number): number | undefined {
  const midnight = civilMidnight(at);
  const time = at - midnight;
  if (time >= BEGINS) return midnight + DAY + ENDS;
  return time < ENDS ? midnight + ENDS : undefined;
}

/**
 * Until when a message waits for the morning (notify.md §4.3). Never red or orange. Yellow to residents, when what it speaks of begins only after
 * the night. Blue. What changes or ends something that was said is never held.
 * @param onsetAt when the danger begins, where that is known (a forecast); absent: now
 */
export function heldUntil(
  message: Pick<DeliveryIntent, 'level' | 'role' | 'kind' | 'version'>,
  at: number,
  onsetAt: number = at,
): number | undefined {
  if (message.level === 'red' || message.level === 'orange' || changesWhatWasSaid(message)) return undefined;
  const until = quietUntil(at);
  if (until === undefined) return undefined;
  if (message.level === 'blue') return until;
  return message.role === 'household' && onsetAt >= until ? until : undefined;
}

/** A new level, a correction, an end: always sent, because what people have in hand is no longer true. */
export const changesWhatWasSaid = (message: Pick<DeliveryIntent, 'kind' | 'version'>): boolean =>
  message.version > 1 || (message.kind !== 'warning' && message.kind !== 'inspect');
