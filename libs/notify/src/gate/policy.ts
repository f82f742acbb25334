import { MINUTE, SECOND, alternativeAfter, needsPerson } from '#libs/contracts';
import { givenUp } from './gate.js';
import type { ClaimedDelivery, ErrorClass, ProviderAnswer, SendResult, Settlement } from '../ports.js';
import { TRIES_PER_DRIVER } from './route.js';

/** Asks for receipts (notify.md §5.2): red from +20 s every 10 s, others from +5 min every minute. */
export const receiptPolling = {
  red: { firstMs: 20 * SECOND, againMs: 10 * SECOND },
  other: { firstMs: 5 * MINUTE, againMs: MINUTE },
} as const;

/**
 * When to ask the provider about a message of unknown outcome, in ms after the one before (red at +2, +4, +6 s, others at 10, 30, 60 s).
 * Providers show a message with a lag: asking too early and believing "absent" sends it twice; asking long leaves a red one unsent. Whoever died
 * sending is asked about at once and once oftener, the third wait twice: a query that lags less than 6 s (red) or 60 s (others) never makes
 * anybody hear the same twice. Vendors name no bound of their own.
 */
export const reconcileWaits = { red: [2 * SECOND, 2 * SECOND, 2 * SECOND], other: [10 * SECOND, 20 * SECOND, 30 * SECOND] } as const;

/**
 * How long the report of a message may still come whose outcome is unknown and whose provider can't be asked (云MAS, CMPP, a robot), before it is sent
 * again. Carriers report within seconds, in a bad hour within a minute: shorter tells people twice what they have. Longer leaves without it whoever has
 * nothing; for red and orange the other channel is taken meanwhile.
 */
export const receiptWindowMs = { red: 45 * SECOND, other: 5 * MINUTE } as const;

const BACKOFF_FIRST_MS = 200;
/** Ceiling between tries once every driver had its turn. Red keeps trying until its deadline: giving up early is the one error nobody can repair. */
const backoffCeiling = { red: 3 * SECOND, other: 30 * SECOND } as const;

type Urgency = 'red' | 'other';
export const urgencyOf = (delivery: { priority: number }): Urgency => (delivery.priority === 0 ? 'red' : 'other');

/** What each class of refusal leads to, once (notify.md §1.5). */
const afterRefusal: Readonly<Record<ErrorClass, 'retry' | 'ask' | 'next-driver' | 'give-up'>> = {
  TRANSIENT: 'retry',
  UNKNOWN: 'ask',
  ACCOUNT: 'next-driver',
  RECIPIENT_LIMIT: 'give-up',
  RECIPIENT_PERM: 'give-up',
  TEMPLATE: 'give-up',
  CONTENT: 'give-up',
  BUG: 'give-up',
};

/**
 * How a delivery is settled after a provider answered.
 * @param random  uniform in [0, 1): jitter, so that 5,000 messages refused together do not come back together
 * @param now     wall clock, epoch ms: what is tried in its place is made with it, and has its time from then on
 * @param drivers how many providers this message may go by
 */
export function afterSend(
  delivery: ClaimedDelivery,
  provider: string,
  result: SendResult,
  random: () => number,
  now: number,
  drivers: number,
): Settlement {
  const urgency = urgencyOf(delivery);
  if (result.ok && result.delivered) return { status: 'delivered', provider, providerId: result.providerId };
  if (result.ok)
    return { status: 'accepted', provider, providerId: result.providerId, delayMs: result.askAfterMs ?? receiptPolling[urgency].firstMs };
  const error = { class: result.cls, code: result.code, message: result.message };
  switch (afterRefusal[result.cls]) {
    case 'retry':
      if (delivery.attempts >= TRIES_PER_DRIVER * drivers) {
        const instead = otherChannel(delivery, now);
        if (instead) return { status: 'failed_temp', provider, error, instead };
      }
      return { status: 'pending', provider, error, delayMs: backoff(delivery.attempts, urgency, random, result.retryAfterMs) };
    case 'ask':
      return { status: 'unknown', provider, error, delayMs: reconcileWaits[urgency][0] };
    case 'next-driver':
      // The circuit counts account errors and opens; until then a short wait keeps one broken account from spinning.
      return { status: 'pending', provider, error, delayMs: backoff(1, urgency, random) };
    case 'give-up':
      return { ...givenUp(delivery, result.cls, result.code, result.message, now), provider };
  }
}

/**
 * How long a red or orange message waits for a channel none of whose providers is to be had, before another channel is taken. Shorter leaves a
 * provider that hiccups; longer leaves people uninformed beside a telephone that works.
 */
const NO_WAY_PATIENCE_MS = 15 * SECOND;
/** Between two looks for a way: shorter spins through thousands of rows that cannot leave, longer adds to the outage. */
const NO_WAY_AGAIN_MS = 2 * SECOND;

/** How a delivery is settled for which no provider may be used just now. */
export function afterNoWay(delivery: ClaimedDelivery, why: string, now: number): Settlement {
  const error = { class: 'POLICY', code: why, message: 'No way to send just now; tried again.' } as const;
  const instead = now - delivery.createdAt >= NO_WAY_PATIENCE_MS ? otherChannel(delivery, now) : undefined;
  if (instead) return { status: 'failed_temp', error, instead };
  return { status: 'pending', delayMs: NO_WAY_AGAIN_MS, error, unsent: true };
}

/** For red and orange only: the others can wait for their provider. */
const otherChannel = (delivery: ClaimedDelivery, now: number) =>
  delivery.priority <= 1 ? alternativeAfter(delivery, 'TRANSIENT', now) : undefined;

/** Wait before try n + 1, in ms: 0.2 s doubling, ± 50 %, over again with each driver. */
export function backoff(attempts: number, urgency: Urgency, random: () => number, retryAfterMs = 0): number {
  const onThisDriver = (Math.max(1, attempts) - 1) % TRIES_PER_DRIVER;
  const wait = BACKOFF_FIRST_MS * 2 ** onThisDriver * (0.5 + random());
  return Math.round(Math.min(Math.max(wait, retryAfterMs), backoffCeiling[urgency]));
}

export type Reconciled =
  | { settlement: Settlement; reason: 'found' | 'absent' | 'ask-again' | 'deadline' }
  | { settlement: Settlement; reason: 'delivered' | 'failed'; code: string };

/**
 * How a delivery of unknown outcome is settled after its provider was asked.
 * @param answer `unreachable`: no provider could be asked just now; `unaskable`: it may be with one that never can be
 * @param asked  times asked so far, this one included
 */
export function afterQuestion(
  delivery: ClaimedDelivery,
  provider: string | undefined,
  answer: ProviderAnswer | 'unreachable' | 'unaskable',
  asked: number,
  now: number,
): Reconciled {
  const urgency = urgencyOf(delivery);
  if (typeof answer === 'object') {
    const settlement: Settlement = {
      status: 'accepted',
      provider,
      providerId: answer.providerId,
      delayMs: receiptPolling[urgency].firstMs,
    };
    if (answer.status === 'ACCEPTED') return { settlement, reason: 'found' };
    return { settlement, reason: answer.status === 'DELIVERED' ? 'delivered' : 'failed', code: answer.code ?? answer.status };
  }
  // As what was never sent: nobody knows that it arrived.
  if (now >= delivery.deadline) return { settlement: { status: needsPerson(delivery) ? 'manual_task' : 'expired' }, reason: 'deadline' };
  if (answer === 'unaskable' && asked === 1) {
    const settlement: Settlement = { status: 'unknown', delayMs: receiptWindowMs[urgency], instead: otherChannel(delivery, now) };
    return { settlement, reason: 'ask-again' };
  }
  if (answer === 'unaskable') return { settlement: { status: 'pending', delayMs: 0 }, reason: 'absent' };
  const waits: readonly number[] = reconcileWaits[urgency];
  // Nobody has settled it: whoever sent it died, nobody knows when, and the first question came without a wait.
  const questions = delivery.provider ? waits.length : waits.length + 1;
  // "Absent" three times is as sure as it gets. Unreachable three times is not, but a second red message is better than none.
  const enough = asked >= questions && (answer === 'ABSENT' || urgency === 'red');
  if (enough) return { settlement: { status: 'pending', delayMs: 0 }, reason: 'absent' };
  return { settlement: { status: 'unknown', delayMs: waits[Math.min(asked, waits.length - 1)] }, reason: 'ask-again' };
}
