import { z } from 'zod';
import { civilMidnight, type Clock } from '#libs/contracts';
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
import { abortedBefore, failureOf, refusal, unlessAborted } from '../alicloud/errors.js';
import { loadCore, REGION, TIMEOUT_MS, type AlicloudAccount, type GenericClient } from '../alicloud/sdk.js';
import { readVoicePush, wasPlayed } from './pushes.js';
import { spoken } from './spoken.js';

export interface AlicloudVoiceOptions extends AlicloudAccount {
  /** Approved text with one variable, `content`, for messages without a TTS code of their own. */
  ttsCode: string;
  /** Number shown to the called. Needed for a call with keys; without it the text is read and no key can be pressed. */
  showNumber?: string;
  /** Texts read after key 1 (received), key 2 (help) and at the end. Both of the first two make a call with keys. */
  ackCode?: string;
  helpCode?: string;
  byeCode?: string;
  clock: Clock;
  timeoutMs?: number;
}

/** The text is read twice: who is woken by the first reading has understood half of it. Three times would outlast many people's patience before the key. */
const PLAY_TIMES = 2;
/** How long a key is waited for after the text. Shorter than it takes to find the key in the dark loses it; longer holds a line others need. */
const KEY_WAIT_MS = 10_000;
/** Products of the vendor a call is filed under (help 393529). */
const PRODUCT = { notice: '11000000300006', ivr: '11000000300005' } as const;

/** Of a call that has ended; numbers come as such or as text. */
const Text = z.union([z.string(), z.number()]).transform(String);
const CallDetail = z.object({ state: Text, duration: Text.default('0'), dtmf: Text.default('') });

/**
 * Alibaba Cloud voice (dyvmsapi 2017-05-25) through the vendor's generic client: there is no SDK of it on npm. With a number to show and texts for keys 1
 * and 2 it is a call with keys, otherwise one that only reads. The vendor gives a number one call a minute, five an hour, twenty a day; every attempt counts.
 */
export class AlicloudVoice implements Channel {
  readonly channel = 'voice';
  readonly name = 'alicloud-voice';
  readonly capabilities: { maxBatch: number; receipts: boolean; replies: boolean; maxParts: number; perSecond: number };
  readonly #sdk = loadCore();
  readonly #client: GenericClient;
  readonly #options: AlicloudVoiceOptions;
  /** Keys and the number to show, where all is there. */
  readonly #keys: { showNumber: string; ackCode: string; helpCode: string } | undefined;

  constructor(options: AlicloudVoiceOptions) {
    this.#options = options;
    const { endpoint, protocol, accessKeyId, accessKeySecret, showNumber, ackCode, helpCode } = options;
    this.#keys = showNumber && ackCode && helpCode ? { showNumber, ackCode, helpCode } : undefined;
    const perSecond = this.#keys ? 100 : 1_000;
    this.capabilities = { maxBatch: 1, receipts: true, replies: this.#keys !== undefined, maxParts: 1, perSecond };
    const { Config } = this.#sdk.core.$OpenApiUtil;
    this.#client = new this.#sdk.core.default(new Config({ endpoint, protocol, accessKeyId, accessKeySecret, regionId: REGION }));
  }

  async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
    return signal.aborted ? abortedBefore : unlessAborted(this.#call(message), signal);
  }

  /**
   * How a call ended, for reports that were pushed into the void; the vendor knows it some minutes after the call.
   * @throws without the vendor's own name of the call: a call whose answer was lost can't be asked about
   */
  async query({ sentAt, providerId }: ProviderQuestion): Promise<ProviderAnswer> {
    if (!providerId) throw new Error('alicloud-voice: a call can only be asked about by its CallId');
    for (const day of [civilMidnight(sentAt), civilMidnight(this.#options.clock.now())]) {
      const found = await this.#detail(providerId, day);
      if (found) return { ...found, providerId };
    }
    // Not filed yet: it was taken, or there would be no CallId.
    return { status: 'ACCEPTED', providerId };
  }

  inbound(request: InboundRequest): { news: ProviderNews; answer: InboundAnswer } | undefined {
    return readVoicePush(request, this.name, this.#options.clock.now());
  }

  async #call({ to, outId, template }: OutgoingMessage): Promise<SendResult> {
    const own = template.code.startsWith('TTS_');
    const code = own ? template.code : this.#options.ttsCode;
    const params = JSON.stringify(own ? template.params : { content: spoken(template.text) });
    const common = { CalledNumber: to, OutId: outId, PlayTimes: PLAY_TIMES };
    const { showNumber, byeCode } = this.#options;
    const keys = this.#keys && {
      CalledShowNumber: this.#keys.showNumber,
      StartCode: code,
      StartTtsParams: params,
      Timeout: KEY_WAIT_MS,
      MenuKeyMap: [
        { Key: '1', Code: this.#keys.ackCode },
        { Key: '2', Code: this.#keys.helpCode },
      ],
      ...(byeCode === undefined ? {} : { ByeCode: byeCode }),
    };
    const operation = keys ? 'IvrCall' : 'SingleCallByTts';
    const plain = { TtsCode: code, TtsParam: params, ...(showNumber === undefined ? {} : { CalledShowNumber: showNumber }) };
    try {
      const { body, status } = await this.#ask(operation, { ...common, ...(keys ?? plain) });
      const { Code: said = 'no-code', CallId = '' } = body;
      if (said === 'OK') return { ok: true, providerId: CallId };
      return refusal(`alicloud-voice ${operation}`, { code: said, status });
    } catch (error) {
      return refusal(`alicloud-voice ${operation}`, failureOf(error));
    }
  }

  async #detail(callId: string, day: number): Promise<{ status: 'DELIVERED' | 'FAILED'; code: string } | undefined> {
    const product = this.#keys ? PRODUCT.ivr : PRODUCT.notice;
    const data = await this.#ask('QueryCallDetailByCallId', { CallId: callId, ProdId: product, QueryDate: day }).then(
      ({ body }): unknown => (body.Data ? JSON.parse(body.Data) : undefined),
      // A new error: the SDK's own carries the request.
      (error: unknown) => Promise.reject(new Error(`alicloud-voice QueryCallDetailByCallId: ${failureOf(error).code}`)),
    );
    const detail = CallDetail.safeParse(data);
    if (!detail.success) return undefined;
    const { state: code, duration, dtmf } = detail.data;
    const played = wasPlayed({ code, seconds: Number(duration), dtmf });
    return { status: played ? 'DELIVERED' : 'FAILED', code };
  }

  async #ask(action: string, query: Record<string, unknown>): Promise<{ body: VoiceAnswer; status: number }> {
    const { core, dara } = this.#sdk;
    const timeout = this.#options.timeoutMs ?? TIMEOUT_MS;
    const params = new core.$OpenApiUtil.Params({
      action,
      version: '2017-05-25',
      protocol: this.#options.protocol,
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
    });
    const request = new core.$OpenApiUtil.OpenApiRequest({ query: core.OpenApiUtil.query(query) });
    const runtime = new dara.RuntimeOptions({ connectTimeout: timeout, readTimeout: timeout, autoretry: false });
    const answer = (await this.#client.callApi(params, request, runtime)) as { body?: VoiceAnswer; statusCode?: number };
    return { body: answer.body ?? {}, status: answer.statusCode ?? 0 };
  }
}

/** What of the vendor's answers is read. `Data` is JSON. */
interface VoiceAnswer {
  Code?: string;
  CallId?: string;
  Data?: string;
}
