import type { ErrorClass, SendResult } from '../../ports.js';

/**
 * Vendor's code → class (notify.md §1.5; sources: Alibaba Cloud SMS help 101346, 101347, voice help 178344). Business errors arrive with
 * HTTP 200, gateway errors as 4xx and 5xx; the code decides for both.
 */
const classOf: Readonly<Record<ErrorClass, readonly string[]>> = {
  TRANSIENT: [
    'ServiceUnavailable',
    'InternalError',
    'isp.SYSTEM_ERROR',
    'isp.GATEWAY_ERROR',
    'SignatureNonceUsed',
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'isv.VOICE_CALL_FAIL',
  ],
  UNKNOWN: ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'RequestTimeoutError'],
  // Calls are not put through at this hour: no use waiting for the morning, another channel is open now.
  RECIPIENT_LIMIT: ['isv.BUSINESS_LIMIT_CONTROL', 'isv.VOICE_ROBOT_NOT_PERIOD', 'isv.VOICE_CALL_PERIOD_ERROR'],
  RECIPIENT_PERM: ['isv.MOBILE_NUMBER_ILLEGAL', 'isv.COMPLAINT_REJECT'],
  ACCOUNT: [
    'isv.AMOUNT_NOT_ENOUGH',
    'isv.OUT_OF_SERVICE',
    'isv.ACCOUNT_ABNORMAL',
    'isv.ACCOUNT_NOT_EXISTS',
    'isv.PRODUCT_UN_SUBSCRIPT',
    'isv.PRODUCT_UNSUBSCRIBE',
    'isp.RAM_PERMISSION_DENY',
    'isv.DAY_LIMIT_CONTROL',
    'isv.MONTH_LIMIT_CONTROL',
    'isv.DENY_IP_RANGE',
    'InvalidAccessKeyId.NotFound',
    'IncompleteSignature',
    'SignatureDoesNotMatch',
    'InvalidTimeStamp.Expired',
    'isv.DISPLAY_NUMBER_ILLEGAL',
    'isv.BILLID_NOT_EXIST',
  ],
  TEMPLATE: [
    'isv.SMS_TEMPLATE_ILLEGAL',
    'isv.SMS_SIGNATURE_ILLEGAL',
    'isv.SMS_SIGN_ILLEGAL',
    'isv.SIGN_STATE_ILLEGAL',
    'isv.SMS_SIGNATURE_SCENE_ILLEGAL',
    'isv.EXTEND_CODE_ERROR',
    'isv.DOMESTIC_NUMBER_NOT_SUPPORTED',
    'isv.TTS_TEMPLATE_ILLEGAL',
    'isv.TEMPLATE_ILLEGAL',
  ],
  CONTENT: [
    'isv.TEMPLATE_MISSING_PARAMETERS',
    'isv.TEMPLATE_PARAMS_ILLEGAL',
    'isv.INVALID_PARAMETERS',
    'isv.INVALID_JSON_PARAM',
    'isv.PARAM_LENGTH_LIMIT',
    'isv.PARAM_NOT_SUPPORT_URL',
    'isv.BLACK_KEY_CONTROL_LIMIT',
    'isv.SMS_CONTENT_ILLEGAL',
  ],
  BUG: ['isv.MOBILE_COUNT_OVER_LIMIT'],
};
const byCode = new Map(Object.entries(classOf).flatMap(([cls, codes]) => codes.map((code) => [code, cls as ErrorClass] as const)));

/**
 * Class of an answer.
 * @param status HTTP status, when there was an answer at all
 */
export function classify(code: string, status?: number): ErrorClass {
  if (code.startsWith('Throttling')) return 'TRANSIENT';
  // A gateway between us and the vendor answered: the vendor may have the message.
  if (status === 502 || status === 504) return 'UNKNOWN';
  const known = byCode.get(code);
  if (known) return known;
  if (status !== undefined && status >= 500) return 'TRANSIENT';
  // The vendor answered with a code nobody listed: it did not take the message, and sending the same again would be refused again.
  if (status !== undefined) return 'BUG';
  // No answer and no known reason: it may have been taken.
  return 'UNKNOWN';
}

export interface SdkFailure {
  code: string;
  status?: number;
  retryAfterMs?: number;
}

/**
 * What the SDK threw, without its message: that carries the URL and so the phone number and the text.
 * Its "ConnectTimeout" does not mean "not sent" (verified against the SDK), so every timeout is an unknown outcome.
 */
export function failureOf(thrown: unknown): SdkFailure {
  const field = (name: string): unknown => (typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, name) : undefined);
  const text = (name: string): string | undefined => {
    const value = field(name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const name = text('name');
  const message = text('message') ?? '';
  if (name === 'RequestTimeoutError' || /(?:Connect|Read)Timeout|socket hang up/.test(message)) return { code: 'RequestTimeoutError' };
  const code = text('code') ?? name ?? 'unknown';
  const status = Number(field('statusCode') ?? Number.NaN);
  const retryAfter = Number(field('retryAfter') ?? Number.NaN);
  return {
    code,
    ...(Number.isFinite(status) ? { status } : {}),
    ...(Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter } : {}),
  };
}

/** What a channel answers when the vendor did not take a message. @param operation the vendor's name of what was asked */
export function refusal(operation: string, { code, status, retryAfterMs }: SdkFailure): SendResult {
  const message = `${operation}: ${code}${status === undefined ? '' : `, HTTP ${status}`}`;
  return { ok: false, cls: classify(code, status), code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

export const abortedBefore: SendResult = {
  ok: false,
  cls: 'TRANSIENT',
  code: 'aborted-before-send',
  message: 'Given up before the request left.',
};
const abortedMeanwhile: SendResult = {
  ok: false,
  cls: 'UNKNOWN',
  code: 'aborted',
  message: 'Given up while the provider had the request.',
};

/** The outcome of a request, or that it was given up: the SDK can't be told to let go, so its answer is no longer waited for. */
export async function unlessAborted(sending: Promise<SendResult>, signal: AbortSignal): Promise<SendResult> {
  let giveUp = (): void => undefined;
  const givenUp = new Promise<SendResult>((resolve) => {
    giveUp = () => resolve(abortedMeanwhile);
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([sending, givenUp]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
