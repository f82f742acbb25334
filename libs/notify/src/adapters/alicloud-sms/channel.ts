import { DAY, type Clock } from '#libs/contracts';
import { civilDay } from '../../civil-time.js';
import type { Channel, OutgoingMessage, ProviderAnswer, SendResult } from '../../ports.js';
import { classify, failureOf, type SdkFailure } from './errors.js';
import { loadSdk, type Dysms } from './sdk.js';

export interface AlicloudSmsOptions {
  /** Host, or host:port of the gateway simulator. */
  endpoint: string;
  protocol: 'HTTP' | 'HTTPS';
  accessKeyId: string;
  accessKeySecret: string;
  /** Sign in force, as registered, without brackets. */
  sign: () => string;
  clock: Clock;
  timeoutMs?: number;
}

/**
 * Connect and read alike: the SDK's default total is 3 s, and its connect timeout also fires after the request has arrived. Shorter turns slow
 * answers into questions; longer would outlive the worker's own limit and its lease.
 */
const TIMEOUT_MS = 5_000;
const PAGE_SIZE = 50;
/** 50 messages a number and day is the vendor's own limit for notifications; four pages see past other senders of the same account. */
const MAX_PAGES = 4;
/** `SendStatus` of QuerySendDetails. */
const FAILED = 2;
const DELIVERED = 3;

/**
 * Alibaba Cloud SMS (dysmsapi 2017-05-25) through the vendor's SDK. One number a request: the vendor warns that batches may be delayed
 * (notify.md §0.5). The SDK does not retry by default, and is left so: the vendor has no idempotency, `OutId` is only echoed.
 */
export class AlicloudSms implements Channel {
  readonly channel = 'sms';
  readonly name = 'alicloud';
  readonly capabilities = { maxBatch: 1, receipts: true, replies: true, maxParts: 10 };
  readonly #sdk = loadSdk();
  readonly #client: Dysms;
  readonly #options: AlicloudSmsOptions;

  constructor(options: AlicloudSmsOptions) {
    this.#options = options;
    const { endpoint, protocol, accessKeyId, accessKeySecret } = options;
    const { Config } = this.#sdk.core.$OpenApiUtil;
    this.#client = new this.#sdk.dysms.default(new Config({ endpoint, protocol, accessKeyId, accessKeySecret, regionId: 'cn-hangzhou' }));
  }

  async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
    const request = new this.#sdk.dysms.SendSmsRequest({
      phoneNumbers: message.to,
      signName: this.#options.sign(),
      templateCode: message.template.code,
      templateParam: JSON.stringify(message.template.params),
      outId: message.outId,
    });
    if (signal.aborted) return { ok: false, cls: 'TRANSIENT', code: 'aborted-before-send', message: 'Given up before the request left.' };
    const given = untilAborted(signal);
    try {
      const response = await Promise.race([this.#client.sendSmsWithOptions(request, this.#runtime()), given.up]);
      if (response === 'aborted')
        return { ok: false, cls: 'UNKNOWN', code: 'aborted', message: 'Given up while the provider had the request.' };
      const code = response.body?.code ?? 'no-code';
      // HTTP 200 is not success: business errors resolve too.
      if (code === 'OK') return { ok: true, providerId: response.body?.bizId ?? '' };
      return refusal({ code, status: response.statusCode });
    } catch (error) {
      return refusal(failureOf(error));
    } finally {
      given.release();
    }
  }

  async query({ outId, to, sentAt }: { outId: string; to: string; sentAt: number }): Promise<ProviderAnswer> {
    for (const day of daysBetween(sentAt, this.#options.clock.now())) {
      for (let page = 1; page <= MAX_PAGES; page += 1) {
        const details = await this.#page(to, day, page);
        const found = details.find((detail) => detail.outId === outId);
        // The vendor gives one BizId a request and does not repeat it here; OutId names the message as well.
        if (found) return { status: statusOf(found.sendStatus), providerId: outId, code: found.errCode };
        if (details.length < PAGE_SIZE) break;
      }
    }
    return 'ABSENT';
  }

  async #page(phoneNumber: string, sendDate: string, currentPage: number) {
    const request = new this.#sdk.dysms.QuerySendDetailsRequest({ phoneNumber, sendDate, pageSize: PAGE_SIZE, currentPage });
    let failure: SdkFailure;
    try {
      const { body, statusCode } = await this.#client.querySendDetailsWithOptions(request, this.#runtime());
      if (body?.code === 'OK') return body.smsSendDetailDTOs?.smsSendDetailDTO ?? [];
      failure = { code: body?.code ?? 'no-code', status: statusCode };
    } catch (error) {
      failure = failureOf(error);
    }
    // A new error: the SDK's own carries the phone number.
    throw new Error(`alicloud QuerySendDetails: ${failure.code}`);
  }

  #runtime() {
    const timeout = this.#options.timeoutMs ?? TIMEOUT_MS;
    return new this.#sdk.dara.RuntimeOptions({ connectTimeout: timeout, readTimeout: timeout, autoretry: false });
  }
}

function refusal({ code, status, retryAfterMs }: SdkFailure): SendResult {
  const cls = classify(code, status);
  const message = `alicloud SendSms: ${code}${status === undefined ? '' : `, HTTP ${status}`}`;
  return { ok: false, cls, code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

const statusOf = (sendStatus: number | string | undefined) =>
  Number(sendStatus) === DELIVERED ? 'DELIVERED' : Number(sendStatus) === FAILED ? 'FAILED' : 'ACCEPTED';

/** Civil days a message may be filed under: it was handed over at `from` at the earliest, perhaps again after midnight. */
function daysBetween(from: number, to: number): string[] {
  const days = new Set<string>();
  for (let at = from; at < to; at += DAY) days.add(civilDay(at));
  days.add(civilDay(Math.max(from, to)));
  return [...days];
}

function untilAborted(signal: AbortSignal): { up: Promise<'aborted'>; release: () => void } {
  const listening = new AbortController();
  const up = new Promise<'aborted'>((resolve) => {
    signal.addEventListener('abort', () => resolve('aborted'), { once: true, signal: listening.signal });
  });
  return { up, release: () => listening.abort() };
}
