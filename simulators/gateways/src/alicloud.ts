import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Fault, Faults } from './faults.js';
import type { DailyLimit } from './limits.js';
import type { AcceptedMessage, MessageLog } from './message-log.js';
import { isMainlandMobile, normaliseNumber } from './numbers.js';
import type { Registry } from './registry.js';

/** An answer on the wire, or the ways a wire fails. `afterMs` delays it; `drop` closes the socket instead. */
export interface WireAnswer {
  status: number;
  body: Record<string, unknown>;
  afterMs?: number;
  drop?: boolean;
}

export interface AlicloudOptions {
  log: MessageLog;
  registry: Registry;
  faults: Faults;
  limit: DailyLimit;
  now: () => number;
  /** Until the carrier's receipt is in. */
  receiptDelayMs: number;
  /** Until an accepted message shows in QuerySendDetails; real providers lag. */
  queryLagMs: number;
  reply: (from: string, text: string, afterMs: number) => void;
}

/** Longest value of a notification variable (notify.md §1.6). */
const VARIABLE_LIMIT = 35;
const SHANGHAI_MS = 8 * 3_600_000;
const shanghai = (at: number): string => new Date(at + SHANGHAI_MS).toISOString().replace('T', ' ').slice(0, 19);

const SendSms = z.object({
  PhoneNumbers: z.string().min(1),
  SignName: z.string().min(1),
  TemplateCode: z.string().min(1),
  TemplateParam: z.string().optional(),
  OutId: z.string().max(255).default(''),
});
const QuerySendDetails = z.object({
  PhoneNumber: z.string().min(1),
  SendDate: z.string().regex(/^\d{8}$/),
  PageSize: z.coerce.number().int().min(1).max(50),
  CurrentPage: z.coerce.number().int().min(1),
  BizId: z.string().optional(),
});

const answer = (Code: string, Message: string, more: Record<string, unknown> = {}): WireAnswer => ({
  status: 200,
  body: { RequestId: randomUUID().toUpperCase(), Code, Message, ...more },
});

/** The two operations of dysmsapi 2017-05-25 the station uses. Refusals of business arrive with HTTP 200, as the vendor's do. */
export class AlicloudSimulator {
  static readonly provider = 'alicloud';
  readonly #options: AlicloudOptions;
  #sequence = 0;

  constructor(options: AlicloudOptions) {
    this.#options = options;
  }

  async call(action: string, params: Readonly<Record<string, string>>): Promise<WireAnswer> {
    switch (action) {
      case 'SendSms':
        return this.#send(params);
      case 'QuerySendDetails':
        return this.#query(params);
      default:
        return { status: 404, body: { Code: 'InvalidAction.NotFound', Message: `Specified api is not found: ${action}` } };
    }
  }

  async #send(params: Readonly<Record<string, string>>): Promise<WireAnswer> {
    const parsed = SendSms.safeParse(params);
    if (!parsed.success) return answer('isv.INVALID_PARAMETERS', `参数异常: ${String(parsed.error.issues[0]?.path[0])}`);
    const { PhoneNumbers, SignName, TemplateCode, TemplateParam, OutId } = parsed.data;
    const { registry, faults, limit, now } = this.#options;
    const numbers = PhoneNumbers.split(',');
    if (numbers.length > 1000) return answer('isv.MOBILE_COUNT_OVER_LIMIT', '手机号码数量超过限制');
    if (!numbers.every(isMainlandMobile)) return answer('isv.MOBILE_NUMBER_ILLEGAL', '非法手机号');
    if (!registry.knowsSign(SignName)) return answer('isv.SMS_SIGNATURE_ILLEGAL', '短信签名不合法');
    const template = registry.template(TemplateCode);
    if (template === undefined) return answer('isv.SMS_TEMPLATE_ILLEGAL', '短信模板不合法');
    const filled = fillTemplate(template, TemplateParam);
    if ('code' in filled) return answer(filled.code, filled.message);

    const fault = faults.take(AlicloudSimulator.provider, numbers[0] ?? '');
    const before = refusalOf(fault);
    if (before) return before;
    const key = (number: string) => `${normaliseNumber(number)}|${SignName}|${TemplateCode}`;
    if (numbers.some((number) => limit.exceeded(key(number), now()))) return answer('isv.BUSINESS_LIMIT_CONTROL', '触发天级流控Permits:50');

    const bizId = `${now()}${String((this.#sequence += 1)).padStart(6, '0')}^0`;
    const accepted = numbers.map((number) => this.#message(number, SignName, TemplateCode, filled.text, OutId, bizId, fault));
    await Promise.all(accepted.map((message) => this.#options.log.add({ message })));
    for (const number of numbers) limit.count(key(number), now());
    if (fault?.kind === 'reply') for (const number of numbers) this.#options.reply(number, fault.text, fault.afterMs);
    const ok = answer('OK', 'OK', { BizId: bizId });
    if (fault?.kind === 'accept-then-drop') return { ...ok, drop: true };
    return fault?.kind === 'delay' ? { ...ok, afterMs: fault.ms } : ok;
  }

  #message(
    to: string,
    sign: string,
    templateCode: string,
    body: string,
    outId: string,
    bizId: string,
    fault: Fault | undefined,
  ): AcceptedMessage {
    const text = `【${sign}】${body}`;
    return {
      id: randomUUID(),
      to: normaliseNumber(to),
      sign,
      templateCode,
      text,
      parts: text.length <= 70 ? 1 : Math.ceil(text.length / 67),
      outId,
      bizId,
      provider: AlicloudSimulator.provider,
      channel: 'sms',
      at: this.#options.now(),
      receipt: fault?.kind === 'no-receipt' ? null : fault?.kind === 'receipt-failed' ? fault.code : 'DELIVERED',
    };
  }

  #query(params: Readonly<Record<string, string>>): WireAnswer {
    const parsed = QuerySendDetails.safeParse(params);
    if (!parsed.success) return answer('isv.INVALID_PARAMETERS', `参数异常: ${String(parsed.error.issues[0]?.path[0])}`);
    const { PhoneNumber, SendDate, PageSize, CurrentPage, BizId } = parsed.data;
    const { log, now, queryLagMs } = this.#options;
    const found = log
      .to(PhoneNumber)
      .filter((one) => shanghai(one.at).slice(0, 10).replaceAll('-', '') === SendDate && (BizId === undefined || one.bizId === BizId))
      .filter((one) => now() - one.at >= queryLagMs)
      .toReversed();
    const page = found.slice((CurrentPage - 1) * PageSize, CurrentPage * PageSize).map((one) => this.#detail(one));
    return answer('OK', 'OK', { TotalCount: String(found.length), SmsSendDetailDTOs: { SmsSendDetailDTO: page } });
  }

  #detail(one: AcceptedMessage): Record<string, unknown> {
    const reported = one.receipt !== null && this.#options.now() - one.at >= this.#options.receiptDelayMs;
    return {
      PhoneNum: one.to.replace(/^\+86/, ''),
      Content: one.text,
      TemplateCode: one.templateCode,
      OutId: one.outId,
      SendDate: shanghai(one.at),
      SendStatus: !reported ? 1 : one.receipt === 'DELIVERED' ? 3 : 2,
      ...(reported ? { ReceiveDate: shanghai(one.at + this.#options.receiptDelayMs), ErrCode: one.receipt } : {}),
    };
  }
}

/** Faults that keep the message from being taken. */
function refusalOf(fault: Fault | undefined): WireAnswer | undefined {
  if (fault === undefined) return undefined;
  switch (fault.kind) {
    case 'refuse':
      return answer(fault.code, fault.message);
    case 'gateway-error':
      return { status: fault.status, body: { RequestId: randomUUID(), Code: fault.code, Message: fault.code } };
    case 'drop':
      return { status: 200, body: {}, drop: true };
    case 'accept-then-drop':
    case 'delay':
    case 'no-receipt':
    case 'receipt-failed':
    case 'reply':
      return undefined; // taken; what follows differs
  }
}

/** The vendor's checks of TemplateParam: a JSON object, every value a string, all variables there, none too long. */
function fillTemplate(template: string, given: string | undefined): { text: string } | { code: string; message: string } {
  const wanted = [...template.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1] ?? '');
  let params: unknown;
  try {
    params = JSON.parse(given ?? '{}');
  } catch {
    return { code: 'isv.INVALID_JSON_PARAM', message: 'JSON参数不合法' };
  }
  const strings = z.record(z.string(), z.string()).safeParse(params);
  if (!strings.success) return { code: 'isv.INVALID_JSON_PARAM', message: 'JSON参数不合法，只接受字符串值' };
  const values = strings.data;
  if (wanted.some((name) => !values[name])) return { code: 'isv.TEMPLATE_MISSING_PARAMETERS', message: '模板缺少变量' };
  const text = Object.values(values);
  if (text.some((value) => value.length > VARIABLE_LIMIT)) return { code: 'isv.PARAM_LENGTH_LIMIT', message: '参数超出长度限制' };
  if (text.some((value) => /https?:|\d{7,}|[【】]/.test(value)))
    return { code: 'isv.TEMPLATE_PARAMS_ILLEGAL', message: '模板变量里包含非法内容' };
  return { text: template.replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? '') };
}
