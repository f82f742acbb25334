import { randomUUID, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Carrier } from '../frame/carrier.js';
import type { Faults, RefusalReason } from '../frame/faults.js';
import type { Account } from '../frame/limits.js';
import type { AcceptedMessage, MessageLog, Reply } from '../frame/message-log.js';
import type { Pushes } from '../frame/pushes.js';
import { carried, refusalOf, type RefusalWords } from '../frame/refusal.js';
import type { Registry } from '../frame/registry.js';
import type { Vendor, WireAnswer, WireRequest } from '../frame/vendor.js';
import { finalState, inbound, statusCallbacks, type Signer } from './callbacks.js';

export interface TwilioOptions extends Signer {
  log: MessageLog;
  registry: Registry;
  faults: Faults;
  account: Account;
  carrier: Carrier;
  pushes: Pushes;
  now: () => number;
  queryLagMs: number;
}

const PROVIDER = 'twilio';
const BODY_LIMIT = 1600;

const Create = z.object({
  To: z.string(),
  From: z.string().optional(),
  MessagingServiceSid: z.string().regex(/^MG/).optional(),
  Body: z.string(),
  StatusCallback: z.url().optional(),
  ValidityPeriod: z.coerce.number().int().min(1).max(36_000).default(36_000),
});

/** Refusals in the vendor's numbers (notify.md §2). It has no limit a recipient and no templates: the nearest it says. */
const refusals: Readonly<Record<RefusalReason, readonly [status: number, code: number, message: string]>> = {
  number: [400, 21211, "The 'To' number is not a valid phone number"],
  limit: [429, 20429, 'Too Many Requests'],
  balance: [403, 20005, 'Account not active'],
  template: [400, 21606, "The 'From' phone number provided is not a valid message-capable phone number"],
  content: [400, 21617, 'The concatenated message body exceeds the 1600 character limit'],
};

/** Twilio's Messages resource (API 2010-04-01). */
export class Twilio implements Vendor {
  readonly providers = [PROVIDER];
  readonly #options: TwilioOptions;

  constructor(options: TwilioOptions) {
    this.#options = options;
  }

  takes({ url }: WireRequest): boolean {
    return url.pathname.startsWith('/2010-04-01/');
  }

  async answer({ method, url, headers, body }: WireRequest): Promise<WireAnswer> {
    const { accountSid, authToken, account, now } = this.#options;
    const expected = Buffer.from(`Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`);
    const given = Buffer.from(headers.authorization ?? '');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return refused(401, 20003, 'Authenticate');
    if (!account.admit(now())) return { ...refused(429, 20429, 'Too Many Requests'), headers: { 'retry-after': '1' } };
    const resource = /^\/2010-04-01\/Accounts\/(\w+)\/Messages(?:\/(\w+))?\.json$/.exec(url.pathname);
    if (resource?.[1] !== accountSid) return refused(404, 20404, `The requested resource ${url.pathname} was not found`);
    if (method === 'POST' && resource[2] === undefined) return this.#create(new URLSearchParams(body.toString('utf8')));
    return resource[2] === undefined ? this.#list(url.searchParams) : this.#fetch(resource[2]);
  }

  report(message: AcceptedMessage, reversed: boolean): void {
    for (const push of statusCallbacks(message, reversed, this.#options)) this.#options.pushes.send(push);
  }

  reply(reply: Reply): void {
    const url = this.#options.registry.hookOf(PROVIDER);
    const to = this.#options.log.to(reply.from).findLast(({ provider }) => provider === PROVIDER)?.sign ?? '';
    if (url !== undefined) this.#options.pushes.send(inbound(reply, url, to, this.#options));
  }

  async #create(form: URLSearchParams): Promise<WireAnswer> {
    const { faults, account, carrier } = this.#options;
    const parsed = Create.safeParse(Object.fromEntries(form));
    if (!parsed.success) return refused(400, 21602, `Parameter ${String(parsed.error.issues[0]?.path[0])} is required or invalid`);
    const { To, From, MessagingServiceSid, Body, StatusCallback } = parsed.data;
    if (!/^\+[1-9]\d{6,14}$/.test(To)) return refused(...refusals.number);
    if (From === undefined && MessagingServiceSid === undefined) return refused(400, 21603, "A 'From' phone number is required");
    if (Body.length > BODY_LIMIT) return refused(...refusals.content);
    const fault = faults.take(PROVIDER, To);
    const before = refusalOf(fault, words);
    if (before) return before;
    // Characters outside GSM-7 make it UCS-2 (notify.md §1.7); what this system sends is Chinese.
    const parts = Body.length <= 70 ? 1 : Math.ceil(Body.length / 67);
    if (!account.pay(parts)) return refused(...refusals.balance);
    const bizId = `SM${randomUUID().replaceAll('-', '')}`;
    const draft = { to: To, sign: From ?? MessagingServiceSid ?? '', templateCode: '', text: Body, parts, bizId };
    const outId = StatusCallback === undefined ? '' : (new URL(StatusCallback).searchParams.get('outId') ?? '');
    const [taken] = await carrier.take([{ ...draft, outId, provider: PROVIDER, channel: 'sms', callback: StatusCallback }], fault);
    return carried({ status: 201, body: taken && this.#view(taken) }, fault);
  }

  #fetch(sid: string): WireAnswer {
    const found = this.#options.log.messages.find(({ provider, bizId }) => provider === PROVIDER && bizId === sid);
    return found ? { status: 200, body: this.#view(found) } : refused(404, 20404, 'The requested resource was not found');
  }

  /** Newest first; of one number, and of messages sent since a time. */
  #list(query: URLSearchParams): WireAnswer {
    const { log, now, queryLagMs } = this.#options;
    const to = query.get('To');
    const size = Number(query.get('PageSize') ?? 50);
    const found = (to === null ? log.messages : log.to(to))
      .filter((one) => one.provider === PROVIDER && now() - one.at >= queryLagMs)
      .toReversed();
    const messages = found.slice(0, size).map((one) => this.#view(one));
    return { status: 200, body: { messages, page: 0, page_size: size, next_page_uri: null, previous_page_uri: null } };
  }

  #view(one: AcceptedMessage): Record<string, unknown> {
    const { accountSid, now } = this.#options;
    const reported = one.receipt !== null && now() >= one.receiptAt;
    const { status, errorCode } = reported ? finalState(one.receipt) : { status: 'queued', errorCode: undefined };
    const service = one.sign.startsWith('MG');
    return {
      account_sid: accountSid,
      api_version: '2010-04-01',
      body: one.text,
      date_created: new Date(one.at).toUTCString().replace('GMT', '+0000'),
      date_sent: reported ? new Date(one.receiptAt).toUTCString().replace('GMT', '+0000') : null,
      date_updated: new Date(one.at).toUTCString().replace('GMT', '+0000'),
      direction: 'outbound-api',
      error_code: errorCode === undefined ? null : Number(errorCode),
      error_message: null,
      from: service ? null : one.sign,
      messaging_service_sid: service ? one.sign : null,
      num_media: '0',
      num_segments: String(one.parts),
      price: null,
      price_unit: null,
      sid: one.bizId,
      status,
      subresource_uris: { media: `/2010-04-01/Accounts/${accountSid}/Messages/${one.bizId}/Media.json` },
      to: one.to,
      uri: `/2010-04-01/Accounts/${accountSid}/Messages/${one.bizId}.json`,
    };
  }
}

const refused = (status: number, code: number, message: string): WireAnswer => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

const words: RefusalWords = {
  reason: (reason) => refused(...refusals[reason]),
  code: (code) => refused(400, Number(code), 'refused as ordered'),
  gateway: (reason) => (reason === 'throttled' ? refused(...refusals.limit) : refused(503, 20503, 'Service unavailable')),
};
