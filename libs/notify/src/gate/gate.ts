import { HOUR, MINUTE, alternativeAfter, needsPerson, type CallWindow, type WarningLevel } from '#libs/contracts';
import type { ClaimedDelivery, Settlement } from '../ports.js';
import { changesWhatWasSaid, heldUntil } from './quiet-hours.js';

/**
 * The same about the same site to the same person is not said again within this (notify.md §4.3). Shorter: a level that chatters fills a telephone
 * with one text, and the owner stops reading. Longer: a slope that starts again the next evening seems to be the one of this morning.
 */
export const repeatWindowMs: Readonly<Record<WarningLevel, number>> = {
  red: 10 * MINUTE,
  orange: 30 * MINUTE,
  yellow: 6 * HOUR,
  blue: 12 * HOUR,
};

/** Messages one address takes in an hour, by the level of the next. Lower loses a real second site; higher is how people come to block the sender. */
export const hourlyCap: Readonly<Record<WarningLevel, number>> = { red: Infinity, orange: 12, yellow: 4, blue: 2 };

/**
 * What the vendor takes for one number, sign and template in 24 h (notify.md §1.7). Sending a fifty-first costs the answer's second before the next
 * channel is tried; a lower number gives up a channel that still works.
 */
export const SMS_A_DAY = 50;

/**
 * Calls one number takes: 1 a minute, 5 an hour, 20 a day (notify.md §3.2); the vendor counts every attempt. Two seconds over the minute, because two
 * requests do not travel equally fast. Without them the vendor refuses the call that would have woken somebody.
 */
export const callWindows: readonly CallWindow[] = [
  { ms: MINUTE + 2_000, most: 1 },
  { ms: HOUR + 2_000, most: 5 },
  { ms: 24 * HOUR + 2_000, most: 20 },
];

export type Verdict = { go: true } | { go: false; settlement: Settlement };

const policy = (code: string, message: string) => ({ class: 'POLICY', code, message }) as const;

/**
 * Whether a claimed message goes out now, by what its address has had (notify.md §4.3). What changes or ends an earlier message, and what was tried
 * in place of one that failed, is held back only by the vendor's own limits.
 */
export function gate(delivery: ClaimedDelivery, now: number): Verdict {
  const { level, channel, step, history } = delivery;
  // A wall wakes nobody, and every warning of the county is its business.
  const free = step > 0 || channel === 'wall' || changesWhatWasSaid(delivery);
  const until = free ? undefined : heldUntil(delivery, now);
  if (until !== undefined) return wait(until - now, 'quiet-hours', 'Held until 07:00: nobody is woken for this level.');
  const saidAt = history?.saidAt ?? null;
  if (!free && saidAt !== null && now - saidAt < repeatWindowMs[level])
    return suppress('said-already', 'The same about the same site was sent to this person within the window of its level.');
  if (!free && (history?.lastHour ?? 0) >= hourlyCap[level])
    return suppress('hourly-cap', 'This person had as many messages within the hour as the level allows.');
  if (channel === 'sms' && (history?.sameTemplate ?? 0) >= SMS_A_DAY)
    return {
      go: false,
      settlement: givenUp(
        delivery,
        'RECIPIENT_LIMIT',
        'day-limit',
        'The vendor takes no more of this template for this number today.',
        now,
      ),
    };
  return { go: true };
}

/**
 * What becomes of a call whose number must be left alone for `waitMs`: later, if that is still of use; otherwise another way.
 */
export function afterBusyNumber(delivery: ClaimedDelivery, waitMs: number, now: number): Settlement {
  if (now + waitMs < delivery.deadline)
    return {
      status: 'pending',
      delayMs: waitMs,
      unsent: true,
      error: policy('number-busy', 'Called a moment ago; called again when its window has room.'),
    };
  return givenUp(delivery, 'RECIPIENT_LIMIT', 'call-limit', 'No more calls to this number within its windows.', now);
}

/**
 * The end of one way: another in its place, or, for red and orange with nothing left, a person's task.
 * @param errorClass class of the failure; decides which other way
 */
export function givenUp(
  delivery: ClaimedDelivery,
  errorClass: NonNullable<Settlement['error']>['class'],
  code: string,
  message: string,
  now: number,
): Settlement {
  const error = { class: errorClass, code, message };
  const instead = alternativeAfter(delivery, errorClass, now);
  if (instead) return { status: 'failed_perm', error, instead };
  return { status: needsPerson(delivery) ? 'manual_task' : 'failed_perm', error };
}

const wait = (delayMs: number, code: string, message: string): Verdict => ({
  go: false,
  settlement: { status: 'pending', delayMs, unsent: true, error: policy(code, message) },
});
const suppress = (code: string, message: string): Verdict => ({
  go: false,
  settlement: { status: 'suppressed', error: policy(code, message) },
});
