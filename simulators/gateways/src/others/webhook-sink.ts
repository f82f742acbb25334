import { createHmac } from 'node:crypto';
import { simulatorWebhook } from '#libs/contracts';
import { sameSignature } from '../frame/body.js';
import type { Carrier } from '../frame/carrier.js';
import type { Faults } from '../frame/faults.js';
import type { MessageLog } from '../frame/message-log.js';
import { carried, refusalOf, type RefusalWords } from '../frame/refusal.js';
import type { Vendor, WireAnswer, WireRequest } from '../frame/vendor.js';

export interface WebhookSinkOptions {
  log: MessageLog;
  faults: Faults;
  carrier: Carrier;
  now: () => number;
}

const PROVIDER = 'webhook';
const CLOCK_SKEW_S = 300;

/** A receiver of webhooks under `/hook/…` as another authority would run it: checks the signature, takes the same message once. */
export class WebhookSink implements Vendor {
  readonly providers = [PROVIDER];
  readonly #options: WebhookSinkOptions;

  constructor(options: WebhookSinkOptions) {
    this.#options = options;
  }

  takes({ method, url }: WireRequest): boolean {
    return method === 'POST' && url.pathname.startsWith('/hook/');
  }

  async answer({ url, headers, body }: WireRequest): Promise<WireAnswer> {
    const { log, faults, carrier, now } = this.#options;
    const id = String(headers['webhook-id'] ?? '');
    const timestamp = String(headers['webhook-timestamp'] ?? '');
    if (id === '' || Math.abs(now() / 1000 - Number(timestamp)) > CLOCK_SKEW_S) return refused(401);
    const expected = createHmac('sha256', simulatorWebhook.secret)
      .update(`${id}.${timestamp}.${body.toString('utf8')}`)
      .digest('base64');
    const given = String(headers['webhook-signature'] ?? '')
      .split(' ')
      .some((one) => sameSignature(one, `v1,${expected}`));
    if (!given) return refused(401);
    if (log.messages.some(({ provider, outId }) => provider === PROVIDER && outId === id))
      return { status: 200, body: { taken: 'before' } };
    const fault = faults.take(PROVIDER, url.pathname);
    const before = refusalOf(fault, words);
    if (before) return before;
    const draft = { to: url.pathname, sign: '', templateCode: '', text: body.toString('utf8'), parts: 1 };
    await carrier.take([{ ...draft, outId: id, bizId: id, provider: PROVIDER, channel: 'webhook' }], fault ?? { kind: 'no-receipt' });
    return carried({ status: 200, body: { taken: 'now' } }, fault);
  }
}

const refused = (status: number): WireAnswer => ({ status, body: {} });
const statuses = { number: 404, limit: 429, balance: 403, template: 404, content: 422 } as const;
const words: RefusalWords = {
  reason: (reason) => refused(statuses[reason]),
  code: (code) => refused(Number(code) % 1000),
  gateway: (reason) => refused(reason === 'throttled' ? 429 : 503),
};
