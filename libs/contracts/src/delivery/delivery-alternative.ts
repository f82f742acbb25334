import type { DeliveryAlternative, DeliveryIntent, DeliveryKind } from './delivery.js';
import { MINUTE } from '../time/time.js';

type Relation = 'text' | 'channel' | 'contact';

/**
 * What is tried next by class of failure (notify.md §1.5). A number that had enough for today is called; a dead number is given up for the
 * next contact on the card; a text the vendor refuses goes out once more in its plain form.
 */
const order: Readonly<Record<string, readonly Relation[]>> = {
  RECIPIENT_LIMIT: ['channel', 'contact'],
  RECIPIENT_PERM: ['contact', 'channel'],
  TEMPLATE: ['text', 'channel', 'contact'],
  CONTENT: ['text', 'channel', 'contact'],
  // The provider is sick: everybody else's message would meet it as well.
  TRANSIENT: ['channel'],
};
/** Everything else: the person is there, the way is not. */
const otherwise: readonly Relation[] = ['channel', 'contact'];

/** An alternative is given at least this long: one made seconds before the whole is over would expire before anybody takes it. */
const LEAST_MS = MINUTE;
/** All channels together may take five thirds of what one may: red 3 minutes a channel, 5 in all (notify.md §4.3). */
const ALL_CHANNELS = 5 / 3;

const relationOf = (failed: DeliveryIntent, one: DeliveryAlternative): Relation =>
  one.recipient !== failed.recipient ? 'contact' : one.channel === failed.channel ? 'text' : 'channel';

/**
 * The delivery that takes the place of one that failed, with what is left to try after it.
 * @param errorClass class of the failure (libs/notify `ErrorClass`)
 * @param now wall clock, epoch ms
 * @returns undefined when nothing is left: then a person has to go
 */
export function alternativeAfter(failed: DeliveryIntent, errorClass: string, now: number): DeliveryIntent | undefined {
  const left = failed.alternatives ?? [];
  for (const wanted of order[errorClass] ?? otherwise) {
    const next = left.find((one) => relationOf(failed, one) === wanted);
    if (!next) continue;
    const window = failed.deadline - failed.createdAt;
    const end = failed.insteadOf ? failed.deadline : Math.min(now + window, failed.createdAt + window * ALL_CHANNELS);
    return {
      ...failed,
      ...next,
      notBefore: now,
      deadline: Math.max(now + LEAST_MS, end),
      insteadOf: failed.insteadOf ?? failed.id,
      alternatives: left.filter((one) => one !== next),
    };
  }
  return undefined;
}

/** Nobody waits for these at the slope: that one of them did not arrive is no task of its own. Every outbox asks here, the one in SQL as well. */
export const kindsWithoutTask: readonly DeliveryKind[] = ['inspect', 'reminder'];

/**
 * Whether a delivery that failed with nothing left to try is a person's task: red and orange, where it was the way to somebody and not a
 * second voice beside it.
 */
export const needsPerson = (failed: Pick<DeliveryIntent, 'priority' | 'channel' | 'insteadOf' | 'recipient' | 'kind'>): boolean =>
  failed.priority <= 1 && !kindsWithoutTask.includes(failed.kind) && (failed.channel === 'sms' || failed.insteadOf !== undefined);
