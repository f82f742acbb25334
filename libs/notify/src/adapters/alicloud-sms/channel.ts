import { DAY, type Clock } from '#libs/contracts';
import { civilDay } from '../../message/civil-time.js';
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
import { abortedBefore, failureOf, refusal, unlessAborted, type SdkFailure } from '../alicloud/errors.js';
import { loadSms, REGION, TIMEOUT_MS, type AlicloudAccount, type Dysms } from '../alicloud/sdk.js';
import { readSmsPush } from './pushes.js';

export interface AlicloudSmsOptions extends AlicloudAccount {
  /** Sign in force, as registered, without brackets. */
  sign: () => string;
  clock: Clock;
  timeoutMs?: number;
}

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
  readonly #sdk = loadSms();
  readonly #client: Dysms;
  readonly #options: AlicloudSmsOptions;

  constructor(options: AlicloudSmsOptions) {
    this.#options = options;
    const { endpoint, protocol, accessKeyId, accessKeySecret } = options;
    const { Config } = this.#sdk.core.$OpenApiUtil;
    this.#client = new this.#sdk.dysms.default(new Config({ endpoint, protocol, accessKeyId, accessKeySecret, regionId: REGION }));
  }

  async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
    return signal.aborted ? abortedBefore : unlessAborted(this.#send(message), signal);
  }

  async query({ outId, to, sentAt }: ProviderQuestion): Promise<ProviderAnswer> {
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

  inbound(request: InboundRequest): { news: ProviderNews; answer: InboundAnswer } | undefined {
    return readSmsPush(request, this.name, this.#options.clock.now());
  }

  async #send(message: OutgoingMessage): Promise<SendResult> {
    const request = new this.#sdk.dysms.SendSmsRequest({
      phoneNumbers: message.to,
      signName: this.#options.sign(),
      templateCode: message.template.code,
      templateParam: JSON.stringify(message.template.params),
      outId: message.outId,
    });
    try {
      const response = await this.#client.sendSmsWithOptions(request, this.#runtime());
      const code = response.body?.code ?? 'no-code';
      // HTTP 200 is not success: business errors resolve too.
      if (code === 'OK') return { ok: true, providerId: response.body?.bizId ?? '' };
      return refusal('alicloud SendSms', { code, status: response.statusCode });
    } catch (error) {
      return refusal('alicloud SendSms', failureOf(error));
    }
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

const statusOf = (sendStatus: number | string | undefined) =>
  Number(sendStatus) === DELIVERED ? 'DELIVERED' : Number(sendStatus) === FAILED ? 'FAILED' : 'ACCEPTED';

/** Civil days a message may be filed under: it was handed over at `from` at the earliest, perhaps again after midnight. */
function daysBetween(from: number, to: number): string[] {
  const days = new Set<string>();
  for (let at = from; at < to; at += DAY) days.add(civilDay(at));
  days.add(civilDay(Math.max(from, to)));
  return [...days];
}
