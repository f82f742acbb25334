import { z } from 'zod';
import type { Call } from '../frame/message-log.js';
import { isMainlandMobile, normaliseNumber } from '../frame/numbers.js';
import type { WireAnswer } from '../frame/vendor.js';
import { carried, refusalOf } from '../frame/refusal.js';
import { answer, shanghai, wordsOf, type Reasons } from './answers.js';
import { callRecord } from './call-record.js';
import type { AlicloudOptions } from './sms.js';
import { fillTemplate } from './template.js';

export const voiceProvider = 'alicloud-voice';
/** All variables of a text together (notify.md §3.2). */
const VARIABLES_LIMIT = 250;
const OUT_ID_BYTES = 15;
/** Products a call is filed under (help 393529); a question that names the other one finds nothing. */
const PRODUCT = { notice: '11000000300006', ivr: '11000000300005' } as const;
const DAY_MS = 86_400_000;

const OutId = z
  .string()
  .refine((id) => Buffer.byteLength(id) <= OUT_ID_BYTES)
  .default('');
const PlayTimes = z.coerce.number().int().min(1).max(3).default(1);
const SingleCallByTts = z.object({
  CalledNumber: z.string().min(1),
  CalledShowNumber: z.string().optional(),
  TtsCode: z.string().min(1),
  TtsParam: z.string().optional(),
  PlayTimes,
  OutId,
});
const IvrCall = z.object({
  CalledNumber: z.string().min(1),
  CalledShowNumber: z.string().min(1),
  StartCode: z.string().min(1),
  StartTtsParams: z.string().optional(),
  ByeCode: z.string().optional(),
  PlayTimes,
  Timeout: z.coerce.number().int().optional(),
  OutId,
});
const QueryCallDetail = z.object({
  CallId: z.string().min(1),
  ProdId: z.string().min(1),
  QueryDate: z.coerce.number().int(),
});

const reasons: Reasons = {
  number: ['isv.MOBILE_NUMBER_ILLEGAL', '号码格式非法'],
  limit: ['isv.BUSINESS_LIMIT_CONTROL', '触发分钟级流控Permits:1'],
  balance: ['isv.AMOUNT_NOT_ENOUGH', '账户余额不足'],
  template: ['isv.TTS_TEMPLATE_ILLEGAL', 'TTS模板不合法'],
  content: ['isv.BLACK_KEY_CONTROL_LIMIT', '模板变量中存在黑名单关键字'],
};

type Params = Readonly<Record<string, string>>;
interface Order {
  to: string;
  code: string;
  param: string | undefined;
  plays: number;
  outId: string;
  product: keyof typeof PRODUCT;
  menu: Record<string, string>;
}

/** dyvmsapi 2017-05-25: calls that read a text out, and wait for a key. */
export class AlicloudVoiceSimulator {
  readonly #options: AlicloudOptions;
  #sequence = 0;

  constructor(options: AlicloudOptions) {
    this.#options = options;
  }

  /** @returns undefined for an operation that is not of this product */
  call(action: string, params: Params): Promise<WireAnswer> | WireAnswer | undefined {
    if (action === 'SingleCallByTts') return this.#single(params);
    if (action === 'IvrCall') return this.#ivr(params);
    return action === 'QueryCallDetailByCallId' ? this.#query(params) : undefined;
  }

  #single(params: Params): Promise<WireAnswer> | WireAnswer {
    const parsed = SingleCallByTts.safeParse(params);
    if (!parsed.success) return invalid(parsed.error);
    const { CalledNumber: to, TtsCode: code, TtsParam: param, PlayTimes: plays, OutId: outId } = parsed.data;
    return this.#take({ to, code, param, plays, outId, product: 'notice', menu: {} });
  }

  #ivr(params: Params): Promise<WireAnswer> | WireAnswer {
    const parsed = IvrCall.safeParse(params);
    if (!parsed.success) return invalid(parsed.error);
    const { CalledNumber: to, StartCode: code, StartTtsParams: param, PlayTimes: plays, OutId: outId, ByeCode } = parsed.data;
    const menu = menuOf(params, (name) => this.#options.registry.template(name));
    const bye = ByeCode === undefined || this.#options.registry.template(ByeCode) !== undefined;
    if (!menu || !bye) return answer(...reasons.template);
    return this.#take({ to, code, param, plays, outId, product: 'ivr', menu });
  }

  async #take({ to, code, param, plays, outId, product, menu }: Order): Promise<WireAnswer> {
    const { registry, faults, limit, account, carrier, now } = this.#options;
    if (!isMainlandMobile(to)) return answer(...reasons.number);
    const template = code.startsWith('TTS_') ? registry.template(code) : undefined;
    if (template === undefined) return answer(...reasons.template);
    const fault = faults.take(voiceProvider, to);
    const before = refusalOf(fault, wordsOf(reasons));
    if (before) return before;
    const filled = fillTemplate(template, param, { all: VARIABLES_LIMIT });
    if ('code' in filled) return answer(filled.code, filled.message);
    const full = limit.exceeded(normaliseNumber(to), now());
    if (full) return answer('isv.BUSINESS_LIMIT_CONTROL', `触发${full.name}流控Permits:${full.permits}`);
    if (!account.pay(1)) return answer(...reasons.balance);
    limit.count(normaliseNumber(to), now());
    const CallId = `${PRODUCT[product]}${String((this.#sequence += 1)).padStart(4, '0')}^${now()}`;
    const call: Call = { state: 'ringing', menu, plays, seconds: 0 };
    const draft = { to, sign: '', templateCode: code, text: filled.text, parts: 1, outId, bizId: CallId, call };
    await carrier.take([{ ...draft, provider: voiceProvider, channel: 'voice' }], fault);
    return carried(answer('OK', 'OK', { CallId }), fault);
  }

  #query(params: Params): WireAnswer {
    const parsed = QueryCallDetail.safeParse(params);
    if (!parsed.success) return invalid(parsed.error);
    const { CallId, ProdId, QueryDate } = parsed.data;
    const { log, now, queryLagMs } = this.#options;
    const found = log.messages.find(
      (one) =>
        one.provider === voiceProvider &&
        one.bizId === CallId &&
        CallId.startsWith(ProdId) &&
        one.call?.state === 'ended' &&
        one.receipt !== null &&
        one.at >= QueryDate &&
        one.at < QueryDate + DAY_MS &&
        now() - one.receiptAt >= queryLagMs,
    );
    if (!found) return answer('OK', 'OK', {});
    const record = callRecord(found);
    const Data = JSON.stringify({
      callId: CallId,
      callee: found.to.replace(/^\+86/, ''),
      startDate: shanghai(found.at),
      endDate: shanghai(found.receiptAt),
      duration: record.seconds,
      dtmf: record.dtmf,
      state: record.code,
      stateDesc: record.message,
    });
    return answer('OK', 'OK', { Data });
  }
}

const invalid = (error: z.ZodError): WireAnswer => answer('isv.INVALID_PARAMETERS', `参数异常: ${String(error.issues[0]?.path[0])}`);

/** `MenuKeyMap.1.Key=1&MenuKeyMap.1.Code=TTS_2` → key → text. @returns undefined when a text is not registered */
function menuOf(params: Params, text: (code: string) => string | undefined): Record<string, string> | undefined {
  const menu: Record<string, string> = {};
  for (let index = 1; params[`MenuKeyMap.${index}.Key`] !== undefined; index += 1) {
    const said = text(params[`MenuKeyMap.${index}.Code`] ?? '');
    if (said === undefined) return undefined;
    menu[params[`MenuKeyMap.${index}.Key`] ?? ''] = said;
  }
  return menu;
}
