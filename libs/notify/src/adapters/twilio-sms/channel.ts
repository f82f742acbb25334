import { MINUTE, normalPhone, type Clock } from '#libs/contracts';
import { withSign } from '../../message/length.js';
import type {
  Channel,
  InboundAnswer,
  InboundRequest,
  OutgoingMessage,
  ProviderAnswer,
  ProviderNews,
  ProviderQuestion,
  SendResult,
} from '../../ports.js';
import { classify, failureOf, type TwilioFailure } from './errors.js';
import { loadTwilio, readTwilioPush } from './pushes.js';

export interface TwilioSmsOptions {
  accountSid: string;
  authToken: string;
  /** One of the two is needed. */
  from?: string;
  messagingServiceSid?: string;
  /** Of the simulator; absent: the vendor's. */
  baseUrl?: string;
  /** Sign in force, without brackets: this vendor puts none in front. */
  sign: () => string;
  /** Where the vendor tells what becomes of a message; undefined when it can't reach us, and then it is only asked. */
  statusCallback: () => string | undefined;
  clock: Clock;
  timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;
/**
 * Shortest time the vendor may still try, in seconds (notify.md §2). Shorter, and a phone that was in a tunnel for five minutes never hears of a red
 * warning whose delivery we had long given up; the vendor's default of ten hours would wake people with yesterday's.
 */
const SHORTEST_VALIDITY = 600;
const LONGEST_VALIDITY = 36_000;
/** Messages to one number that are looked through. */
const LOOKED_THROUGH = 50;
/** Their clock and ours. */
const CLOCK_SKEW_MS = MINUTE;
/** Messages remembered for the question after a lost answer; a county's red and its repetitions. */
const REMEMBERED = 20_000;
const delivered = new Set(['delivered', 'read']);
const failed = new Set(['undelivered', 'failed', 'canceled']);

/** One message as the vendor lists it. */
interface Listed {
  sid: string;
  body: string;
  status: string;
  errorCode: number;
  dateCreated: Date;
}

/**
 * Twilio and what is compatible with it, through the vendor's SDK. To +86 numbers it gives no replies: nobody there can be asked to write back
 * (notify.md §2), so it is the second way out, not the first. It keeps no id of ours; a message is found by its number, time and text.
 */
export class TwilioSms implements Channel {
  readonly channel = 'sms';
  readonly name = 'twilio';
  readonly capabilities = { maxBatch: 1, receipts: true, replies: true, maxParts: 10 };
  readonly #client: ReturnType<ReturnType<typeof loadTwilio>>;
  readonly #options: TwilioSmsOptions;
  /** outId → what was sent, and its name where the vendor said it. */
  readonly #sent = new Map<string, { body: string; sid?: string }>();
  /** The vendor's name → outId: what is another message's can't be this one, even with the same words. */
  readonly #owners = new Map<string, string>();

  /** @throws when the account is none of the vendor's (its SDK looks at the prefix) */
  constructor(options: TwilioSmsOptions) {
    this.#options = options;
    const timeout = options.timeoutMs ?? TIMEOUT_MS;
    this.#client = loadTwilio()(options.accountSid, options.authToken, { timeout, autoRetry: false });
    if (options.baseUrl !== undefined) this.#client.api.baseUrl = options.baseUrl;
  }

  async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
    if (signal.aborted) return refusal('TRANSIENT', { code: 'aborted-before-send' });
    const listening = new AbortController();
    const givenUp = new Promise<SendResult>((resolve) => {
      const aborted = () => resolve(refusal('UNKNOWN', { code: 'aborted' }));
      signal.addEventListener('abort', aborted, { once: true, signal: listening.signal });
    });
    try {
      return await Promise.race([this.#create(message), givenUp]);
    } finally {
      listening.abort();
    }
  }

  async query(question: ProviderQuestion): Promise<ProviderAnswer> {
    const { outId, sentAt } = question;
    const remembered = this.#sent.get(outId);
    const sid = question.providerId ?? remembered?.sid;
    const body = question.text === undefined ? remembered?.body : withSign(this.#options.sign(), question.text);
    if (sid) return answerOf(await asked(this.#client.messages(sid).fetch()));
    // Not by DateSent: that is empty until a message has left the vendor's queue.
    const listed: Listed[] = await asked(this.#client.messages.list({ to: e164(question.to), limit: LOOKED_THROUGH }));
    const ours = (name: string) => [undefined, outId].includes(this.#owners.get(name));
    const found = listed.find(
      (one) => one.dateCreated.getTime() >= sentAt - CLOCK_SKEW_MS && ours(one.sid) && (body === undefined || one.body === body),
    );
    return found ? answerOf(found) : 'ABSENT';
  }

  inbound(request: InboundRequest): { news: ProviderNews; answer: InboundAnswer } | undefined {
    return readTwilioPush(request, this.#options.authToken, this.name, this.#options.clock.now());
  }

  async #create({ outId, to, template, validitySeconds }: OutgoingMessage): Promise<SendResult> {
    const { from, messagingServiceSid, sign } = this.#options;
    const body = withSign(sign(), template.text);
    this.#remember(outId, { body });
    const callback = this.#options.statusCallback();
    try {
      const { sid } = await this.#client.messages.create({
        to: e164(to),
        body,
        validityPeriod: Math.min(LONGEST_VALIDITY, Math.max(SHORTEST_VALIDITY, Math.round(validitySeconds))),
        ...(messagingServiceSid === undefined ? { from } : { messagingServiceSid }),
        ...(callback === undefined ? {} : { statusCallback: `${callback}?outId=${encodeURIComponent(outId)}` }),
      });
      this.#remember(outId, { body, sid });
      return { ok: true, providerId: sid };
    } catch (error) {
      const failure = failureOf(error);
      return refusal(classify(failure), failure);
    }
  }

  #remember(outId: string, sent: { body: string; sid?: string }): void {
    this.#sent.delete(outId);
    this.#sent.set(outId, sent);
    if (sent.sid !== undefined) this.#owners.set(sent.sid, outId);
    if (this.#sent.size <= REMEMBERED) return;
    const [oldest] = this.#sent;
    if (!oldest) return;
    this.#sent.delete(oldest[0]);
    if (oldest[1].sid !== undefined) this.#owners.delete(oldest[1].sid);
  }
}

const refusal = (cls: (SendResult & { ok: false })['cls'], { code, status }: TwilioFailure): SendResult => ({
  ok: false,
  cls,
  code,
  message: `twilio Messages: ${code}${status === undefined ? '' : `, HTTP ${status}`}`,
});

function answerOf({ sid, status, errorCode }: Pick<Listed, 'sid' | 'status' | 'errorCode'>): ProviderAnswer {
  const code = errorCode ? String(errorCode) : status;
  return { status: delivered.has(status) ? 'DELIVERED' : failed.has(status) ? 'FAILED' : 'ACCEPTED', providerId: sid, code };
}

/** An answer, or a new error: the SDK's own carries the request. */
const asked = <T>(asking: Promise<T>): Promise<T> =>
  asking.catch((error: unknown) => Promise.reject(new Error(`twilio Messages: ${failureOf(error).code}`)));

/** The only form the vendor takes. */
export function e164(phone: string): string {
  const plain = normalPhone(phone);
  if (plain.startsWith('+')) return plain;
  // A mainland landline begins with its area's 0, a mobile with 1.
  return `+86${plain.replace(/^0/, '').replaceAll('-', '')}`;
}
