import { z } from 'zod';
import type { Carrier, Draft } from '../frame/carrier.js';
import type { Faults } from '../frame/faults.js';
import type { Account, Limit } from '../frame/limits.js';
import type { AcceptedMessage, MessageLog } from '../frame/message-log.js';
import { isMainlandMobile, normaliseNumber } from '../frame/numbers.js';
import type { Registry } from '../frame/registry.js';
import type { WireAnswer } from '../frame/vendor.js';
import { carried, refusalOf } from '../frame/refusal.js';
import { answer, shanghai, wordsOf, type Reasons } from './answers.js';
import { fillTemplate } from './template.js';

export interface AlicloudOptions {
  log: MessageLog;
  registry: Registry;
  faults: Faults;
  limit: Limit;
  account: Account;
  carrier: Carrier;
  now: () => number;
  /** Until an accepted message shows in a query; real providers lag. */
  queryLagMs: number;
}

export const smsProvider = 'alicloud';
/** Longest value of a notification variable (notify.md §1.6). */
const VARIABLE_LIMIT = 35;
const NUMBERS_LIMIT = 1000;
const BATCH_LIMIT = 100;

const SendSms = z.object({
  PhoneNumbers: z.string().min(1),
  SignName: z.string().min(1),
  TemplateCode: z.string().min(1),
  TemplateParam: z.string().optional(),
  OutId: z.string().max(255).default(''),
});
const List = z
  .string()
  .transform((text, issues): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      issues.addIssue('not JSON');
      return z.NEVER;
    }
  })
  .pipe(z.array(z.unknown()).min(1));
const SendBatchSms = z.object({
  PhoneNumberJson: List.pipe(z.array(z.string())),
  SignNameJson: List.pipe(z.array(z.string())),
  TemplateCode: z.string().min(1),
  TemplateParamJson: List.optional(),
  OutId: z.string().max(255).default(''),
});
const QuerySendDetails = z.object({
  PhoneNumber: z.string().min(1),
  SendDate: z.string().regex(/^\d{8}$/),
  PageSize: z.coerce.number().int().min(1).max(50),
  CurrentPage: z.coerce.number().int().min(1),
  BizId: z.string().optional(),
});

const reasons: Reasons = {
  number: ['isv.MOBILE_NUMBER_ILLEGAL', '非法手机号'],
  limit: ['isv.BUSINESS_LIMIT_CONTROL', '触发天级流控Permits:50'],
  balance: ['isv.AMOUNT_NOT_ENOUGH', '账户余额不足'],
  template: ['isv.SMS_TEMPLATE_ILLEGAL', '短信模板不合法'],
  content: ['isv.SMS_CONTENT_ILLEGAL', '短信内容包含禁止发送内容'],
};

type Params = Readonly<Record<string, string>>;
/** One message to one number. */
interface Line {
  to: string;
  sign: string;
  param: string | undefined;
}

/** dysmsapi 2017-05-25: what the vendor's SMS takes, refuses and tells. */
export class AlicloudSmsSimulator {
  readonly #options: AlicloudOptions;
  #sequence = 0;

  constructor(options: AlicloudOptions) {
    this.#options = options;
  }

  /** @returns undefined for an operation that is not of this product */
  call(action: string, params: Params): Promise<WireAnswer> | WireAnswer | undefined {
    if (action === 'SendSms') return this.#send(params);
    if (action === 'SendBatchSms') return this.#sendBatch(params);
    return action === 'QuerySendDetails' ? this.#query(params) : undefined;
  }

  #send(params: Params): Promise<WireAnswer> | WireAnswer {
    const parsed = SendSms.safeParse(params);
    if (!parsed.success) return invalid(parsed.error);
    const { PhoneNumbers, SignName, TemplateCode, TemplateParam, OutId } = parsed.data;
    const numbers = PhoneNumbers.split(',');
    if (numbers.length > NUMBERS_LIMIT) return answer('isv.MOBILE_COUNT_OVER_LIMIT', '手机号码数量超过限制');
    return this.#take(
      numbers.map((to) => ({ to, sign: SignName, param: TemplateParam })),
      TemplateCode,
      OutId,
    );
  }

  #sendBatch(params: Params): Promise<WireAnswer> | WireAnswer {
    const parsed = SendBatchSms.safeParse(params);
    if (!parsed.success) return invalid(parsed.error);
    const { PhoneNumberJson: numbers, SignNameJson: signs, TemplateCode, TemplateParamJson: given, OutId } = parsed.data;
    if (numbers.length > BATCH_LIMIT) return answer('isv.MOBILE_COUNT_OVER_LIMIT', '手机号码数量超过限制');
    if (signs.length !== numbers.length || (given && given.length !== numbers.length))
      return answer('isv.INVALID_PARAMETERS', '参数异常: 号码、签名与参数个数不一致');
    const lines = numbers.map((to, index): Line => {
      const param = given?.[index];
      return { to, sign: signs[index] ?? '', param: param === undefined ? undefined : JSON.stringify(param) };
    });
    return this.#take(lines, TemplateCode, OutId);
  }

  async #take(lines: readonly Line[], templateCode: string, outId: string): Promise<WireAnswer> {
    const { registry, faults, limit, account, carrier, now } = this.#options;
    if (!lines.every(({ to }) => isMainlandMobile(to))) return answer(...reasons.number);
    if (!lines.every(({ sign }) => registry.knowsSign(sign))) return answer('isv.SMS_SIGNATURE_ILLEGAL', '短信签名不合法');
    const template = registry.template(templateCode);
    if (template === undefined || !templateCode.startsWith('SMS_')) return answer(...reasons.template);
    const fault = faults.take(smsProvider, lines[0]?.to ?? '');
    const before = refusalOf(fault, wordsOf(reasons));
    if (before) return before;
    const bizId = `${now()}${String((this.#sequence += 1)).padStart(6, '0')}^0`;
    const drafts: Draft[] = [];
    for (const { to, sign, param } of lines) {
      const filled = fillTemplate(template, param, { each: VARIABLE_LIMIT });
      if ('code' in filled) return answer(filled.code, filled.message);
      drafts.push(draftOf(to, sign, templateCode, filled.text, outId, bizId));
    }
    const full = lines.map((line) => limit.exceeded(keyOf(line, templateCode), now())).find(Boolean);
    if (full) return answer('isv.BUSINESS_LIMIT_CONTROL', `触发${full.name}流控Permits:${full.permits}`);
    if (!account.pay(drafts.reduce((sum, { parts }) => sum + parts, 0))) return answer(...reasons.balance);
    for (const line of lines) limit.count(keyOf(line, templateCode), now());
    await carrier.take(drafts, fault);
    return carried(answer('OK', 'OK', { BizId: bizId }), fault);
  }

  #query(params: Params): WireAnswer {
    const parsed = QuerySendDetails.safeParse(params);
    if (!parsed.success) return invalid(parsed.error);
    const { PhoneNumber, SendDate, PageSize, CurrentPage, BizId } = parsed.data;
    const { log, now, queryLagMs } = this.#options;
    const found = log
      .to(PhoneNumber)
      .filter((one) => one.provider === smsProvider && (BizId === undefined || one.bizId === BizId))
      .filter((one) => shanghai(one.at).slice(0, 10).replaceAll('-', '') === SendDate && now() - one.at >= queryLagMs)
      .toReversed();
    const page = found.slice((CurrentPage - 1) * PageSize, CurrentPage * PageSize).map((one) => detailOf(one, now()));
    return answer('OK', 'OK', { TotalCount: String(found.length), SmsSendDetailDTOs: { SmsSendDetailDTO: page } });
  }
}

/** What the vendor counts its limit of notifications by. */
export const keyOf = ({ to, sign }: Pick<Line, 'to' | 'sign'>, templateCode: string): string =>
  `${normaliseNumber(to)}|${sign}|${templateCode}`;

const invalid = (error: z.ZodError): WireAnswer => answer('isv.INVALID_PARAMETERS', `参数异常: ${String(error.issues[0]?.path[0])}`);

function draftOf(to: string, sign: string, templateCode: string, body: string, outId: string, bizId: string): Draft {
  const text = `【${sign}】${body}`;
  const parts = text.length <= 70 ? 1 : Math.ceil(text.length / 67);
  return { to, sign, templateCode, text, parts, outId, bizId, provider: smsProvider, channel: 'sms' };
}

function detailOf(one: AcceptedMessage, now: number): Record<string, unknown> {
  const reported = one.receipt !== null && now >= one.receiptAt;
  return {
    PhoneNum: one.to.replace(/^\+86/, ''),
    Content: one.text,
    TemplateCode: one.templateCode,
    OutId: one.outId,
    SendDate: shanghai(one.at),
    SendStatus: !reported ? 1 : one.receipt === 'DELIVERED' ? 3 : 2,
    ...(reported ? { ReceiveDate: shanghai(one.receiptAt), ErrCode: one.receipt } : {}),
  };
}
